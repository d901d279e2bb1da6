package store

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// tallyRows is how many rows a tally keeps in memory at a time.
const tallyRows = 1 << 16

// tally is what the journal of a run without an artifact says of its rows: how many have which outcome, as if the run had
// ended, and how many of them are unprocessed only because no answer has come.
type tally struct {
	counts     reportsync.Counts
	unanswered int64
	last       int64 // the newest segment that was counted
}

func countRows(ctx context.Context, c conn, run int64) (t tally, err error) {
	all, err := segmentsOf(ctx, c, run)
	if err != nil || len(all) == 0 {
		return t, err
	}
	t.last = all[len(all)-1].number
	for after := int64(0); ; {
		f, err := foldRows(ctx, c, all, after, tallyRows, true)
		if err != nil {
			return t, err
		}
		for number, row := range f.rows {
			o, answered := row.outcome(number)
			t.counts.Read++
			t.counts.Add(o.Kind, 1)
			if !answered {
				t.unanswered++
			}
		}
		if f.whole() {
			return t, nil
		}
		after = f.upTo
	}
}

// renewed returns the tally as it stands in a transaction. Counting takes time, in which others could not write to
// SQLite: it is done before, and again only where the journal has grown since.
func (t tally) renewed(ctx context.Context, tx conn, run int64) (tally, error) {
	last, err := lastSegment(ctx, tx, run)
	if err != nil || last == t.last {
		return t, err
	}
	return countRows(ctx, tx, run)
}
