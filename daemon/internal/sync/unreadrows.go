package sync

import (
	"context"
	"errors"
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// place is what is shown of a row that was not worked on: where it stands, and its key.
type place struct {
	line int64
	key  string
}

// unread stands in for the rows of a report that was not read to its end. A first attempt has none then. One that follows
// another knows how many there were, something of those that were planned, and the rest from the report, where that is
// still the one that was read.
func (r *run) unread(ctx context.Context) (*rowSet, error) {
	if !r.past.attempts {
		return newRowSet(r.Scratch, 0), nil
	}
	rows, err := r.unreadAt(r.places(ctx))
	if err == nil {
		return rows, nil
	}
	r.Logger.Debug("places of rows not found out", "run", r.Run.ID, "error", err)
	return r.unreadAt(func(func(place, error) bool) {})
}

// unreadAt makes rows of which as many as there are places are known by these.
func (r *run) unreadAt(places iter.Seq2[place, error]) (_ *rowSet, err error) {
	next, stop := iter.Pull2(places)
	defer stop()
	rows := newRowSet(r.Scratch, 0)
	defer func() {
		if err != nil {
			err = errors.Join(err, rows.close())
		}
	}()
	var pack packer
	for index := range max(int(r.Run.Counts.Read), r.past.rows()) {
		at, err, _ := next()
		if err != nil {
			return nil, err
		}
		for _, o := range r.past.plans.ofRow(index) {
			at = place{o.Line, o.Key}
			break
		}
		pack.begin()
		pack.row(at.line, at.key, "", nil, nil)
		if err := rows.add(pack.out, rowOpen, noPrint); err != nil {
			return nil, err
		}
		if err := r.past.settled(rows, index); err != nil {
			return nil, err
		}
	}
	_, err, _ = next() // only at its end the report is known to have stayed the same
	return rows, err
}

// places yields the places of the rows of the report that an earlier attempt has read, with their keys as the report spells
// them. It ends with an error where the report is not the same any more.
func (r *run) places(ctx context.Context) iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		if r.Run.ReportVersion == nil {
			return
		}
		chain, err := transform.Parse(r.spec.Match.Transform)
		if err != nil {
			return
		}
		reader, err := r.Reports.Open(ctx, *r.Run.ReportVersion)
		if err != nil {
			yield(place{}, err)
			return
		}
		defer func() {
			if err := closeReport(reader); err != nil {
				r.Logger.Debug("report not closed", "run", r.Run.ID, "error", err)
			}
		}()
		if err := reader.Select([]string{r.spec.Match.Column}); err != nil {
			yield(place{}, err)
			return
		}
		for batch, err := range reader.Batches() {
			if err != nil {
				yield(place{}, err)
				return
			}
			for _, row := range batch.Rows {
				at := place{line: row.Line}
				if row.Problem == nil {
					at.key = shownKey(chain.Apply(row.Cells[0]))
				}
				if !yield(at, nil) {
					return
				}
			}
		}
	}
}
