package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// runLog is the JSON of the log command.
type runLog struct {
	Run reportsync.Run        `json:"run"`
	Log []reportsync.LogEntry `json:"log"`
}

func (p *program) logCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "log RUN",
		Short: "Show a run, its log and its rejected rows",
		Args:  one("the id of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			run, err := client.Run(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			entries, err := api.Collect(client.RunLog(cmd.Context(), run.ID))
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(runLog{Run: run, Log: notNil(entries)})
			}
			if err := p.printLog(run, entries); err != nil {
				return err
			}
			return p.printRejected(cmd.Context(), client, run)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the run and its log as JSON")
	return cmd
}

func (p *program) printLog(run reportsync.Run, entries []reportsync.LogEntry) error {
	if err := p.printSummary(run); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(p.out); err != nil {
		return err
	}
	rows := [][]string{{"TIME (UTC)", "LEVEL", "STAGE", "MESSAGE"}}
	for _, e := range entries {
		rows = append(rows, []string{e.At.UTC().Format(timeLayout), string(e.Level), string(e.Stage), harmless(e.Message)})
	}
	return table(p.out, rows)
}

// shownRejected is how many rejected rows stand under a log; the outcomes command has them all.
const shownRejected = 20

// rejectedKinds are the outcomes of rows that did not get where they should.
var rejectedKinds = slices.DeleteFunc(slices.Clone(reportsync.OutcomeKinds), func(k reportsync.OutcomeKind) bool { return !k.Rejected() })

// printRejected lists the first rejected rows with their reasons. A token that may not see rows is told so.
func (p *program) printRejected(ctx context.Context, client *api.Client, run reportsync.Run) error {
	total := run.Counts.Rejected()
	if total == 0 {
		return nil
	}
	rows, err := api.Collect(client.Outcomes(ctx, run.ID, api.OutcomeQuery{Kinds: rejectedKinds, Limit: shownRejected}))
	if reportsync.CodeOf(err) == reportsync.CodeForbidden {
		_, err := fmt.Fprintf(p.out, "\n%d rows were rejected; to see them takes a token with the role operator\n", total)
		return err
	}
	if err != nil {
		return err
	}
	lines := [][]string{{"LINE", "KEY", "OUTCOME", "WHY"}}
	for _, o := range rows {
		lines = append(lines, []string{strconv.FormatInt(o.Line, 10), harmless(o.Key), string(o.Kind), harmless(why(o))})
	}
	if _, err := fmt.Fprintln(p.out, "\nRejected rows"); err != nil {
		return err
	}
	if err := table(p.out, lines); err != nil {
		return err
	}
	if more := total - int64(len(rows)); more > 0 {
		_, err = fmt.Fprintf(p.out, "and %d more: reportsyncd outcomes %s --only %s\n", more, run.ID, strings.ReplaceAll(join(rejectedKinds), ", ", ","))
	}
	return err
}
