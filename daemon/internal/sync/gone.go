package sync

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// maxGone bounds the rows that are matched again. Of more the refusal is final: who deletes so many records while a run
// is at work had better let another run look at all rows anew.
const maxGone = 100_000

// gone is rows whose update Salesforce refused because their record is not there any more. Somebody deleted or merged
// it after it was read. They are set aside without an answer and matched again, once, when all others are written
// (rematch.go). It is safe for concurrent use.
type gone struct {
	mu     sync.Mutex
	rows   map[int]goneRow // by row
	closed bool            // none are set aside any more
}

// goneRow is what a row that was set aside was, and why it was.
type goneRow struct {
	index   int
	seq     int // of the batch that it was planned in
	state   state
	link    uint64
	refusal refusal
}

// has reports whether a row was set aside.
func (g *gone) has(row uint32) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, aside := g.rows[int(row)]
	return aside
}

// all returns the rows that were set aside, in the report's order, and from now on takes none.
func (g *gone) all() []goneRow {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	return slices.SortedFunc(maps.Values(g.rows), func(a, b goneRow) int { return cmp.Compare(a.index, b.index) })
}

// drop forgets a row that was set aside.
func (g *gone) drop(row int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.rows, row)
}

// isGone reports whether a refusal says that the record that was to be updated is not there any more.
func isGone(verb salesforce.Operation, refused []salesforce.RowError) bool {
	return verb == salesforce.OperationUpdate && len(refused) > 0 && refused[0].Retry() == salesforce.RetryMatch
}

// setAside keeps a row, to be matched again, and its batch from being settled. It returns false for one whose refusal is
// final. Rows with several records are not matched again: their other records are written, and to be told.
func (r *run) setAside(seq int, why refusal) bool {
	g, index := &r.gone, int(why.unit.row)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || len(g.rows) >= maxGone || r.spec.Match.UpdatesAll() {
		return false
	}
	if g.rows == nil {
		g.rows = map[int]goneRow{}
	}
	r.rows.mark(why.unit, false)
	g.rows[index] = goneRow{index: index, seq: seq, state: r.rows.states[index], link: r.rows.links[index], refusal: why}
	r.ledger.hold(seq)
	return true
}

// refuseGone lets the refusals of rows stand that were set aside and not sent again, because the run stops here or
// their records can't be looked for. Then their batches may be settled.
func (r *run) refuseGone(ctx context.Context, target *target, why error) error {
	rows := slices.DeleteFunc(r.gone.all(), r.isSettled)
	if _, broken := errors.AsType[*storeError](why); broken && ctx.Err() == nil || len(rows) == 0 {
		return why // what the journal does not take when the run is to stop, it may take in the time that is left
	}
	going, release := r.inFlight(ctx)
	defer release()
	err := r.refuse(going, target, rows, "")
	if err == nil {
		err = r.ledger.letGo(going)
	}
	return errors.Join(why, err)
}

// isSettled reports whether a row that was set aside has an answer by now, or may have been sent again.
func (r *run) isSettled(row goneRow) bool {
	switch st := r.rows.states[row.index]; st.is() {
	case rowAnswered, rowUpdated, rowCreated:
		return true
	default:
		return st&rowSent != 0
	}
}

// refuse stores the refusals of rows that were set aside as their answers, with what is to be said besides.
func (r *run) refuse(ctx context.Context, target *target, rows []goneRow, besides string) error {
	for part := range slices.Chunk(rows, settledRows) {
		answers, err := r.refusals(target, part, besides)
		if err != nil {
			return err
		}
		for _, seq := range slices.Sorted(maps.Keys(answers)) {
			if err := r.settle(ctx, seq, answers[seq], false); err != nil {
				return err
			}
		}
		for _, row := range part {
			r.gone.drop(row.index)
		}
	}
	return nil
}

// refusals returns the refusals of rows by batch. Each row is once more what it was when it was sent.
func (r *run) refusals(target *target, rows []goneRow, besides string) (map[int][]answer, error) {
	units := make([]unit, len(rows))
	for i, row := range rows {
		r.rows.set(row.index, row.state, row.link)
		units[i] = row.refusal.unit
	}
	writes, err := r.compose(target, salesforce.OperationUpdate, units)
	if err != nil {
		return nil, err
	}
	answers := map[int][]answer{}
	for i, w := range writes {
		o := refusedBy(w.outcome, []salesforce.RowError{rows[i].refusal.reason})
		o.Message += besides
		answers[rows[i].seq] = append(answers[rows[i].seq], answer{to: w, outcome: o})
	}
	return answers, nil
}
