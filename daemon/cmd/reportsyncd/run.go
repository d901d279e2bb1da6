package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func (p *program) runCommand() *cobra.Command {
	var start api.StartRun
	var follow, asJSON bool
	cmd := &cobra.Command{
		Use:   "run INTEGRATION",
		Short: "Start a run of an integration, given by name or id",
		Long: `Start a run of an integration, given by name or id.

With --follow the command waits for the run to end, shows how far it is on standard
error and its summary on standard output. It then exits with 0 when the run completed,
2 when it went through but rows were rejected, and 1 when it failed or was cancelled.
Ctrl-C ends the following, not the run.

A dry run that would have been stopped before its first write completes all the same,
and its summary says so under "Would stop".

A run that was stopped by a guard, for a stale report, or for the API calls that are left
has written nothing and says which number met which limit. Where the numbers are meant,
--ignore-guards lets this one run through; the next one is guarded again. A run that is let
through takes the report that there is and does not wait for a newer one.`,
		Args: one("the name or id of an integration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			integration, err := integration(cmd.Context(), client, args[0])
			if err != nil {
				return err
			}
			run, err := client.StartRun(cmd.Context(), integration.ID, start, "")
			if err != nil {
				return err
			}
			if follow {
				return p.follow(cmd.Context(), client, run, asJSON)
			}
			if asJSON {
				return p.printJSON(run)
			}
			_, err = fmt.Fprintf(p.out, "%s %s\n", run.ID, run.Status)
			return err
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&start.DryRun, "dry-run", false, "stop before the first write and show what would have happened")
	flags.BoolVar(&start.FullResync, "full", false, "write matched rows even where nothing differs")
	flags.BoolVar(&start.IgnoreGuards, "ignore-guards", false, "let this one run through whatever guards, freshness and limits of API calls say")
	flags.BoolVar(&follow, "follow", false, "wait for the run to end")
	flags.BoolVar(&asJSON, "json", false, "show the run as JSON")
	return cmd
}

// exitOf is the exit code for a run that has ended.
func exitOf(run reportsync.Run) error {
	switch run.Status {
	case reportsync.RunCompleted:
		return nil
	case reportsync.RunCompletedWithErrors:
		return outcome(exitRejected)
	default:
		return outcome(exitFailed)
	}
}
