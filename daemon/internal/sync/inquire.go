package sync

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// createLooks is how often the org is asked for records that a lost call was to create before they are created again:
// Salesforce may still be at work on it, and a record that is there twice is worse than one that comes late.
const createLooks = 3

// inquire finds out by reading what became of rows whose answer is lost. Those that hold what was sent are written, the
// others are delivered again, a few times. Those whose fate stays unknown get no answer.
func (r *run) inquire(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int, lost error) ([]answer, error) {
	got, others, err := r.lookAfter(ctx, going, target, verb, part, delivery)
	switch {
	case handsOver(err):
		return got, err // the next attempt compares them
	case err != nil:
		r.Logger.Debug("fate of rows not found out", "run", r.Run.ID, "error", err)
		return got, lost
	}
	err = r.ledger.warn(going, "the answer to a call that wrote %s is lost; read again, %d of them hold what was sent", count(len(part), "record"), len(got))
	switch {
	case err != nil:
		return got, err
	case len(others) == 0:
		return got, nil
	case ctx.Err() != nil:
		return got, context.Cause(ctx)
	case delivery == maxDeliveries:
		return got, inVain(lost)
	}
	rest, err := r.deliver(ctx, going, target, verb, others, delivery+1)
	return append(got, rest...), err
}

// lookAfter parts rows into those that were written and the others.
func (r *run) lookAfter(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int) (got []answer, others []*write, err error) {
	looks := 1
	if verb == salesforce.OperationInsert {
		looks = createLooks
	}
	others = part
	for look := range looks {
		// When the run is to stop there is no time to wait.
		if why := r.rest(ctx, delivery+look); handsOver(why) {
			return got, others, why
		}
		holding, err := r.holding(going, target, verb, others)
		if err != nil {
			return got, others, err
		}
		var left []*write
		for _, w := range others {
			if id, ok := holding[w]; ok {
				got = append(got, answer{to: w, outcome: written(w.outcome, verb, id, r.rows.states[w.unit.row].is() == rowCreate)})
			} else {
				left = append(left, w)
			}
		}
		if others = left; len(others) == 0 {
			break
		}
	}
	return got, others, nil
}

// holding reads the records of writes and returns the ids of those that hold every value that is sent.
func (r *run) holding(ctx context.Context, target *target, verb salesforce.Operation, writes []*write) (map[*write]string, error) {
	if verb == salesforce.OperationUpdate {
		return r.holdingByID(ctx, target, writes)
	}
	return r.holdingByKey(ctx, target, writes)
}

func (r *run) holdingByID(ctx context.Context, target *target, writes []*write) (map[*write]string, error) {
	ids := make([]string, len(writes))
	for i, w := range writes {
		ids[i] = w.outcome.RecordID
	}
	fields := target.batch(writes).Columns
	records, err := r.Org.Retrieve(ctx, target.object.Name, ids, fields)
	if err != nil {
		return nil, fmt.Errorf("read written records of %s: %w", target.object.Name, err)
	}
	held := map[*write]string{}
	for _, w := range writes {
		id, err := salesforce.ID18(w.outcome.RecordID)
		if values, there := records[id]; err == nil && there && len(w.sends) > 0 && target.hasAll(w, fields, values) {
			held[w] = id
		}
	}
	return held, nil
}

// hasAll reports whether a record's values are those that a write sends.
func (t *target) hasAll(w *write, fields, values []string) bool {
	have := make(map[string]string, len(fields))
	for i, name := range fields {
		have[name] = values[i]
	}
	for _, s := range w.sends {
		if s.field != assignKey && t.fields[s.field].FromOrg(have[t.names[s.field]]) != s.value {
			return false
		}
	}
	return true
}

// holdingByKey looks for records that were to be created, or to be found by Salesforce itself.
func (r *run) holdingByKey(ctx context.Context, target *target, writes []*write) (map[*write]string, error) {
	byKey := make(map[string]*write, len(writes))
	keys := make([]string, 0, len(writes))
	for _, w := range writes {
		byKey[target.key.Fold(w.outcome.Key)] = w
		keys = append(keys, w.outcome.Key)
	}
	s := search{object: target.object.Name, key: target.key, columns: target.columns(), keys: textKeys(keys), number: len(keys)}
	cut, err := s.lookups(len(keys))
	if err != nil {
		return nil, err
	}
	held := map[*write]string{}
	for _, list := range cut.lists {
		err := r.lookUpList(ctx, s, list, func(row []string) error {
			rec, err := target.record(row)
			if err != nil {
				return err
			}
			if w := byKey[rec.key]; w != nil && target.hasAll(w, target.names, rec.values) {
				held[w] = rec.id
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for written records of %s: %w", target.object.Name, err)
		}
	}
	return held, nil
}
