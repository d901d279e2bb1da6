package store

import (
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Past is one write of a record's history as [Snapshot.Histories] prints it.
type Past struct {
	At             time.Time         `json:"at"`
	By             string            `json:"by"`
	AssignmentRule string            `json:"assignment_rule"`
	Fields         int               `json:"fields"`
	Before         map[string]string `json:"before"`
}

// Restore adds a record as a snapshot had it: no rule runs and nothing is
// checked but its place. Records come in the order they were dumped.
func (db *DB) Restore(object string, values map[string]string) error {
	defer db.exclusive()()
	t, ok := db.table(object)
	if !ok {
		return fmt.Errorf("object %s %w", object, schema.ErrUnknown)
	}
	if len(values) == 0 {
		t.rows = append(t.rows, "")
		return nil
	}
	if id, next := values["Id"], db.idOf(t, len(t.rows)); id != next {
		return fmt.Errorf("the next record of %s has the id %s, not %q", t.object.Name, next, id)
	}
	row, err := db.packed(t.object, values, len(t.object.Fields))
	if err != nil {
		return err
	}
	t.append(row)
	return nil
}

// RestoreState sets what a table holds beyond its records, which are there.
func (db *DB) RestoreState(s State) error {
	defer db.exclusive()()
	t, ok := db.table(s.Object)
	if !ok {
		return fmt.Errorf("object %s %w", s.Object, schema.ErrUnknown)
	}
	t.writes = s.Writes
	for name, n := range s.Counters {
		field, ok := t.object.AnyField(name)
		if !ok {
			return fmt.Errorf("object %s: field %s %w", t.object.Name, name, schema.ErrUnknown)
		}
		t.counter[field] = n
	}
	return nil
}

// RestoreHistory sets the history of a record that is there.
func (db *DB) RestoreHistory(id string, writes []Past) error {
	defer db.exclusive()()
	t := db.byPrefix(id)
	if t == nil {
		return fmt.Errorf("no object has records such as %s", id)
	}
	row, ok := db.find(t, id)
	if !ok {
		return fmt.Errorf("there is no record %s", id)
	}
	for len(t.last) <= row {
		t.last = append(t.last, 0)
	}
	for _, w := range writes {
		var before Row
		if w.Before != nil {
			var err error
			if before, err = db.packed(t.object, w.Before, w.Fields); err != nil {
				return err
			}
		}
		from := origin{at: w.At, by: w.By, assignment: w.AssignmentRule}
		if n := len(db.origins); n == 0 || db.origins[n-1] != from {
			db.origins = append(db.origins, from)
		}
		t.entries = append(t.entries, entry{before: before, origin: int32(len(db.origins) - 1), previous: t.last[row]}) //nolint:gosec // as in note
		t.last[row] = int32(len(t.entries))                                                                             //nolint:gosec // as in note
	}
	return nil
}

// Restored ends a restore: what depends on records, such as who sees which
// fields, is worked out from them anew.
func (db *DB) Restored() { db.forgetViews() }

// packed is a version of a record of which that many fields had a place; the
// caller holds mu.
func (db *DB) packed(object *schema.Object, values map[string]string, fields int) (Row, error) {
	if fields < 0 || fields > len(object.Fields) {
		return "", fmt.Errorf("object %s has %d fields, not %d", object.Name, len(object.Fields), fields)
	}
	d := make(draft, fields)
	for name, text := range values {
		i, ok := object.AnyField(name)
		if !ok || i >= fields {
			return "", fmt.Errorf("object %s: field %s %w", object.Name, name, schema.ErrUnknown)
		}
		d[i] = text
	}
	return db.press.keep(d), nil
}
