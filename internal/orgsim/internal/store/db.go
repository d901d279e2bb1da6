package store

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// firstNumber is where record ids start counting: far enough that ids look like
// those of an org in use, and that neighbours differ in case alone.
const firstNumber = 62 * 62 * 62 * 11

// DB holds the records of one org. It is safe for concurrent use.
type DB struct {
	schema *schema.Schema
	pod    string
	now    func() time.Time

	mu     sync.RWMutex
	tables map[string]*table // by object name
}

// table holds the records of one object. Fields by index are those of object.
type table struct {
	object  *schema.Object
	rows    []Row
	indexes map[int]*index
	history map[int][]Write
	writes  int         // rows written by the API so far
	counter map[int]int // of auto numbers
	columns columns
}

// columns are the places of the fields that the engine itself keeps; -1 where
// an object lacks one.
type columns struct {
	id, deleted, owner, created, createdBy, modified, modifiedBy, stamp int
	name, first, last, converted                                        int
}

// New returns an empty database. It fails where a field's default or a formula's
// value breaks the field's own rules.
func New(s *schema.Schema, pod string, now func() time.Time) (*DB, error) {
	db := &DB{schema: s, pod: pod, now: now, tables: map[string]*table{}}
	for _, object := range s.Objects() {
		for i := range object.Fields {
			f := &object.Fields[i]
			if err := checkDefault(f); err != nil {
				return nil, fmt.Errorf("object %s: field %s: %w", object.Name, f.Name, err)
			}
		}
		db.tables[object.Name] = newTable(object)
	}
	return db, nil
}

// Reset drops all records and their history.
func (db *DB) Reset() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for name, t := range db.tables {
		db.tables[name] = newTable(t.object)
	}
}

func newTable(object *schema.Object) *table {
	t := &table{object: object, indexes: map[int]*index{}, history: map[int][]Write{}, counter: map[int]int{}}
	for i := range object.Fields {
		if object.Fields[i].Indexed() && object.Fields[i].Type != schema.ID {
			t.indexes[i] = newIndex()
		}
	}
	at := func(name string) int {
		if i, ok := object.AnyField(name); ok {
			return i
		}
		return -1
	}
	t.columns = columns{
		id: at("Id"), deleted: at("IsDeleted"), owner: at("OwnerId"), created: at("CreatedDate"), createdBy: at("CreatedById"),
		modified: at("LastModifiedDate"), modifiedBy: at("LastModifiedById"), stamp: at("SystemModstamp"),
		name: at("Name"), first: at("FirstName"), last: at("LastName"), converted: at("IsConverted"),
	}
	return t
}

func checkDefault(f *schema.Field) error {
	for what, text := range map[string]string{"default": f.Default, "value": f.Value} {
		if text == "" {
			continue
		}
		typed, err := value.FromCSV(f, text, 0)
		if err == nil {
			_, err = value.Normalise(f, typed)
		}
		if err != nil {
			return fmt.Errorf("%s %q: %s", what, text, err.Message)
		}
	}
	return nil
}

// find returns the row number of a parsed id; ok is false where no record ever
// had it.
func (db *DB) find(t *table, id string) (row int, ok bool) {
	number, ok := recordid.Number(id, t.object.KeyPrefix, db.pod)
	if !ok || number < firstNumber || number-firstNumber >= uint64(len(t.rows)) {
		return 0, false
	}
	return int(number - firstNumber), true //nolint:gosec // less than len(rows), checked above
}

func (db *DB) idOf(t *table, row int) string {
	return recordid.Make(t.object.KeyPrefix, db.pod, firstNumber+uint64(row)) //nolint:gosec // row numbers are not negative
}

// byPrefix finds the table whose records' ids start like this one.
func (db *DB) byPrefix(id string) *table {
	for _, t := range db.tables {
		if strings.HasPrefix(id, t.object.KeyPrefix) {
			return t
		}
	}
	return nil
}

func (t *table) deleted(row Row) bool { return row.At(t.columns.deleted) == "true" }

// Schema is the org's schema as an administrator sees it.
func (db *DB) Schema() *schema.Schema { return db.schema }

// View is the schema as the user's API calls see it: with the fields that
// field-level security lets the user see.
func (db *DB) View(string) *schema.Schema { return db.schema }
