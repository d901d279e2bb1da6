package main

import (
	"bytes"
	"iter"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

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
