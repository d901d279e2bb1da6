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
	HardDelete // past the recycle bin
)

// Cell is one field's new value: of the right type, not yet normalised; empty
// text is null. With Parent it is a reference, and Text is not looked at.
type Cell struct {
	Field  int
	Text   string
	Parent *ParentKey
}

// ParentKey names the record that a reference is to point to by its value in a
// lookup field, as "Account": {"Ext__c": "k"} does.
type ParentKey struct {
	Object *schema.Object
	Key    int // a field of Object
	Text   string
}

// Mutation is one row of a request. What its user may write is judged by its
// object, which is of that user's [DB.View].
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

// AutoAssignActive is the [Actor.AutoAssign] that runs the active assignment
// rules.
const AutoAssignActive = "TRUE"

// Actor is who writes, and with which liberties.
type Actor struct {
	UserID  string
	By      string // for the history
	System  bool   // an administrator behind the API's back: sees hidden and writes read-only fields, passes alerts
	Loading bool   // the initial load: no rule runs, no history is left

	AllowDuplicates bool   // passes duplicate rules that only alert (Sforce-Duplicate-Rule-Header: allowSave=true)
	AutoAssign      string // Sforce-Auto-Assign: TRUE runs the assignment rules, an id one of them; "" and FALSE none

	// Strike is asked last about each row that is written, or about the row as it
	// stands where it is deleted; the values, by field, are only lent. What it
	// returns refuses the row. Nil: no row is struck.
	Strike func(object *schema.Object, values []string) *sferr.Error
}

// transaction is one call of Apply; undo restores what was before, last first.
type transaction struct {
	db      *DB
	actor   Actor
	at      time.Time
	stamp   string
	atomic  bool // allOrNone: undo is kept
	undo    []func()
	origins map[string]int32 // history, by assignment rule

	draft draft // lent to one row after the other
}

// Apply writes the rows in order and returns their outcomes in the same order.
// With allOrNone the first failure undoes everything and marks the other rows.
func (db *DB) Apply(actor Actor, allOrNone bool, rows []Mutation) []Outcome {
	defer db.exclusive()()
	now := db.now()
	tx := &transaction{db: db, actor: actor, at: now, stamp: value.FormatTime(now), atomic: allOrNone || db.unit != nil}
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
	db.unit.keep(tx.undo)
	return outcomes
}

func (tx *transaction) rollback() {
	for _, undo := range slices.Backward(tx.undo) {
		undo()
	}
	tx.undo, tx.origins = nil, nil
}

func (tx *transaction) row(m *Mutation) Outcome {
	if m.Refused != nil {
		return Outcome{Err: m.Refused}
	}
	t := tx.db.tables[m.Object.Name]
	switch m.Op {
	case Insert:
		return tx.insert(t, m)
	case Upsert:
		return tx.upsert(t, m)
	default:
		return tx.existing(t, m)
	}
}

// existing updates or deletes the record that the mutation names by id.
func (tx *transaction) existing(t *table, m *Mutation) Outcome {
	verb := "update"
	remove := m.Op == Delete || m.Op == HardDelete
	if remove {
		verb = "delete"
	}
	if err := tx.admitted(t, verb); err != nil {
		return Outcome{Err: err}
	}
	if m.ID == "" {
		return Outcome{Err: sferr.MissingID(verb)}
	}
	row, id, err := tx.resolve(t, m.ID)
	if err != nil {
		return Outcome{Err: err}
	}
	if remove {
		err = tx.remove(t, row, m.Op == HardDelete)
	} else {
		err = tx.update(t, row, id, m)
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

// replace makes a row the current version, as [table.replace] does, and can be
// undone.
func (tx *transaction) replace(t *table, number int, after Row) {
	before := t.rows[number]
	t.replace(number, after)
	tx.granted(t)
	if tx.atomic {
		tx.undo = append(tx.undo, func() {
			t.replace(number, before)
			tx.granted(t)
		})
	}
}

// append adds a record, as [table.append] does, and can be undone.
func (tx *transaction) append(t *table, row Row) {
	number := len(t.rows)
	t.append(row)
	tx.granted(t)
	if tx.atomic {
		tx.undo = append(tx.undo, func() {
			t.vacate(number)
			tx.granted(t)
		})
	}
}
