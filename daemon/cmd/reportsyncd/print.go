package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
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
// terminal, turn around what stands beside it, or part columns.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// indent keeps a text of several lines within the last column of a table.
func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n\t\t") }
