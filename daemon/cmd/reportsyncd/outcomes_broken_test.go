package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Where the outcomes break off, all rows before are told, none by half, and the error is passed on.
func TestOutcomesBreakOff(t *testing.T) {
	t.Parallel()
	away := errors.New("the bucket is away")
	broken := func(yield func(reportsync.Outcome, error) bool) {
		for row := int64(1); row <= 200; row++ {
			if !yield(reportsync.Outcome{Row: row, Kind: reportsync.Failed, Code: "NO", Message: strings.Repeat("x", 100)}, nil) {
				return
			}
		}
		yield(reportsync.Outcome{}, away)
	}
	for form, last := range map[outcomeFormat]string{formatCSV: "\n200,0,,failed,,NO," + strings.Repeat("x", 100) + ",\n", formatTable: "NO: " + strings.Repeat("x", 100) + "\n", formatJSON: "}"} {
		var out bytes.Buffer
		p := &program{streams: streams{out: &out}}
		write := map[outcomeFormat]func() error{
			formatCSV:   func() error { return p.outcomesCSV(broken) },
			formatTable: func() error { return p.outcomesTable(broken) },
			formatJSON:  func() error { return p.outcomesJSON(broken) },
		}[form]
		if err := write(); !errors.Is(err, away) || !strings.HasSuffix(out.String(), last) {
			t.Errorf("%s: %v after %q", form, err, out.String()[max(0, out.Len()-200):])
		}
	}
}
