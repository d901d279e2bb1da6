package store

import (
	"slices"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// Write is one write to one record, whether or not it changed anything.
type Write struct {
	At             time.Time `json:"at"`
	By             string    `json:"by"` // rest, bulk:JOB or user
	Created        bool      `json:"created,omitzero"`
	Deleted        bool      `json:"deleted,omitzero"`
	AssignmentRule string    `json:"assignment_rule,omitzero"` // the rule that chose the owner
	Changes        []Change  `json:"changes,omitzero"`         // of an update: fields whose stored value became another, in schema order
}

// Change is a field's stored value before and after a write.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// entry is a write as it is kept: next to nothing beyond the version of the
// record that it replaced. What it replaced it with is the next entry's before,
// or the current version.
type entry struct {
	before   Row   // empty where the write made the record
	origin   int32 // of DB.origins
	previous int32 // the record's entry before this one, counted from 1; 0: none
}

// origin is what many writes have in common.
type origin struct {
	at         time.Time
	by         string
	assignment string
}

// History lists the writes to a record, oldest first; the initial load is none.
func (db *DB) History(object, id string) []Write {
	defer db.shared()()
	t, row, ok := db.locate(object, id)
	if !ok {
		return nil
	}
	var writes []Write
	after := t.rows[row]
	for at := t.lastEntry(row); at != 0; {
		e := t.entries[at-1]
		writes = append(writes, db.write(t, e, after))
		after, at = e.before, e.previous
	}
	slices.Reverse(writes)
	return writes
}

func (db *DB) write(t *table, e entry, after Row) Write {
	from := db.origins[e.origin]
	w := Write{At: from.at, By: from.by, AssignmentRule: from.assignment, Created: e.before == ""}
	switch {
	case w.Created:
	case t.deleted(after):
		w.Deleted = true
	default:
		w.Changes = t.changes(e.before, after)
	}
	return w
}

// changes compares two versions of a record. A field that the older one has no
// place for was made later, and its value by no write.
func (t *table) changes(before, after Row) []Change {
	var changes []Change
	c := t.columns
	for i := range before.fields() {
		if i == c.modified || i == c.modifiedBy || i == c.stamp {
			continue
		}
		if was, is := before.At(i), after.At(i); was != is {
			changes = append(changes, Change{Field: t.object.Fields[i].Name, Before: was, After: is})
		}
	}
	return changes
}

// note keeps a write that a client asked for as [transaction.trace] does, and
// counts it.
func (tx *transaction) note(t *table, row int, before Row, assignment string) {
	tx.trace(t, row, before, assignment)
	if tx.actor.Loading || tx.actor.System {
		return
	}
	t.writes++
	if tx.atomic {
		tx.undo = append(tx.undo, func() { t.writes-- })
	}
}

// trace keeps a write that is about to replace a version, or to make the record.
func (tx *transaction) trace(t *table, row int, before Row, assignment string) {
	if tx.actor.Loading {
		return
	}
	if len(t.last) <= row {
		t.last = append(t.last, make([]int32, len(t.rows)-len(t.last))...)
	}
	previous := t.last[row]
	t.entries = append(roomy(t.entries), entry{before: before, origin: tx.origin(assignment), previous: previous})
	t.last[row] = int32(len(t.entries)) //nolint:gosec // memory ends long before two thousand million writes
	if tx.atomic {
		tx.undo = append(tx.undo, func() {
			t.entries = t.entries[:len(t.entries)-1]
			t.last[row] = previous
		})
	}
}

// origin is the place of what the transaction's writes have in common.
func (tx *transaction) origin(assignment string) int32 {
	if at, ok := tx.origins[assignment]; ok {
		return at
	}
	tx.db.origins = append(tx.db.origins, origin{at: tx.at, by: tx.actor.By, assignment: assignment})
	at := int32(len(tx.db.origins) - 1) //nolint:gosec // as in note
	if tx.origins == nil {
		tx.origins = map[string]int32{}
	}
	tx.origins[assignment] = at
	return at
}

func (t *table) lastEntry(row int) int32 {
	if row >= len(t.last) {
		return 0
	}
	return t.last[row]
}

// Writes counts the rows of an object that the API has written so far.
func (db *DB) Writes(object string) int {
	defer db.shared()()
	t, ok := db.table(object)
	if !ok {
		return 0
	}
	return t.writes
}

// Row returns the current version of a record, deleted or not.
func (db *DB) Row(object, id string) (Row, bool) {
	defer db.shared()()
	t, row, ok := db.locate(object, id)
	if !ok {
		return "", false
	}
	return t.rows[row], true
}

// Rows returns all records of an object that are not deleted, oldest first.
func (db *DB) Rows(object string) []Row {
	defer db.shared()()
	t, ok := db.table(object)
	if !ok {
		return nil
	}
	rows := make([]Row, 0, len(t.rows))
	for _, row := range t.rows {
		if !t.deleted(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// Count is how many records of an object are not deleted.
func (db *DB) Count(object string) int {
	defer db.shared()()
	n := 0
	for range db.live(object) {
		n++
	}
	return n
}

// Deleted reports whether a version of one of the object's records is in the
// recycle bin.
func (db *DB) Deleted(object string, row Row) bool {
	defer db.shared()()
	t, ok := db.table(object)
	return ok && t.deleted(row)
}

func (db *DB) locate(object, id string) (*table, int, bool) {
	t, ok := db.table(object)
	if !ok {
		return nil, 0, false
	}
	full, err := recordid.Parse(id)
	if err != nil {
		return nil, 0, false
	}
	row, ok := db.find(t, full)
	return t, row, ok
}
