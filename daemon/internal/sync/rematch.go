package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What is said of a refusal that stands although the row was matched again.
const (
	stillThere = " (matched again, its key still leads to this record)"
	notCreated = " (guards.max_created_percent lets no other record be created in its place)"
)

// matchGone matches the rows that were set aside once more, by one search for their keys alone, and writes them to what
// is found: another record that has the key by now, or a new one where the integration creates records.
func (r *run) matchGone(ctx context.Context, target *target) error {
	rows := r.gone.all()
	if len(rows) == 0 {
		return nil
	}
	if !target.key.isID() {
		if err := r.ledger.warn(ctx, "the records of %s were deleted after they were read: matching again", count(len(rows), "row")); err != nil {
			return err
		}
	}
	if err := r.findAgain(ctx, target, rows); err != nil {
		if _, broken := errors.AsType[*storeError](err); broken || ctx.Err() != nil {
			return err
		}
		return r.refuseGone(ctx, target, r.ledger.warn(ctx, "not matched again, since records can't be looked for: %s", messageOf(err)))
	}
	plan, err := r.planAgain(ctx, target, rows)
	if err != nil {
		return err
	}
	for _, list := range plan.lists {
		if err := r.writeList(ctx, target, list); err != nil {
			return err
		}
	}
	return r.ledger.letGo(ctx)
}

// findAgain looks for the records of rows as if nothing had been found yet.
func (r *run) findAgain(ctx context.Context, target *target, rows []goneRow) error {
	hashes := spool.NewHashes()
	var row reportRow
	for _, one := range rows {
		if err := r.rows.at(one.index, &row); err != nil {
			return err
		}
		hashes.Add(hashes.Hash(target.key.Fold(string(row.key))))
		r.rows.set(one.index, rowOpen, 0)
	}
	if target.key.isID() {
		return nil // an id leads to no other record
	}
	keys := &keyIndex{Index: spool.NewIndex(hashes), usable: len(rows)}
	for i, hash := range hashes.All() {
		keys.Add(hash, uint32(rows[i].index)) //nolint:gosec // at most maxRows
	}
	known := r.known
	if known == nil { // records were not read
		known = newPrevious()
	}
	m := r.newMatcher(target, keys, known)
	s := r.recordSearch(target)
	s.keys, s.number = r.keysOf(rows), len(rows)
	_, err := r.search(ctx, s, m.take)
	return errors.Join(err, r.past.failure())
}

// keysOf yields the keys of rows.
func (r *run) keysOf(rows []goneRow) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var row reportRow
		for _, one := range rows {
			if err := r.rows.at(one.index, &row); !yield(string(row.key), err) || err != nil {
				return
			}
		}
	}
}

// planAgain settles the rows that need no write after all, and returns what is to be written of the others.
func (r *run) planAgain(ctx context.Context, target *target, rows []goneRow) (*writePlan, error) {
	var same, guarded []goneRow
	ended := map[int][]reportsync.Outcome{}
	plan := newWritePlan(target, r.spec.Does(), false)
	var row reportRow
	for _, one := range rows {
		if err := r.rows.at(one.index, &row); err != nil {
			return nil, err
		}
		before, err := r.recordBefore(&row, one)
		if err != nil {
			return nil, err
		}
		found, err := r.concludeAgain(target, &row, one, before)
		switch st := r.rows.states[one.index]; {
		case err != nil:
			return nil, err
		case found.id == before:
			same = append(same, one)
		case st == rowCreate && !r.mayCreate():
			guarded = append(guarded, one)
		case st.done():
			o, err := r.outcome(target, &row)
			if err != nil {
				return nil, err
			}
			ended[one.seq] = append(ended[one.seq], o)
		default:
			plan.add(st == rowCreate, one.refusal.unit, found.parent)
		}
	}
	for _, seq := range slices.Sorted(maps.Keys(ended)) {
		if err := r.ledger.settle(ctx, seq, ended[seq], false); err != nil {
			return nil, err
		}
	}
	if err := r.refuse(ctx, target, same, stillThere); err != nil {
		return nil, err
	}
	if err := r.refuse(ctx, target, guarded, notCreated); err != nil {
		return nil, err
	}
	plan.sort()
	choice := r.writeRoute(plan, remaining{})
	if plan.len() == 0 {
		return plan, nil
	}
	return plan, r.ledger.info(ctx, "matched again: %s", choice.Why)
}

// recordBefore returns the id of the record that a row had when it was sent.
func (r *run) recordBefore(row *reportRow, one goneRow) (string, error) {
	if one.state == rowDirect {
		return string(row.key), nil
	}
	f, err := r.rows.find(one.link)
	return f.id, err
}

// concludeAgain settles a row that was matched again as far as it can be, and returns the record that it has now.
func (r *run) concludeAgain(target *target, row *reportRow, one goneRow, before string) (find, error) {
	if err := r.concludeRow(target, row); err != nil {
		return find{}, err
	}
	switch r.rows.states[row.index] { //nolint:exhaustive // the others have no record
	case rowSame, rowHeld, rowDiffers:
		return r.rows.recordOf(unit{row: uint32(row.index)}) //nolint:gosec // at most maxRows
	case rowMissing:
		o := begin(row, reportsync.Unmatched)
		o.Code, o.Message = reportsync.RowNoRecord, fmt.Sprintf("the record %s was deleted after it was read, and no other one has this key", before)
		if one.state == rowDirect {
			o.Message = "no record has this id"
		}
		return find{}, r.rows.answer(row.index, o)
	}
	return find{}, nil
}

// mayCreate reports whether the integration's guards let as many records be created as are by now, or are to be.
func (r *run) mayCreate() bool {
	g := r.spec.Guards
	if g == nil || g.MaxCreatedPercent == nil || r.Run.IgnoreGuards {
		return true
	}
	created := r.rows.count(rowCreate) + r.rows.count(rowCreated) + r.rows.kinds[reportsync.Created].Load()
	return !above(*g.MaxCreatedPercent, created, int64(r.rows.len()))
}
