package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// outcomeFormat is a form of the list of outcomes.
type outcomeFormat string

const (
	formatTable outcomeFormat = "table"
	formatCSV   outcomeFormat = "csv"
	formatJSON  outcomeFormat = "json"
)

var outcomeFormats = []outcomeFormat{formatTable, formatCSV, formatJSON}

func (p *program) outcomesCommand() *cobra.Command {
	var only []string
	var format string
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "outcomes RUN",
		Short: "Show what became of each row of a run",
		Args:  one("the id of a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			query := api.OutcomeQuery{Limit: limit}
			for _, o := range only {
				kind, err := oneOf("--only", reportsync.OutcomeKind(o), reportsync.OutcomeKinds)
				if err != nil {
					return err
				}
				query.Kinds = append(query.Kinds, kind)
			}
			form, err := oneOf("--format", outcomeFormat(format), outcomeFormats)
			if err != nil {
				return err
			}
			if asJSON && form != formatJSON && cmd.Flags().Changed("format") {
				return reportsync.Errorf(reportsync.CodeInvalid, "--json is --format json, and contradicts --format %s: give one of them", form)
			}
			if asJSON {
				form = formatJSON
			}
			if limit < 0 {
				return reportsync.Errorf(reportsync.CodeInvalid, "--limit %d: must be at least 1, or 0 for all", limit)
			}
			return p.outcomes(cmd.Context(), args[0], query, form)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&only, "only", nil, "only rows with these `outcomes`: "+join(reportsync.OutcomeKinds))
	flags.StringVar(&format, "format", string(formatTable), "table, csv or json")
	flags.BoolVar(&asJSON, "json", false, "the same as --format json")
	flags.IntVar(&limit, "limit", 0, "so many at most; 0 for all")
	return cmd
}

func (p *program) outcomes(ctx context.Context, runID string, query api.OutcomeQuery, form outcomeFormat) error {
	client, err := p.connect()
	if err != nil {
		return err
	}
	defer client.Close()
	// A run that is unknown must not look like one without rows.
	if _, err := client.Run(ctx, runID); err != nil {
		return err
	}
	partial := ""
	query.Partial = func(reason string) { partial = reason }
	rows := client.Outcomes(ctx, runID, query)
	switch form {
	case formatCSV:
		err = p.outcomesCSV(rows)
	case formatJSON:
		err = p.outcomesJSON(rows)
	default:
		err = p.outcomesTable(rows)
	}
	if partial != "" { // at the end, where it is seen, and beside the rows, which programs read
		fmt.Fprintf(p.err, "These are not all rows: %s\n", partial)
	}
	return err
}

// tableRows is how many rows are aligned with each other: a table of a million is not kept back until its end.
const tableRows = 1000

func (p *program) outcomesTable(outcomes iter.Seq2[reportsync.Outcome, error]) error {
	rows := [][]string{{"ROW", "LINE", "KEY", "OUTCOME", "RECORD", "WHY"}}
	for o, err := range outcomes {
		if err != nil {
			return errors.Join(table(p.out, rows), err)
		}
		rows = append(rows, []string{
			strconv.FormatInt(o.Row, 10), strconv.FormatInt(o.Line, 10), harmless(o.Key), string(o.Kind), recordsOf(o), harmless(why(o)),
		})
		if len(rows) == tableRows {
			if err := table(p.out, rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	return table(p.out, rows)
}

func recordsOf(o reportsync.Outcome) string {
	if len(o.Records) > 0 {
		return strings.Join(o.Records, ",")
	}
	return o.RecordID
}

// why gives the reason of what became of a row, and its changes.
func why(o reportsync.Outcome) string {
	var parts []string
	if o.Code != "" {
		parts = append(parts, strings.TrimSpace(o.Code+": "+o.Message))
	}
	for _, c := range o.Changes {
		before := cell(c.Before)
		if c.BeforeUnknown {
			before = "unknown"
		}
		text := fmt.Sprintf("%s: %s -> %s", c.Field, before, cell(c.After))
		if c.RecordID != "" {
			text = c.RecordID + " " + text
		}
		switch {
		case c.CreateOnly:
			text += " (can be set only on creation)"
		case c.Held:
			text += " (held back)"
		case c.RecordID != "" && (c.RecordOutcome != "" || o.Kind.Rejected()): // some were made, others were not
			text += " (" + strings.TrimSpace(string(c.OutcomeIn(o))+" "+c.RecordCode) + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func cell(value *string) string {
	if value == nil {
		return "empty"
	}
	return strconv.Quote(*value)
}

// outcomesJSON streams the list that printList would print. After an error it is left open, so that nobody takes it for
// whole.
func (p *program) outcomesJSON(outcomes iter.Seq2[reportsync.Outcome, error]) error {
	w := bufio.NewWriter(p.out)
	var item bytes.Buffer
	encoder := json.NewEncoder(&item)
	encoder.SetIndent("  ", "  ")
	encoder.SetEscapeHTML(false)
	before, end := "[\n  ", "[]\n"
	for o, err := range outcomes {
		if err != nil {
			return errors.Join(w.Flush(), err)
		}
		item.Reset()
		if err := encoder.Encode(o); err != nil {
			return err
		}
		if _, err := w.WriteString(before + strings.TrimSuffix(item.String(), "\n")); err != nil {
			return err
		}
		before, end = ",\n  ", "\n]\n"
	}
	if _, err := w.WriteString(end); err != nil {
		return err
	}
	return w.Flush()
}

// outcomesCSV streams: a report of a million rows has as many outcomes.
func (p *program) outcomesCSV(outcomes iter.Seq2[reportsync.Outcome, error]) error {
	w := csv.NewWriter(p.out)
	if err := w.Write(api.OutcomeColumns); err != nil {
		return err
	}
	for o, err := range outcomes {
		if err != nil {
			w.Flush() // so that it ends with a whole line
			return errors.Join(w.Error(), err)
		}
		record, err := api.OutcomeRecord(o)
		if err != nil {
			return err
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
