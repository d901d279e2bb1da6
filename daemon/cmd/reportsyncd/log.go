package main

import (
	"fmt"

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
		Short: "Show a run and its log",
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
			return p.printLog(run, entries)
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
		rows = append(rows, []string{e.At.UTC().Format(timeLayout), string(e.Level), string(e.Stage), e.Message})
	}
	return table(p.out, rows)
}
