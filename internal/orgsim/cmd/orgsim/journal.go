package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// journalWait is how long one call waits for a request to watch.
const journalWait = 30 * time.Second

// reading is what the flags of journal say.
type reading struct {
	url   string
	kind  string
	path  string
	since string
	json  bool
	reset bool
	watch bool
}

func journalCommand() *cobra.Command {
	var r reading
	cmd := &cobra.Command{
		Use:   "journal --url URL",
		Short: "Print what a running org was asked, by kind of call, and the total",
		Long: `Print what a running org was asked, by kind of call and connected app, and the
total. API calls are counted as Salesforce counts them: one for a composite
request, none for logins. With --watch each request is printed as it is answered.`,
		Example: `  orgsim journal --url http://127.0.0.1:40123 --kind 'ingest *' --since 5m`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	urlFlag(cmd, &r.url)
	flags := cmd.Flags()
	flags.StringVar(&r.kind, "kind", "", "only this kind of call, a glob")
	flags.StringVar(&r.path, "path", "", "only this path, a glob with * and **")
	flags.StringVar(&r.since, "since", "", "only requests behind that number, since a time (RFC 3339), or of the last while (5m)")
	flags.BoolVar(&r.json, "json", false, "print everything as JSON, each request included")
	flags.BoolVar(&r.reset, "reset", false, "start the journal anew afterwards")
	flags.BoolVar(&r.watch, "watch", false, "print requests as they come, until a signal ends it")
	cmd.MarkFlagsMutuallyExclusive("watch", "reset")
	return cmd
}

func (r *reading) run(ctx context.Context, out io.Writer) error {
	query, err := r.query(time.Now())
	if err != nil {
		return err
	}
	c := newClient(r.url)
	if r.watch {
		return r.follow(ctx, out, c, query)
	}
	answer, err := c.journal(ctx, query)
	if err != nil {
		return err
	}
	if r.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(answer)
	} else {
		err = printSummary(out, answer.Summary)
	}
	if err == nil && r.reset {
		err = c.resetJournal(ctx)
	}
	return err
}

// query is the request that the flags ask for.
func (r *reading) query(now time.Time) (map[string]string, error) {
	query := map[string]string{"kind": r.kind, "path": r.path}
	if r.since == "" {
		return query, nil
	}
	if _, err := strconv.Atoi(r.since); err == nil {
		query["after"] = r.since
		return query, nil
	}
	if while, err := time.ParseDuration(r.since); err == nil {
		query["since"] = now.Add(-while).Format(time.RFC3339Nano)
		return query, nil
	}
	if _, err := time.Parse(time.RFC3339, r.since); err != nil {
		return nil, fmt.Errorf("--since %q is neither the number of a request, nor a time such as 2006-01-02T15:04:05Z, nor a while such as 5m", r.since)
	}
	query["since"] = r.since
	return query, nil
}

// follow prints requests as they come. A signal ends it as it is meant to.
func (r *reading) follow(ctx context.Context, out io.Writer, c *client, query map[string]string) error {
	query["wait"] = journalWait.String()
	for {
		answer, err := c.journal(ctx, query)
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range answer.Entries {
			if err := r.print(out, &e); err != nil {
				return err
			}
			query["after"] = strconv.Itoa(e.Number)
		}
	}
}

func (r *reading) print(out io.Writer, e *journal.Entry) error {
	if r.json {
		return json.NewEncoder(out).Encode(e)
	}
	struck := ""
	if e.Fault != "" {
		struck = "  fault: " + e.Fault
	}
	_, err := fmt.Fprintf(out, "%d  %s  %d  %s %s  %s, %d API calls, %d rows, %d bytes in, %d out%s\n", e.Number, e.Time.UTC().Format(time.RFC3339),
		e.Status, e.Method, e.Path, e.Kind, e.Calls, e.Rows, e.BytesIn, e.BytesOut, struck)
	return err
}

func printSummary(out io.Writer, summary journal.Summary) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "requests\tfailed\tAPI calls\trows\tbytes in\tbytes out\t  kind")
	for _, sum := range append(summary.Kinds, summary.Total) {
		printSum(table, sum, sum.Kind)
	}
	for _, sum := range summary.Apps {
		printSum(table, sum, "app "+sum.App)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "Bulk batches: %d\n", summary.Bulk)
	return err
}

func printSum(table io.Writer, s journal.Sum, of string) {
	fmt.Fprintf(table, "%d\t%d\t%d\t%d\t%d\t%d\t  %s\n", s.Requests, s.Failures, s.Calls, s.Rows, s.BytesIn, s.BytesOut, of)
}
