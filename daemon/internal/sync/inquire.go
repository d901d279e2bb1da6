package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// createLooks is how often the org is asked for records that a lost call was to create before they are created again:
// Salesforce may still be at work on it, and a record that is there twice is worse than one that comes late.
const createLooks = 3

// fates is what reading tells of rows whose answer is lost.
type fates struct {
	written []answer // their records hold what was sent
	doubted []answer // to create their records again might make them twice
	open    []*write // nothing shows that they were written
}

// inquire finds out by reading what became of rows whose answer is lost. Those that hold what was sent are written;
// those of which nothing shows are delivered again, a few times. Those whose fate stays unknown get no answer.
func (r *run) inquire(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int, lost error) ([]answer, error) {
	found, err := r.lookAfter(ctx, going, target, verb, part, delivery)
	got := slices.Concat(found.written, found.doubted)
	switch {
	case handsOver(err):
		return got, err // the next attempt compares them
	case err != nil:
		r.Logger.Debug("fate of rows not found out", "run", r.Run.ID, "error", err)
		return got, lost
	}
	if err := r.sayFates(going, part, found); err != nil {
		return got, err
	}
	switch {
	case len(found.open) == 0:
		return got, nil
	case ctx.Err() != nil:
		return got, context.Cause(ctx)
	case delivery == maxDeliveries:
		return got, inVain(lost)
	}
	rest, err := r.deliver(ctx, going, target, verb, found.open, delivery+1)
	return append(got, rest...), err
}

func (r *run) sayFates(ctx context.Context, part []*write, found fates) error {
	err := r.ledger.warn(ctx, "the answer to a call that wrote %s is lost; read again, %d of them hold what was sent", count(len(part), "record"), len(found.written))
	if err != nil || len(found.doubted) == 0 {
		return err
	}
	return r.ledger.warn(ctx, "%s that may have been created with that call, or by somebody else, hold other values than were sent: they are not created again",
		count(len(found.doubted), "record"))
}

// lookAfter parts rows by what their records show. A row that was to create a record had none when records were read,
// so one that has its key by now stops it from being sent again, whatever it holds: an automation may have changed
// what was sent.
func (r *run) lookAfter(ctx, going context.Context, target *target, verb salesforce.Operation, part []*write, delivery int) (found fates, err error) {
	looks := 1
	if verb == salesforce.OperationInsert {
		looks = createLooks
	}
	found.open = part
	var seen map[*write]sighting
	for look := range looks {
		// When the run is to stop there is no time to wait.
		if why := r.rest(ctx, delivery+look); handsOver(why) {
			return found, why
		}
		if seen, err = r.sight(going, target, verb, found.open); err != nil {
			return found, err
		}
		var left []*write
		for _, w := range found.open {
			if s := seen[w]; s.holds {
				found.written = append(found.written, answer{to: w, outcome: r.shown(w, verb, s)})
			} else {
				left = append(left, w)
			}
		}
		if found.open = left; len(left) == 0 {
			return found, nil
		}
	}
	if verb != salesforce.OperationInsert {
		return found, nil // to send it twice does what sending it once does
	}
	var left []*write
	for _, w := range found.open {
		if s := seen[w]; len(s.ids) > 0 {
			found.doubted = append(found.doubted, answer{to: w, outcome: doubted(w.outcome, s.ids)})
		} else {
			left = append(left, w)
		}
	}
	found.open = left
	return found, nil
}

// sighting is what stands in the org for a row whose answer is lost.
type sighting struct {
	ids   []string // of the records that it may have written, in their order
	holds bool     // the first of them holds every value that was sent, and is surely meant
}

// shown is the outcome of a row whose record was seen to hold what was sent.
func (r *run) shown(w *write, verb salesforce.Operation, s sighting) reportsync.Outcome {
	st := r.rows.states[w.unit.row].is()
	o := written(w.outcome, verb, r.target.key.Name, s.ids[0], st == rowCreate)
	if st == rowDirect && verb == salesforce.OperationUpsert {
		o.Message = "Salesforce's answer was lost; the record holds what was sent, and may have been created by that"
	}
	return o
}

