package sync

import (
	"context"
	"errors"
	"iter"

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
	blind, err := r.blind(target)
	if err != nil {
		return reportsync.Choice{}, err
	}
	if blind && !r.Run.DryRun {
		return r.takeBlindly(ctx, target)
	}
	if blind {
		if err := r.foreseeBlind(ctx, target); err != nil {
			return reportsync.Choice{}, err
		}
	}
	known, err := r.awaitPrevious(ctx)
	if err != nil {
		return reportsync.Choice{}, err
	}
	m := r.newMatcher(target, keys, known)
	s := r.recordSearch(target)
	s.keys, s.number, s.early = r.openKeys(), keys.usable, r.early
	choice, err := r.search(ctx, s, m.take)
	if r.sightless != nil {
		choice = r.sightless.choice
	}
	return choice, err
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
