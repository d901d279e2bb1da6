package sync

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// write is a row whose record is to be written.
type write struct {
	row     *reportRow
	outcome reportsync.Outcome // with its changes, without a kind
	sends   []assignment
}

// assignment gives a field a canonical value.
type assignment struct {
	field int // of the target
	value string
}

// compare sets each row's values against its record's. What stands there already is not written (invariant 8); of the
// rest only the fields that differ are, with their before-images. A full resync sends every field.
func (r *run) compare(ctx context.Context, target *target) ([]write, error) {
	if err := r.ledger.enter(ctx, reportsync.StageCompare, 0); err != nil {
		return nil, err
	}
	var writes []write
	values := 0
	for row := range r.rows.open() {
		w := write{row: row, outcome: row.outcome("")}
		w.outcome.Changes, w.sends = target.difference(row, r.Run.FullResync)
		if row.earlier != nil {
			w.outcome.Changes = merge(row.earlier.outcome.Changes, w.outcome.Changes)
		}
		kind := reportsync.Unchanged
		switch {
		case row.earlier != nil && target.landed(row):
			kind = reportsync.Updated // by the attempt that did not live to see the answer
		case len(w.sends) > 0:
			writes, values = append(writes, w), values+len(w.sends)
			continue
		}
		w.outcome.Kind = kind
		if err := r.ledger.end(ctx, row, w.outcome); err != nil {
			return nil, err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return nil, err
	}
	return writes, r.ledger.info(ctx, "%s to write, %s in all; %d unchanged", count(len(writes), "record"), count(values, "value"), r.ledger.tally().Unchanged)
}

// difference returns the fields in which a row and its record differ, and what is to be sent.
func (t *target) difference(row *reportRow, full bool) (changes []reportsync.Change, sends []assignment) {
	for i := range t.fields {
		f := &t.fields[i]
		want, have := row.values[i], row.found.values[i]
		if want == "" {
			if !f.clears {
				continue
			}
			want = f.null()
		}
		if want != have {
			changes = append(changes, reportsync.Change{Field: f.Name, Before: orNil(have), After: orNil(want)})
		} else if !full {
			continue
		}
		sends = append(sends, assignment{field: i, value: want})
	}
	return changes, sends
}

// landed reports whether what an earlier attempt was about to write stands in the record, all of it, and nothing is
// left to write. Each change it had planned differed from what stood there before.
func (t *target) landed(row *reportRow) bool {
	planned := row.earlier.outcome.Changes
	if len(planned) == 0 {
		return false
	}
	have := make(map[string]string, len(t.fields))
	for i := range t.fields {
		have[t.fields[i].Name] = row.found.values[i]
	}
	for _, c := range planned {
		value, mapped := have[c.Field]
		if !mapped || value != orEmpty(c.After) {
			return false
		}
	}
	left, _ := t.difference(row, false)
	return len(left) == 0
}

// merge keeps the first before-image of every field that any attempt set out to change.
func merge(first, now []reportsync.Change) []reportsync.Change {
	merged := append([]reportsync.Change(nil), first...)
	at := make(map[string]int, len(first))
	for i, c := range first {
		at[c.Field] = i
	}
	for _, c := range now {
		if i, ok := at[c.Field]; ok {
			merged[i].After = c.After
			continue
		}
		merged = append(merged, c)
	}
	return merged
}

func orNil(canonical string) *string {
	if canonical == "" {
		return nil
	}
	return &canonical
}

func orEmpty(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