// doubted is the outcome of a row of which nobody can say whether it created one of the records that have its key now.
func doubted(o reportsync.Outcome, ids []string) reportsync.Outcome {
	o.Kind, o.Code = reportsync.Unprocessed, reportsync.RowNoAnswer
	if len(ids) == 1 {
		o.RecordID = ids[0]
		o.Message = "Salesforce's answer was lost; the record that has the key now holds other values than were sent, so no other one was created"
	} else {
		o.Message = fmt.Sprintf("Salesforce's answer was lost; %d records have the key now, so no other one was created: %s", len(ids), enumerate(ids))
	}
	return o
}

// sight looks for the records of writes. Rows for which there are none have no sighting.
func (r *run) sight(ctx context.Context, target *target, verb salesforce.Operation, writes []*write) (map[*write]sighting, error) {
	ids := make(map[*write][]string, len(writes))
	if verb == salesforce.OperationUpdate {
		for _, w := range writes {
			id, err := salesforce.ID18(w.outcome.RecordID)
			if err != nil {
				return nil, fmt.Errorf("read a written record of %s: %w", target.object.Name, err)
			}
			ids[w] = []string{id}
		}
	} else if err := r.idsByKey(ctx, target, writes, ids); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, nil
	}
	fields := target.batch(writes).Columns
	records, err := r.Org.Retrieve(ctx, target.object.Name, slices.Concat(slices.Collect(maps.Values(ids))...), fields)
	if err != nil {
		return nil, fmt.Errorf("read written records of %s: %w", target.object.Name, err)
	}
	seen := make(map[*write]sighting, len(ids))
	for w, ids := range ids {
		seen[w] = target.recognize(w, verb, ids, fields, records)
	}
	return seen, nil
}

// recognize says which of some records a write has made or changed. Of several with the key of an upsert none was:
// Salesforce refuses it. Of several that hold what was to be inserted nobody can say which one it made.
func (t *target) recognize(w *write, verb salesforce.Operation, ids, fields []string, records map[string][]string) sighting {
	slices.Sort(ids)
	var holding []int
	for i, id := range ids {
		if values, there := records[id]; there && len(w.sends) > 0 && t.hasAll(w, fields, values) {
			holding = append(holding, i)
		}
	}
	if len(holding) != 1 || len(ids) > 1 && verb != salesforce.OperationInsert {
		return sighting{ids: ids}
	}
	ids[0], ids[holding[0]] = ids[holding[0]], ids[0]
	return sighting{ids: ids, holds: true}
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

// idsByKey finds the records that have the keys of writes. Only ids and keys are asked for, so that lists of keys fit
// a query's URL however many fields are mapped.
func (r *run) idsByKey(ctx context.Context, t *target, writes []*write, ids map[*write][]string) error {
	byKey := make(map[string]*write, len(writes))
	keys := make([]string, 0, len(writes))
	for _, w := range writes {
		byKey[t.key.Fold(w.outcome.Key)] = w
		keys = append(keys, w.outcome.Key)
	}
	bare := &target{object: t.object, key: t.key}
	s := search{object: t.object.Name, key: t.key, columns: bare.columns(), keys: textKeys(keys), number: len(keys)}
	cut, err := s.lookups(len(keys))
	if err != nil {
		return err
	}
	if !cut.complete {
		return fmt.Errorf("look for written records of %s: its %s can't be looked up", t.object.Name, t.key.Name)
	}
	var mu sync.Mutex
	for _, list := range cut.lists {
		err := r.lookUpList(ctx, s, list, func(batch records) error {
			mu.Lock()
			defer mu.Unlock()
			var rec record
			var row []string
			for i := range batch.Len() {
				row = batch.Row(i, row)
				if err := bare.record(row, &rec); err != nil {
					return err
				}
				if w := byKey[rec.key]; w != nil {
					ids[w] = append(ids[w], strings.Clone(rec.id))
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("look for written records of %s: %w", t.object.Name, err)
		}
	}
	return nil
}
