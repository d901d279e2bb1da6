package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

func journalCommand() *cobra.Command {
	var url string
	var asJSON, reset bool
	cmd := &cobra.Command{
		Use:   "journal --url URL",
		Short: "Print what a running org was asked, by kind of call, and the total",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := printJournal(cmd.Context(), cmd.OutOrStdout(), url, asJSON); err != nil {
				return err
			}
			if reset {
				return newClient(url).resetJournal(cmd.Context())
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&url, "url", "", "URL of the org")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print everything as JSON, each request included")
	cmd.Flags().BoolVar(&reset, "reset", false, "start the journal anew afterwards")
	cobra.CheckErr(cmd.MarkFlagRequired("url"))
	return cmd
}

func printJournal(ctx context.Context, out io.Writer, url string, asJSON bool) error {
	answer, err := newClient(url).journal(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\tfailed\tAPI calls\trows\tbytes in\tbytes out\t  kind")
	for _, sum := range append(answer.Summary.Kinds, answer.Summary.Total) {
		printSum(table, sum)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Bulk batches: %d\n", answer.Summary.Bulk)
	return err
}

func printSum(table io.Writer, s journal.Sum) {
	fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%d\t%d\t  %s\n", s.Requests, s.Failures, s.Calls, s.Rows, s.BytesIn, s.BytesOut, s.Kind)
}
