package sync

import "github.com/reportsync/terraform-provider-reportsync/internal/reportsync"

// conclude settles the rows for which all records were read: those without one, and those with several.
func (r *run) conclude(target *target) error {
	of := []state{rowOpen, rowGroup}
	switch {
	case r.past.attempts:
		of = append(of, rowDiffers, rowSame, rowHeld)
	case !r.spec.Does().Creates():
		r.concludeUnread()
	}
	for row, err := range r.rows.each(of...) {
		if err != nil {
			return err
		}
		if err := r.concludeRow(target, row); err != nil {
			return err
		}
	}
	return nil
}

// concludeRow settles one row for which all records were read.
func (r *run) concludeRow(target *target, row *reportRow) error {
	switch r.rows.states[row.index].is() { //nolint:exhaustive // the others are settled
	case rowOpen:
		return r.concludeMissing(target, row)
	case rowGroup:
		return r.concludeGroup(target, row)
	case rowDiffers, rowSame, rowHeld:
		return r.concludeMoved(row)
	}
	return nil
}

// concludeUnread settles rows without a record where nothing but that is to be known of them.
func (r *run) concludeUnread() {
	for index, st := range r.rows.states {
		if st == rowOpen {
			r.rows.set(index, rowMissing, 0)
		}
	}
}

// concludeMissing settles a row that has no record.
func (r *run) concludeMissing(target *target, row *reportRow) error {
	if known, err := r.concludeAnswered(target, row); err != nil || known {
		return err
	}
	if planned := r.past.lostPlan(row.index); planned != nil {
		return r.rows.answer(row.index, r.lostTrack(row, planned))
	}
	if !r.spec.Does().Creates() {
		r.rows.set(row.index, rowMissing, 0)
		return nil
	}
	if field, orphaned, is := target.orphan(row); is {
		r.rows.set(row.index, orphaned, uint64(field)) //nolint:gosec // an index
		return nil
	}
	for i := range target.fields {
		f := &target.fields[i]
		if f.onCreate && f.RequiredOnCreate() && target.wanted(row, i) == "" {
			r.rows.set(row.index, rowIncomplete, uint64(i))
			return nil
		}
	}
	r.rows.set(row.index, rowCreate, 0)
	return nil
}

// concludeAnswered settles a row whose records have answers from an earlier attempt, and other keys since. It reports
// whether there are any.
func (r *run) concludeAnswered(target *target, row *reportRow) (bool, error) {
	answers := r.past.answersOf(row.index)
	if len(answers) == 0 {
		return false, nil
	}
	var members []member
	var pack packer
	for _, o := range answers {
		ref, err := r.rows.finds.Append(pack.find(&find{id: o.RecordID}))
		if err != nil {
			return true, err
		}
		members = append(members, member{find: ref, answer: &o})
	}
	r.rows.set(row.index, rowGroup, r.rows.groups.add(members...))
	return true, r.concludeGroup(target, row)
}

// concludeMoved settles a row that an earlier attempt was about to write to another record than the one that has its
// key now: nobody can say any more whether that was done.
func (r *run) concludeMoved(row *reportRow) error {
	planned := r.past.sentPlan(row.index)
	if planned == nil || planned.RecordID == "" {
		return nil
	}
	found, err := r.rows.recordOf(unit{row: uint32(row.index)}) //nolint:gosec // at most maxRows
	if err != nil || found.id == planned.RecordID {
		return err
	}
	return r.rows.answer(row.index, r.lostTrack(row, planned))
}

// lostTrack is the outcome of a row whose record can't be looked at by its key any more.
func (r *run) lostTrack(row *reportRow, planned *reportsync.Outcome) reportsync.Outcome {
	o := begin(row, reportsync.Unprocessed)
	o.Code = reportsync.RowNoAnswer
	o.Message = "an attempt that was cut off may have written the record, which is no longer the one that has the key"
	o.RecordID, o.Changes = planned.RecordID, planned.Changes
	return o
}

// concludeGroup settles a row none of whose records is to be written.
func (r *run) concludeGroup(target *target, row *reportRow) error {
	for _, m := range r.rows.groups.of(r.rows.links[row.index]) {
		if m.answer == nil && !m.idle {
			return nil
		}
	}
	o, err := r.groupOutcome(target, row, reportsync.Unchanged)
	if err != nil {
		return err
	}
	return r.rows.answer(row.index, o)
}
