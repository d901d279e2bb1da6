package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func dumpCommand() *cobra.Command {
	var url string
	var history bool
	cmd := &cobra.Command{
		Use:   "dump --url URL",
		Short: "Print all that a running org holds, for serve --restore",
		Long: `Print all that a running org holds, for serve --restore: schema, users with
their passwords, permissions, and records with those in the recycle bin. The
output is JSON, a document a line.`,
		Example: `  orgsim dump --url http://127.0.0.1:40123 >org.ndjson`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return newClient(url).dump(cmd.Context(), cmd.OutOrStdout(), history)
		},
	}
	urlFlag(cmd, &url)
	cmd.Flags().BoolVar(&history, "history", false, "with the history of writes")
	return cmd
}

func loadCommand() *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use:     "load --url URL OBJECT=FILE...",
		Short:   "Load records from CSV files into a running org",
		Long:    "Load records from CSV files into a running org. Headers are API names, empty cells are null. No API call is counted.",
		Example: `  orgsim load --url http://127.0.0.1:40123 Account=accounts.csv Contact=contacts.csv`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			loads, err := parseLoads("argument", args)
			if err != nil {
				return err
			}
			for _, l := range loads {
				if err := l.through(cmd, newClient(url)); err != nil {
					return fmt.Errorf("load %s from %s: %w", l.object, l.file, err)
				}
			}
			return nil
		},
	}
	urlFlag(cmd, &url)
	return cmd
}

func (l load) through(cmd *cobra.Command, c *client) error {
	file, err := os.Open(l.file)
	if err != nil {
		return err
	}
	defer file.Close()
	n, err := c.load(cmd.Context(), l.object, file)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d records\n", l.object, n)
	return nil
}

func resetCommand() *cobra.Command {
	var url string
	var records bool
	cmd := &cobra.Command{
		Use:   "reset --url URL",
		Short: "Make a running org forget journal, faults, logins and jobs, and its records if asked to",
		Long: `Make a running org forget journal, faults, logins, counts of calls and jobs, and
take back what was changed in the app and its users' accounts. With --records it
also drops all records but the org itself and its users, and the fields that were
made since the start.`,
		Example: `  orgsim reset --url http://127.0.0.1:40123 --records`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := newClient(url).reset(cmd.Context(), records); err != nil {
				return fmt.Errorf("reset the org: %w", err)
			}
			return nil
		},
	}
	urlFlag(cmd, &url)
	cmd.Flags().BoolVar(&records, "records", false, "drop records too")
	return cmd
}

func historyCommand() *cobra.Command {
	var url string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "history --url URL OBJECT ID",
		Short:   "Print who wrote what to a record of a running org",
		Example: `  orgsim history --url http://127.0.0.1:40123 Contact 003ak000000FXXBAA4`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			writes, err := newClient(url).history(cmd.Context(), args[0], args[1])
			if err != nil {
				return fmt.Errorf("read history: %w", err)
			}
			if !asJSON {
				return printHistory(cmd.OutOrStdout(), writes)
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(writes)
		},
	}
	urlFlag(cmd, &url)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	return cmd
}

// printHistory prints a line for each change, and for each write that changed
// nothing.
func printHistory(out io.Writer, writes []orgsim.Write) error {
	if len(writes) == 0 {
		_, err := fmt.Fprintln(out, "no writes since the record was loaded")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "at\tby\tfield\tbefore\tafter")
	for _, w := range writes {
		at := w.At.UTC().Format(time.RFC3339)
		switch {
		case w.Created:
			fmt.Fprintf(table, "%s\t%s\t(created)\t\t\n", at, w.By)
		case w.Deleted:
			fmt.Fprintf(table, "%s\t%s\t(deleted)\t\t\n", at, w.By)
		case len(w.Changes) == 0:
			fmt.Fprintf(table, "%s\t%s\t(nothing changed)\t\t\n", at, w.By)
		}
		for _, change := range w.Changes {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", at, w.By, change.Field, oneLine(change.Before), oneLine(change.After))
		}
	}
	return table.Flush()
}
