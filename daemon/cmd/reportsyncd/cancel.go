package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) cancelCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "cancel RUN",
		Short: "End a run",
		Long: `End a run. One that nobody has taken up yet ends at once. One that is under way, or waits for the
org's answers, first lets settle what was sent to Salesforce, and leaves the other rows unprocessed.`,
		Args: one("the id of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			run, err := client.CancelRun(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(run)
			}
			text := "is cancelled"
			if run.Status.Live() {
				text = "ends as soon as what was sent has settled"
			}
			_, err = fmt.Fprintf(p.out, "%s %s\n", run.ID, text)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the run as JSON")
	return cmd
}
