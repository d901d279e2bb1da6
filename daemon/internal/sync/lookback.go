package sync

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// lookBack settles what can be settled of an earlier attempt when the report that it read is another one by now, or
// gone, so that its rows can't go through the stages again.
func (r *run) lookBack(ctx context.Context, why error) error {
	e, ok := errors.AsType[*reportsync.Error](why)
	if !ok || e.Code != reportsync.CodeReportChanged || !r.past.attempts {
		return nil
	}
	return r.lookAtPlanned(ctx)
}

// lookAtPlanned settles rows that an earlier attempt has planned and that have no answer, where the org shows that they
// were written. The others stay open: nobody can say what became of them.
func (r *run) lookAtPlanned(ctx context.Context) error {
	target, problems, err := r.checked(ctx)
	if err != nil || len(problems) > 0 {
		r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
		return nil
	}
	var changed, created []reportsync.Outcome
	for index := range r.past.rows() {
		switch o := r.past.sentPlan(index); {
		case o == nil || !tells(target, *o):
		case o.RecordID != "":
			changed = append(changed, *o)
		default:
			created = append(created, *o)
		}
	}
	if len(changed)+len(created) == 0 {
		return nil
	}
	rows, err := r.unread(ctx)
	if err != nil {
		return err
	}
	r.keep(rows)
	updated, err := r.lookBackAt(ctx, target, changed, r.holdingChanges)
	if err != nil {
		return err
	}
	made, err := r.lookBackAt(ctx, target, created, r.holdingCreations)
	if err != nil {
		return err
	}
	return r.ledger.info(ctx, "of %s that an earlier attempt had planned, %d hold what was planned", count(len(changed)+len(created), "record"), updated+made)
}

// holding returns those of some planned rows that the org shows to have been written.
type holding func(ctx context.Context, target *target, planned []reportsync.Outcome) ([]reportsync.Outcome, error)

// lookBackAt settles those of some planned rows that were written, and returns how many these are. What can't be found out
// stays open.
func (r *run) lookBackAt(ctx context.Context, target *target, planned []reportsync.Outcome, which holding) (number int, err error) {
	for part := range slices.Chunk(planned, lookedBackRows) {
		held, err := which(ctx, target, part)
		if err != nil {
			r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
			return number, nil
		}
		if err := r.settleHeld(ctx, held); err != nil {
			return number, err
		}
		number += len(held)
	}
	return number, nil
}

// tells reports whether reading its record can tell whether a planned row was written: some value was to differ, and
// all fields are still mapped.
func tells(t *target, o reportsync.Outcome) bool {
	differ := false
	for _, c := range o.Changes {
		if c.Field == t.key.Name {
			continue // of a record that was to be created
		}
		if !slices.Contains(t.names, c.Field) {
			return false
		}
		differ = differ || differs(c)
	}
	return differ
}

// lookedBackRows is how many planned rows are looked at with a few calls.
const lookedBackRows = 1000

// holdingChanges returns those of some planned rows whose records hold what was planned, as updated.
func (r *run) holdingChanges(ctx context.Context, target *target, planned []reportsync.Outcome) (holding []reportsync.Outcome, err error) {
	ids := make([]string, len(planned))
	for i, o := range planned {
		ids[i] = o.RecordID
	}
	records, err := r.Org.Retrieve(ctx, target.object.Name, ids, target.names)
	if err != nil {
		return nil, err
	}
	for _, o := range planned {
		if values, there := records[o.RecordID]; there && target.matches(&record{values: values}, o.Changes) {
			o.Kind = reportsync.Updated
			holding = append(holding, o)
		}
	}
	return holding, nil
}

// holdingCreations returns those of some rows that were to create a record for which there is one now that holds what was
// sent, as created.
func (r *run) holdingCreations(ctx context.Context, target *target, planned []reportsync.Outcome) (holding []reportsync.Outcome, err error) {
	verb := salesforce.OperationInsert
	if target.createsByKey(r.spec.Does()) {
		verb = salesforce.OperationUpsert
	}
	writes := make([]*write, len(planned))
	for i, o := range planned {
		writes[i] = &write{outcome: o, sends: target.sent(o.Changes)}
	}
	seen, err := r.sight(ctx, target, verb, writes)
	if err != nil {
		return nil, err
	}
	for _, w := range writes {
		if s := seen[w]; s.holds {
			holding = append(holding, written(w.outcome, verb, target.key.Name, s.ids[0], creates(w.outcome.Changes, target.key.Name)))
		}
	}
	return holding, nil
}

// sent returns what was sent for changes.
func (t *target) sent(changes []reportsync.Change) []assignment {
	var sends []assignment
	for _, c := range changes {
		if at := slices.Index(t.names, c.Field); at >= 0 && !c.Held {
			sends = append(sends, assignment{field: at, value: orEmpty(c.After)})
		}
	}
	return sends
}

// settleHeld stores the outcomes of rows that were found to be written.
func (r *run) settleHeld(ctx context.Context, outcomes []reportsync.Outcome) error {
	held := map[int][]reportsync.Outcome{} // by batch
	for _, o := range outcomes {
		index := int(o.Row - 1)
		batch := cmp.Or(r.past.batchOf(index, o.RecordID), r.past.batchOf(index, ""))
		held[batch] = append(held[batch], o)
	}
	for _, batch := range slices.Sorted(maps.Keys(held)) {
		if err := r.ledger.settle(ctx, batch, held[batch], false); err != nil {
			return err
		}
		for _, o := range held[batch] {
			if err := r.rows.answer(int(o.Row-1), o); err != nil {
				return err
			}
		}
	}
	return nil
}
