package store

import (
	"slices"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Op is what a mutation does.
type Op int

// The operations.
const (
	Insert Op = iota
	Update
	Upsert
	Delete
)

// Cell is one field's new value: of the right type, not yet normalised; empty
// text is null.
type Cell struct {
	Field int
	Text  string
}

// Mutation is one row of a request.
type Mutation struct {
	Op      Op
	Object  *schema.Object
	ID      string // as sent; of Update, Delete and Upsert by Id
	Key     int    // of Upsert: the field to match by
	Cells   []Cell
	Refused *sferr.Error // found while parsing: the row fails with it
}

// Outcome is what became of one row: the id of the record where it worked, and
// of the record meant where it failed and that is known.
type Outcome struct {
	ID      string
	Created bool
	Err     *sferr.Error
}

// Actor is who writes, and with which liberties.
type Actor struct {
	UserID  string
	By      string // for the history
	System  bool   // an administrator behind the API's back: sees hidden and writes read-only fields
	Loading bool   // the initial load: leaves no history

	// Locked tells which of the ids (the record's own, then those it refers to)
	// another transaction holds, or "". Nil: none ever.
	Locked func(object string, ids []string) string
}

// transaction is one call of Apply; undo restores what was before, last first.
type transaction struct {
	db    *DB
	actor Actor
	at    time.Time
	stamp string
	undo  []func()
}

// Apply writes the rows in order and returns their outcomes in the same order.
// With allOrNone the first failure undoes everything and marks the other rows.
func (db *DB) Apply(actor Actor, allOrNone bool, rows []Mutation) []Outcome {
	db.mu.Lock()
	defer db.mu.Unlock()
	now := db.now()
	tx := &transaction{db: db, actor: actor, at: now, stamp: value.FormatTime(now)}
	refuseRepeatedKeys(rows)
	outcomes := make([]Outcome, len(rows))
	failed := false
	for i := range rows {
		if failed && allOrNone {
			outcomes[i] = Outcome{Err: sferr.RolledBack()}
			continue
		}
		outcomes[i] = tx.row(&rows[i])
		if outcomes[i].Err == nil || !allOrNone {
			continue
		}
		failed = true
		for before := range i {
			outcomes[before] = Outcome{Err: sferr.RolledBack()}
		}
		tx.rollback()
	}
	return outcomes
}

func (tx *transaction) rollback() {
	for _, undo := range slices.Backward(tx.undo) {
		undo()
	}
	tx.undo = nil
}

func (tx *transaction) row(m *Mutation) Outcome {
	if m.Refused != nil {
		return Outcome{Err: m.Refused}
	}
	t := tx.db.tables[m.Object.Name]
	switch m.Op {
	case Insert:
		return tx.insert(t, m.Cells)
	case Upsert:
		return tx.upsert(t, m)
	default:
		return tx.existing(t, m)
	}
}

// existing updates or deletes the record that the mutation names by id.
func (tx *transaction) existing(t *table, m *Mutation) Outcome {
	verb := "update"
	if m.Op == Delete {
		verb = "delete"
	}
	if t.object.ReadOnly && !tx.actor.System {
		return Outcome{Err: sferr.UnsupportedOperation(t.object.Name, verb)}
	}
	if m.ID == "" {
		return Outcome{Err: sferr.MissingID(verb)}
	}
	row, id, err := tx.resolve(t, m.ID)
	if err != nil {
		return Outcome{Err: err}
	}
	if m.Op == Delete {
		err = tx.remove(t, row, id)
	} else {
		err = tx.update(t, row, id, m.Cells)
	}
	return Outcome{ID: id, Err: err}
}

// resolve finds the live record of an id as sent.
func (tx *transaction) resolve(t *table, sent string) (int, string, *sferr.Error) {
	id, bad := recordid.Parse(sent)
	if bad != nil {
		return 0, "", sferr.MalformedID(sent)
	}
	if id[:3] != t.object.KeyPrefix {
		return 0, "", sferr.WrongIDType(t.object.Label+" ID", "Id", sent)
	}
	row, ok := tx.db.find(t, id)
	if !ok {
		return 0, "", sferr.NoSuchRecord()
	}
	if t.deleted(t.rows[row]) {
		return 0, "", sferr.Deleted()
	}
	return row, id, nil
}

// put makes a row the current version and keeps the indexes right.
func (tx *transaction) put(t *table, number int, after Row) {
	before := t.rows[number]
	t.reindex(number, before, after)
	t.rows[number] = after
	tx.undo = append(tx.undo, func() {
		t.reindex(number, after, before)
		t.rows[number] = before
	})
}

func (t *table) reindex(number int, before, after Row) {
	for field, x := range t.indexes {
		if before.At(field) != after.At(field) {
			x.remove(before.At(field), number)
			x.add(after.At(field), number)
		}
	}
}
