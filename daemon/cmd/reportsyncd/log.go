package main

import (
	"context"
	"fmt"
	"iter"
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

const (
	// shownRejected is how many rejected rows stand under a log; the outcomes command has them all.
	shownRejected = 20
	// lookedAt is how many rows are looked at for them: rows that gave way to another by rule are left out.
	lookedAt = 1000
)

// rejectedKinds are the outcomes of rows that may not have got where they should.
var rejectedKinds = slices.DeleteFunc(slices.Clone(reportsync.OutcomeKinds), func(k reportsync.OutcomeKind) bool { return !k.Rejected() })

// printRejected lists the first rejected rows with their reasons. A token that may not see rows is told so.
func (p *program) printRejected(ctx context.Context, client *api.Client, run reportsync.Run) error {
	if run.Counts.Rejected() == 0 {
		return nil
	}
	rows, more, err := firstRejected(client.Outcomes(ctx, run.ID, api.OutcomeQuery{Kinds: rejectedKinds}))
	if reportsync.CodeOf(err) == reportsync.CodeForbidden {
		_, err := fmt.Fprintln(p.out, "\nRows were rejected; to see them takes a token with the role operator")
		return err
	}
	if err != nil {
		return err
	}
	if len(rows) > 0 {
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
	}
	if more {
		_, err = fmt.Fprintf(p.out, "There may be more: reportsyncd outcomes %s --only %s\n", run.ID, strings.ReplaceAll(join(rejectedKinds), ", ", ","))
	}
	return err
}

// firstRejected picks the rows to be shown and says whether it has not seen all.
func firstRejected(outcomes iter.Seq2[reportsync.Outcome, error]) (rows []reportsync.Outcome, more bool, err error) {
	looked := 0
	for o, err := range outcomes {
		if err != nil {
			return nil, false, err
		}
		if looked++; looked > lookedAt || len(rows) == shownRejected {
			return rows, true, nil
		}
		if o.Rejected() {
			rows = append(rows, o)
		}
	}
	return rows, false, nil
}
