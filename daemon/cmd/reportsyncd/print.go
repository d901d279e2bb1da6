package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const timeLayout = "2006-01-02 15:04:05"

// printJSON writes a value for programs, the same shape as in the config API.
func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printList writes a list for programs; an empty one is [], not null.
func printList[T any](p *program, items []T) error { return p.printJSON(notNil(items)) }

func notNil[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// table writes rows in aligned columns; the first row is the head.
func table(out io.Writer, rows [][]string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// harmless makes one line of a text that may come from a report or from Salesforce, without what would steer the
// terminal or part columns.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// printSummary writes what a person wants to know of a run first.
func (p *program) printSummary(run reportsync.Run) error {
	rows := [][]string{
		{"Run", run.ID},
		{"Integration", run.IntegrationName},
		{"Report", run.Report},
		{"Object", run.Object},
		{"Started", moment(run.StartedAt, " UTC")},
		{"Runtime", runtimeOf(run)},
		{"Status", status(run)},
		{"Rows", counts(run)},
		{"API calls", strconv.FormatInt(run.APICalls, 10)},
		{"Bulk batches", strconv.FormatInt(run.BulkBatches, 10)},
	}
	if run.Error != nil {
		rows = append(rows, []string{"Error", run.Error.Message})
		if run.Error.Hint != "" {
			rows = append(rows, []string{"", run.Error.Hint})
		}
	}
	return table(p.out, rows)
}

func status(run reportsync.Run) string {
	text := strings.ReplaceAll(string(run.Status), "_", " ")
	if run.DryRun {
		text += " (dry run: nothing was written)"
	}
	return text
}

// counts leaves out what did not happen.
func counts(run reportsync.Run) string {
	parts := []string{fmt.Sprintf("%d read", run.Counts.Read)}
	for _, kind := range reportsync.OutcomeKinds {
		if n := *run.Counts.Of(kind); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	return strings.Join(parts, ", ")
}

// moment shows a time in UTC, as everything that reportsync shows.
func moment(t *time.Time, suffix string) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(timeLayout) + suffix
}

func runtimeOf(run reportsync.Run) string {
	if run.RuntimeSeconds == nil {
		return "-"
	}
	return (time.Duration(*run.RuntimeSeconds*1000) * time.Millisecond).String()
}

// indent keeps a text of several lines within the last column of a table.
func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n\t\t") }
