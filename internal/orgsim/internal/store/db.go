package store

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// firstNumber is where record ids start counting: far enough that ids look like
// those of an org in use, and that neighbours differ in case alone.
const firstNumber = 62 * 62 * 62 * 11

// DB holds the records of one org, or is the way that an open unit has to them
// ([DB.In]). It is safe for concurrent use.
type DB struct {
	*state

	unit *Unit // nil: outside of all units
}

// state is what all ways to an org's records share.
type state struct {
	current atomic.Pointer[schema.Schema] // replaced, never changed; written under mu
	pod     string
	now     func() time.Time

	maySetUp func(username string) bool // nil: every user may

	writing  sync.RWMutex // held by an open unit, or by whoever writes outside of one; read-held by readers outside; taken before mu
	mu       sync.RWMutex
	tables   map[string]*table  // by object name
	children map[string][]child // by the name of the object they refer to
	origins  []origin
	press    press // of all rows

	viewing sync.Mutex // guards views; taken after mu
	views   map[string]*schema.Schema
}

// New returns an empty database. It fails where a field's default or a formula's
// value breaks the field's own rules, and where a rule's condition or value does
// not fit its object.
func New(s *schema.Schema, pod string, now func() time.Time) (*DB, error) {
	db := &DB{state: &state{pod: pod, now: now, tables: map[string]*table{}, views: map[string]*schema.Schema{}}}
	db.current.Store(s)
	for _, object := range s.Objects() {
		if err := checkDefaults(object); err != nil {
			return nil, err
		}
		t, err := newTable(s, object)
		if err != nil {
			return nil, err
		}
		db.tables[object.Name] = t
	}
	db.children = childrenOf(s)
	return db, nil
}

// Reset drops all records and their history. Fields that were added, changed or
// removed stay so.
func (db *DB) Reset() {
	defer db.exclusive()()
	db.origins = nil
	for name, t := range db.tables {
		db.tables[name] = t.emptied()
	}
	db.forgetViews()
}

// Schema is the org's schema as an administrator sees it. It does not change;
// after a field was added or changed there is another one.
func (db *DB) Schema() *schema.Schema { return db.current.Load() }

// table finds an object's table by its API name in any case.
func (db *DB) table(object string) (*table, bool) {
	o, ok := db.Schema().Object(object)
	if !ok {
		return nil, false
	}
	return db.tables[o.Name], true
}

// find returns the row number of a parsed id; ok is false where no record has
// it, not even a deleted one.
func (db *DB) find(t *table, id string) (row int, ok bool) {
	number, ok := recordid.Number(id, t.object.KeyPrefix, db.pod)
	if !ok || number < firstNumber || number-firstNumber >= uint64(len(t.rows)) {
		return 0, false
	}
	row = int(number - firstNumber) //nolint:gosec // less than len(rows), checked above
	return row, t.rows[row] != ""
}

func (db *DB) idOf(t *table, row int) string {
	return recordid.Make(t.object.KeyPrefix, db.pod, firstNumber+uint64(row)) //nolint:gosec // row numbers are not negative
}

// byPrefix finds the table whose records' ids start like this one, or nil.
func (db *DB) byPrefix(id string) *table {
	if o, ok := db.Schema().ByPrefix(id); ok {
		return db.tables[o.Name]
	}
	return nil
}
