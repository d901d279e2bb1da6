package sync

import (
	"context"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

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
	if r.spec.Compares() || r.spec.Guards != nil || r.past.attempts || len(r.spec.Match.FieldTransform) > 0 || r.spec.Match.UpdatesAll() {
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
	choice := blindChoice(target, r.rows.count(rowDirect))
	return choice, r.ledger.info(ctx, "%s", choice.Why)
}

func blindChoice(target *target, rows int64) reportsync.Choice {
	return reportsync.Choice{Route: searchNone, Rows: rows, Why: "nothing is read: change_detection is none, and " + target.key.Name + " says which record is meant"}
}

// sightless is how the run would go that a dry run is for, where that one reads no records: the dry run does, to tell
// what would become of the rows.
type sightless struct {
	choice reportsync.Choice
	units  []unit
	calls  int64 // that the dry run had made before it read records
}

// foreseeBlind notes how the run would go without a look at its records.
func (r *run) foreseeBlind(ctx context.Context, target *target) error {
	s := &sightless{calls: r.Org.Usage().Calls}
	for row, err := range r.rows.each(rowOpen) {
		if err != nil {
			return err
		}
		if _, _, is := target.orphan(row); !is {
			s.units = append(s.units, unit{row: uint32(row.index)}) //nolint:gosec // at most maxRows
		}
	}
	s.choice, r.sightless = blindChoice(target, int64(len(s.units))), s
	return r.ledger.info(ctx, "records are read for this dry run alone, to tell what would become of the rows: a run would read none, since change_detection is none")
}

// plan is what the run would write.
func (s *sightless) plan(target *target, op reportsync.Operation) *writePlan {
	plan := newWritePlan(target, op, !target.key.isID())
	for _, u := range s.units {
		plan.add(false, u, "")
	}
	plan.sort()
	return plan
}
