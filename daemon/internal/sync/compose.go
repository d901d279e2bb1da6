package sync

import (
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// write is one record on its way to Salesforce.
type write struct {
	unit    unit
	outcome reportsync.Outcome // with its changes, without a kind until it is answered
	sends   []assignment
	done    bool // its answer is stored, or it was set aside
}

// assignment gives a field a canonical value. Field -1 is the key.
type assignment struct {
	field int
	value string
}

const assignKey = -1

// compose makes the writes of units.
func (r *run) compose(t *target, verb salesforce.Operation, units []unit) ([]*write, error) {
	writes, all := make([]*write, len(units)), make([]write, len(units))
	var row reportRow
	for i, u := range units {
		if err := r.rows.at(int(u.row), &row); err != nil {
			return nil, err
		}
		w := &all[i]
		w.unit, w.outcome = u, begin(&row, "")
		if err := r.fill(t, verb, &row, w); err != nil {
			return nil, err
		}
		writes[i] = w
	}
	return writes, nil
}

// fill gives a write what it changes and sends.
func (r *run) fill(t *target, verb salesforce.Operation, row *reportRow, w *write) error {
	switch r.rows.states[row.index].is() {
	case rowCreate:
		w.outcome.Changes = t.creation(row)
		w.sends = append(t.assignAll(row, true), assignment{field: assignKey, value: string(row.key)})
		return nil
	case rowDirect:
		w.sends = t.assignAll(row, verb != salesforce.OperationUpdate)
		w.outcome.Changes = t.unread(w.sends)
		if verb == salesforce.OperationUpdate {
			w.outcome.RecordID = string(row.key)
		} else {
			w.sends = append(w.sends, assignment{field: assignKey, value: string(row.key)})
		}
		return nil
	default:
		return r.fillOnto(t, row, w)
	}
}

// fillOnto gives a write onto a record that was looked at what it changes and sends.
func (r *run) fillOnto(t *target, row *reportRow, w *write) error {
	rec, err := r.onto(w.unit)
	if err != nil {
		return err
	}
	w.outcome.RecordID, w.outcome.Changes = rec.id, t.changes(row, rec)
	if r.sendsAll() {
		w.sends = t.assignAll(row, false)
		return nil
	}
	w.sends = make([]assignment, 0, len(rec.edits))
	for i, e := range rec.edits {
		if !e.held && !e.made {
			w.sends = append(w.sends, assignment{field: e.field, value: orEmpty(w.outcome.Changes[i].After)})
		}
	}
	return nil
}

// assignAll returns all that a row has to say, to a record that exists or to one that is created.
func (t *target) assignAll(row *reportRow, created bool) []assignment {
	var all []assignment
	for i := range t.fields {
		f := &t.fields[i]
		if created && !f.onCreate || !created && !f.onUpdate {
			continue
		}
		if want, writes := t.want(row, i); writes && (want != "" || !created) {
			all = append(all, assignment{field: i, value: want})
		}
	}
	return all
}

// batch returns writes as Salesforce takes them, with the fields that any of them sends.
func (t *target) batch(writes []*write) salesforce.Batch {
	used := make([]int, len(t.fields)) // where a field is among the columns, from 1
	out := salesforce.Batch{Object: t.object.Name, Rows: make([]salesforce.Row, 0, len(writes))}
	keyed := 0
	for _, w := range writes {
		for _, s := range w.sends {
			if s.field == assignKey {
				keyed = 1
			} else {
				used[s.field] = 1
			}
		}
	}
	if keyed > 0 {
		out.Columns = append(out.Columns, t.key.Name)
	}
	for i, name := range t.names {
		if used[i] > 0 {
			out.Columns = append(out.Columns, name)
			used[i] = len(out.Columns)
		}
	}
	for _, w := range writes {
		row := salesforce.Row{ID: w.outcome.RecordID, Values: make([]salesforce.Value, len(out.Columns))}
		for _, s := range w.sends {
			if s.field == assignKey {
				row.Values[0] = t.key.Value(s.value)
			} else {
				row.Values[used[s.field]-1] = t.fields[s.field].Value(s.value)
			}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
