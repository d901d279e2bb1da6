package main

import (
	"bytes"
	"iter"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Of a row that was written to several records each change tells whether it was made.
func TestOutcomesTellWhichChangesWereMade(t *testing.T) {
	t.Parallel()
	o := reportsync.Outcome{Kind: reportsync.Failed, Code: "NO", Changes: []reportsync.Change{
		{Field: "A", After: new("x"), RecordID: "1", RecordOutcome: reportsync.Updated},
		{Field: "A", After: new("x"), RecordID: "2"},
		{Field: "A", After: new("x"), RecordID: "3", RecordOutcome: reportsync.Unprocessed, RecordCode: reportsync.RowNotSent},
		{Field: "A", After: new("x"), RecordID: "4", RecordOutcome: reportsync.Unchanged, Held: true},
	}}
	want := `NO:, 1 A: empty -> "x" (updated), 2 A: empty -> "x" (failed), 3 A: empty -> "x" (unprocessed not_sent), 4 A: empty -> "x" (held back)`
	if got := why(o); got != want {
		t.Errorf("told as %s\nwant    %s", got, want)
	}
	o.Kind, o.Code, o.Changes = reportsync.Updated, "", []reportsync.Change{{Field: "A", After: new("x"), RecordID: "1"}}
	if got := why(o); got != `1 A: empty -> "x"` {
		t.Errorf("told as %s", got)
	}
}

// A value that nobody has read is told apart from an empty one, and from one that says so.
func TestOutcomesTellUnknownValues(t *testing.T) {
	t.Parallel()
	o := reportsync.Outcome{Row: 1, Line: 2, Key: "k", Kind: reportsync.Updated, RecordID: "003000000000001AAA", Changes: []reportsync.Change{
		{Field: "A", BeforeUnknown: true, After: new("x")}, {Field: "B", After: new("x")}, {Field: "C", Before: new("unknown")},
	}}
	only := func() iter.Seq2[reportsync.Outcome, error] {
		return func(yield func(reportsync.Outcome, error) bool) { yield(o, nil) }
	}
	var out bytes.Buffer
	p := &program{streams: streams{out: &out}}
	for want, show := range map[string]func(iter.Seq2[reportsync.Outcome, error]) error{
		`A: unknown -> "x", B: empty -> "x", C: "unknown" -> empty`:                        p.outcomesTable,
		`""field"":""A"",""before"":null,""before_unknown"":true,""after"":""x""`:          p.outcomesCSV,
		"\"before\": null,\n        \"before_unknown\": true,\n        \"after\": \"x\"\n": p.outcomesJSON,
	} {
		out.Reset()
		if err := show(only()); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%v, printed\n%s\nwithout\n%s", err, out.String(), want)
		}
	}
}
