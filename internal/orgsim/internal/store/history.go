package store

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// Write is one write to one record, whether or not it changed anything.
type Write struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"` // rest, bulk:JOB or user
	Created bool      `json:"created,omitzero"`
	Deleted bool      `json:"deleted,omitzero"`
	Changes []Change  `json:"changes,omitzero"` // fields whose stored value became another, in schema order
}

// Change is a field's stored value before and after a write.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// History lists the writes to a record, oldest first; the initial load is none.
func (db *DB) History(object, id string) []Write {
	db.mu.RLock()
	defer db.mu.RUnlock()
	t, row, ok := db.locate(object, id)
	if !ok {
		return nil
	}
	return t.history[row]
}

// Writes counts the rows of an object that the API has written so far.
func (db *DB) Writes(object string) int {
	db.mu.RLock()
	defer db.mu.RUnlock()
	o, ok := db.schema.Object(object)
	if !ok {
		return 0
	}
	return db.tables[o.Name].writes
}

// Row returns the current version of a record, deleted or not.
func (db *DB) Row(object, id string) (Row, bool) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	t, row, ok := db.locate(object, id)
	if !ok {
		return "", false
	}
	return t.rows[row], true
}

// Rows returns all records of an object that are not deleted, oldest first.
func (db *DB) Rows(object string) []Row {
	db.mu.RLock()
	defer db.mu.RUnlock()
	o, ok := db.schema.Object(object)
	if !ok {
		return nil
	}
	t := db.tables[o.Name]
	rows := make([]Row, 0, len(t.rows))
	for _, row := range t.rows {
		if !t.deleted(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Deleted reports whether a version of one of the object's records is in the
// recycle bin.
func (db *DB) Deleted(object string, row Row) bool {
	return db.tables[object].deleted(row)
}

func (db *DB) locate(object, id string) (*table, int, bool) {
	o, ok := db.schema.Object(object)
	if !ok {
		return nil, 0, false
	}
	full, err := recordid.Parse(id)
	if err != nil {
		return nil, 0, false
	}
	t := db.tables[o.Name]
	row, ok := db.find(t, full)
	return t, row, ok
}

func (tx *transaction) note(t *table, row int, w Write) {
	if tx.actor.Loading {
		return
	}
	w.At, w.By = tx.at, tx.actor.By
	t.history[row] = append(t.history[row], w)
	if !tx.actor.System {
		t.writes++
	}
	tx.undo = append(tx.undo, func() {
		t.history[row] = t.history[row][:len(t.history[row])-1]
		if !tx.actor.System {
			t.writes--
		}
	})
}
