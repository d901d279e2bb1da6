package sync

import (
	"errors"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// target is what an integration writes to, as the org describes it.
type target struct {
	object  *salesforce.Object
	key     keyField
	fields  []mappedField // by name
	names   []string      // of the fields
	parents []*parents    // that lookups lead to
	parent  string        // the field by which rows that are written together are chosen, empty for none
}

// keyField is the field that records are matched by.
type keyField struct {
	*value.Key
	salesforce.Field
}

// isID reports whether records are matched by their ids.
func (k keyField) isID() bool { return k.Type == salesforce.TypeID }

// mappedField is a field that the integration feeds.
type mappedField struct {
	*value.Form
	column      int    // of the selected report columns; -1 for a constant
	constant    string // canonical
	clears      bool   // an empty cell empties the field
	transformed bool   // its cells pass a transform
	parents     *parents
	onUpdate    bool // it is written to records that exist
	onCreate    bool // it is written to records that are created
}

// fromReport returns what a cell says, in canonical form, or the text that can't be read and why. A cell of which the
// transform leaves nothing is not one that says nothing.
func (f *mappedField) fromReport(cell string) (string, error) {
	from := f.FromReport
	if f.parents != nil {
		from = f.parents.key.FromReport
	}
	text, err := from(cell)
	if err == nil && text == "" && f.clears && f.transformed && trim(cell) != "" {
		return trim(cell), fmt.Errorf("the transform leaves nothing of %s, which would empty the field", quote(trim(cell)))
	}
	return text, err
}

// fixed returns the names of the fields that can be set only when a record is created.
func (t *target) fixed() []string {
	var names []string
	for i := range t.fields {
		if !t.fields[i].onUpdate {
			names = append(names, t.names[i])
		}
	}
	return names
}

// want returns what a row wants a field to hold, in canonical form, and false when it leaves the field alone.
func (t *target) want(row *reportRow, field int) (string, bool) {
	f := &t.fields[field]
	want := f.constant
	if f.column >= 0 {
		want = string(row.values[field])
	}
	switch {
	case want == "":
		return f.Null(), f.clears
	case f.parents != nil:
		return f.parents.id(want), true
	}
	return want, true
}

// wanted is want for a field that is known to be written.
func (t *target) wanted(row *reportRow, field int) string {
	want, _ := t.want(row, field)
	return want
}

// shows reports whether what Salesforce prints of a field is plainly what a row wants it to hold.
func (t *target) shows(row *reportRow, field int, printed string) bool {
	f := &t.fields[field]
	return f.column >= 0 && f.parents == nil && len(row.values[field]) > 0 && f.Prints(row.values[field], printed)
}

// holds reports whether a record that has a value in a field needs nothing from a row there. It is asked for every
// field of every record, so it makes no strings where it need not.
func (t *target) holds(row *reportRow, field int, have string) bool {
	f := &t.fields[field]
	if f.column >= 0 && f.parents == nil {
		if want := row.values[field]; len(want) > 0 {
			return string(want) == have
		}
	}
	want, writes := t.want(row, field)
	return !writes || want == have
}

// columns returns what is queried of a record: its id, its key, the parent that it shares with others, its mapped
// fields.
func (t *target) columns() []string {
	columns := []string{"Id"}
	if !t.key.isID() {
		columns = append(columns, t.key.Name)
	}
	if t.parent != "" {
		columns = append(columns, t.parent)
	}
	return append(columns, t.names...)
}

// record is one record as it was queried.
type record struct {
	id     string
	key    string // folded
	parent string
	values []string // as Salesforce gave them
	row    []string // what all of these were read from
}

var errNoID = errors.New("read a record: Salesforce gave no valid id for it")

// record reads a row of a query for columns into rec. Its values are the row's own.
func (t *target) record(row []string, rec *record) error {
	id, err := salesforce.ID18(row[0])
	if err != nil {
		return errNoID
	}
	rest := row[1:]
	if t.key.isID() {
		rec.key = t.key.FromOrg(id)
	} else {
		rec.key, rest = t.key.FromOrg(rest[0]), rest[1:]
	}
	if t.parent != "" {
		rec.parent, rest = rest[0], rest[1:]
	}
	rec.id, rec.values = id, rest
	return nil
}

// sharedParent returns the reference by which records of an object belong together: writing two children of one parent
// at the same time makes them wait for each other. A master comes first, because Salesforce always locks it (Salesforce
// Help: record-level locking).
func sharedParent(object *salesforce.Object, mapped []string) string {
	chosen := ""
	for _, f := range object.Fields {
		switch {
		case f.Type != salesforce.TypeReference || slices.Contains(mapped, f.Name):
		case !f.Updateable && f.Createable && !f.Nillable:
			return f.Name
		case f.Name == "AccountId":
			chosen = f.Name
		}
	}
	return chosen
}

// createsByKey reports whether records are created by an upsert, which can be repeated.
func (t *target) createsByKey(op reportsync.Operation) bool {
	return op == reportsync.OperationUpsert && t.key.ExternalID && t.key.IDLookup
}
