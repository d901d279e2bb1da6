package main

import (
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// forecastRows tells which ways a run chose, what each would have cost, and what was foreseen, as a database explains a
// query. They go into the two columns of a summary.
func forecastRows(run reportsync.Run) [][]string {
	f := run.Forecast
	if f == nil {
		return nil
	}
	var rows [][]string
	for _, p := range f.Parents {
		rows = append(rows, choiceRows(p.Field+" by", p.Object+" key", p.Choice)...)
	}
	rows = append(rows, choiceRows("Match by", "key", f.Match)...)
	if f.Write != nil {
		rows = append(rows, choiceRows("Write by", "record", *f.Write)...)
	}
	return append(rows, []string{"Foreseen", fmt.Sprintf("%s%s%s, %s%s",
		plural(f.APICalls, "API call"), looks(f.Looks), left(f.CallsRemaining), plural(f.BulkBatches, "bulk batch"), left(f.BatchesRemaining))})
}

func choiceRows(title, unit string, c reportsync.Choice) [][]string {
	if c.Route == "" {
		return nil // the run ended before it chose
	}
	rows := [][]string{{title, fmt.Sprintf("%s, %s: %s", c.Route, plural(c.Rows, unit), harmless(c.Why))}}
	for _, r := range c.Routes {
		mark := "  "
		if r.Route == c.Route {
			mark = "> "
		}
		rows = append(rows, []string{"", fmt.Sprintf("%s%-12s %s, %s", mark, r.Route, plural(r.APICalls, "API call")+looks(r.Looks), plural(r.BulkBatches, "bulk batch"))})
	}
	return rows
}

// looks says how many further calls may be spent on watching Bulk jobs.
func looks(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" and up to about %s at Bulk jobs", plural(n, "look"))
}

// left says what the org has left of its day, where it told.
func left(n *int64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprintf(" (of %d that the org has left)", *n)
}

func plural(n int64, unit string) string {
	switch {
	case n == 1:
		return "1 " + unit
	case unit == "bulk batch":
		return fmt.Sprintf("%d bulk batches", n)
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
