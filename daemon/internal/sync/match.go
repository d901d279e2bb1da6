package sync

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// match finds the record of each row and, as records come by, in what they differ: what a record holds is kept only
// where it is to be written (compare.go).
func (r *run) match(ctx context.Context, target *target, keys *keyIndex) error {
	if err := r.ledger.enter(ctx, reportsync.StageMatch, int64(keys.usable)); err != nil {
		return err
	}
	if keys.usable == 0 {
		return nil
	}
	parents, err := r.findParents(ctx, target)
	if err != nil {
		return err
	}
	choice, err := r.findRecords(ctx, target, keys)
	if err != nil {
		return err
	}
	if err := errors.Join(r.conclude(target), r.past.failure()); err != nil {
		return err
	}
	if err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		f.Forecast = &reportsync.Forecast{Parents: parents, Match: choice}
	}); err != nil {
		return err
	}
	if choice.Route == searchNone {
		return nil
	}
	c := r.rows.tally()
	missing := r.rows.count(rowMissing) + r.rows.count(rowCreate)
	return r.ledger.info(ctx, "%s without a record, %d with several", count(int(missing), "row"), c.Ambiguous+r.rows.count(rowGroup))
}

// findRecords reads the records that have the rows' keys, or finds that they need not be read.
func (r *run) findRecords(ctx context.Context, target *target, keys *keyIndex) (reportsync.Choice, error) {
	if blind, err := r.blind(target); err != nil {
		return reportsync.Choice{}, err
	} else if blind {
		return r.takeBlindly(ctx, target)
	}
	known, err := r.awaitPrevious(ctx)
	if err != nil {
		return reportsync.Choice{}, err
	}
	m := r.newMatcher(target, keys, known)
	s := r.recordSearch(target)
	s.keys, s.number, s.early = r.openKeys(), keys.usable, r.early
	return r.search(ctx, s, m.take)
}

// recordSearch is the search for the records of rows, whose keys are still to come.
func (r *run) recordSearch(target *target) search {
	return search{object: target.object.Name, key: target.key, columns: target.columns()}
}

// openKeys yields the keys of the rows that are on their way.
func (r *run) openKeys() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for row, err := range r.rows.each(rowOpen) {
			if !yield(string(row.key), err) {
				return
			}
		}
	}
}

// blind reports whether rows are written without their records being read: nothing is to be compared, no share of what
// changes is asked for, and the key is the record's id or makes an upsert. Of a row that has nothing to write only its
// record can tell what became of it. An upsert, which may create the record, empties no field, and is refused with one that
// can be set only on creation, or only afterwards.
func (r *run) blind(target *target) (bool, error) {
	if !r.mayBeBlind(target) {
		return false, nil
	}
	for row, err := range r.rows.each(rowOpen) {
		if err != nil || len(target.assignAll(row, false)) == 0 {
			return false, err
		}
	}
	return true, nil
}

// mayBeBlind is what of blind doesn't depend on the rows.
func (r *run) mayBeBlind(target *target) bool {
	if r.spec.Compares() || r.Run.DryRun || r.spec.Guards != nil || r.past.attempts || len(r.spec.Match.FieldTransform) > 0 || r.spec.Match.UpdatesAll() {
		return false
	}
	op := r.spec.Does()
	if !target.createsByKey(op) {
		return op == reportsync.OperationUpdate && target.key.isID()
	}
	return !slices.ContainsFunc(target.fields, func(f mappedField) bool { return f.clears || !f.onCreate || !f.onUpdate })
}

func (r *run) takeBlindly(ctx context.Context, target *target) (reportsync.Choice, error) {
	for row, err := range r.rows.each(rowOpen) {
		if err != nil {
			return reportsync.Choice{}, err
		}
		if field, orphaned, is := target.orphan(row); is {
			r.rows.set(row.index, orphaned, uint64(field)) //nolint:gosec // an index
			continue
		}
		r.rows.set(row.index, rowDirect, 0)
	}
	choice := reportsync.Choice{Route: searchNone, Rows: r.rows.count(rowDirect), Why: "nothing is read: change_detection is none, and " + target.key.Name + " says which record is meant"}
	return choice, r.ledger.info(ctx, "%s", choice.Why)
}
