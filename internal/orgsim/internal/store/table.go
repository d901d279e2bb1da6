package store

import (
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// table holds the records of one object. Fields by index are those of object.
// Every current row has a place for each of its fields.
type table struct {
	object  *schema.Object
	rows    []Row          // an empty one is the place of a record whose making was undone
	indexes map[int]*index // by field
	indexed []*index       // the same
	entries []entry        // history
	last    []int32        // by row: its newest entry, counted from 1
	writes  int            // rows written by the API so far
	counter map[int]int
	columns columns
	rules   *rules

	template draft // what a new record has before anything is set
	required []int
	unique   []int
	numbered []int // auto numbers
	circular []int // references that could close a circle
}

// columns are the places of the fields that the engine itself keeps; -1 where
// an object lacks one.
type columns struct {
	id, deleted, owner, created, createdBy, modified, modifiedBy, stamp int
	name, first, last, converted                                        int
}

func newTable(s *schema.Schema, object *schema.Object) (*table, error) {
	bound, err := bindRules(s, object)
	if err != nil {
		return nil, err
	}
	t := (&table{}).emptied()
	t.settle(object, bound)
	return t, nil
}

// emptied is the table without its records.
func (t *table) emptied() *table {
	empty := &table{indexes: map[int]*index{}, counter: map[int]int{}}
	if t.object != nil {
		empty.settle(t.object, t.rules)
	}
	return empty
}

// settle takes the object's present definition and works out from it what each
// write needs. Indexes that the definition no longer asks for stay, since
// queries may be under way that were planned with them.
func (t *table) settle(object *schema.Object, bound *rules) {
	t.object, t.rules = object, bound
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
	t.template, t.required, t.unique, t.numbered, t.circular = make(draft, len(object.Fields)), nil, nil, nil, nil
	for i := range object.Fields {
		f := &object.Fields[i]
		t.template[i] = initial(f)
		if !f.Nillable() && !f.System() {
			t.required = append(t.required, i)
		}
		if f.Unique {
			t.unique = append(t.unique, i)
		}
		if f.Type == schema.AutoNumber {
			t.numbered = append(t.numbered, i)
		}
		if hierarchical(object, f) || f.Custom() && f.RefersTo(object.Name) {
			t.circular = append(t.circular, i)
		}
		if f.Indexed() && f.Type != schema.ID || bound.keys(i) {
			t.keepIndex(i)
		}
	}
}

func (t *table) keepIndex(field int) {
	if t.indexes[field] == nil {
		t.indexes[field] = newIndex(t, field)
		t.indexed = append(t.indexed, t.indexes[field])
	}
}

// initial is the value of a field in a new record.
func initial(f *schema.Field) string {
	switch {
	case f.Type == schema.Formula && f.Value == "" && f.Returns == schema.Checkbox:
		return "false"
	case f.Type == schema.Formula:
		return f.Value
	default:
		return f.Default
	}
}

func checkDefaults(object *schema.Object) error {
	for i := range object.Fields {
		f := &object.Fields[i]
		for what, text := range map[string]string{"default": f.Default, "value": f.Value} {
			if text == "" {
				continue
			}
			if _, err := typed(f, text); err != nil {
				return fmt.Errorf("object %s: field %s: %s %q: %w", object.Name, f.Name, what, text, err)
			}
		}
	}
	return nil
}

// typed is the stored form of a value as an administrator writes it.
func typed(f *schema.Field, text string) (string, error) {
	read, refused := value.FromCSV(f, text, 0)
	if refused == nil {
		read, refused = value.Normalise(f, read)
	}
	if refused != nil {
		return "", refused
	}
	return read, nil
}

func (t *table) deleted(row Row) bool {
	state := row.At(t.columns.deleted)
	return state == "true" || state == erased || row == ""
}

// erased is the IsDeleted of a record that is not even in the recycle bin. Its
// row stays, since row numbers are ids, and no query finds it.
const erased = "erased"

func (t *table) erased(row Row) bool { return row == "" || row.At(t.columns.deleted) == erased }

// replace makes a row the current version and keeps the indexes right.
func (t *table) replace(number int, after Row) {
	before := t.rows[number]
	for _, x := range t.indexed {
		if before.At(x.field) == after.At(x.field) {
			continue
		}
		x.remove(number)
		t.rows[number] = after
		x.add(number)
		t.rows[number] = before // as the next index has it
	}
	t.rows[number] = after
}

// append adds a new record's first version.
func (t *table) append(row Row) {
	t.rows = append(roomy(t.rows), row)
	for _, x := range t.indexed {
		x.add(len(t.rows) - 1)
	}
}

// roomy is the list with room for one more. It doubles: what the runtime adds to
// long lists is so little that one of a million is copied ten times on its way.
func roomy[E any](list []E) []E {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, max(len(list), 1))
}

// vacate takes a record away as if it had never been, but for its place: an id
// that was given out once is not given out again.
func (t *table) vacate(number int) {
	for _, x := range t.indexed {
		x.remove(number)
	}
	t.rows[number] = ""
}

// matching lists the live rows that have the value in an indexed field, oldest
// first.
func (t *table) matching(field int, text string, exact bool) []int {
	var rows []int
	x := t.indexes[field]
	for row := x.first(text); row != none; row = x.next[row] {
		if have := t.rows[row]; !t.deleted(have) && (!exact || have.At(field) == text) {
			rows = append(rows, int(row))
		}
	}
	slices.Sort(rows)
	return rows
}
