package orgsim

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Write is one write to a record; see [Org.History].
type Write = store.Write

// Change is one field's value before and after a write.
type Change = store.Change

// Insert makes a record as an administrator's import does: no call is counted,
// no history kept, hidden and read-only fields may be set. Values are CSV text
// (true, 2006-01-02, 12.5); they go through the same rules as those of the API,
// and "" is null. What the org works out itself, such as Id, is refused. It returns
// the new id.
func (o *Org) Insert(object string, fields map[string]string) (string, error) {
	m, err := o.mutation(store.Insert, object, "", fields)
	if err != nil {
		return "", err
	}
	return o.applyOne(m, true)
}

// Update changes a record as another user behind the API's back: the write is
// in the record's history by "user", and no call is counted.
func (o *Org) Update(object, id string, fields map[string]string) error {
	m, err := o.mutation(store.Update, object, id, fields)
	if err != nil {
		return err
	}
	_, err = o.applyOne(m, false)
	return err
}

// Delete puts a record into the recycle bin, as another user would.
func (o *Org) Delete(object, id string) error {
	m, err := o.mutation(store.Delete, object, id, nil)
	if err != nil {
		return err
	}
	_, err = o.applyOne(m, false)
	return err
}

// Record returns a record's fields by API name, in stored form (package doc of
// internal/value): numbers without exponent, datetimes in UTC. Empty fields are
// absent. ok is false where there is no such record or it was deleted.
func (o *Org) Record(object, id string) (fields map[string]string, ok bool) {
	row, ok := o.db.Row(object, id)
	if !ok {
		return nil, false
	}
	described, _ := o.db.Schema().Object(object) // known: it has a record
	if o.db.Deleted(described.Name, row) {
		return nil, false
	}
	return fieldsOf(described, row), true
}

// Records lists all records of an object, oldest first, as they are now.
func (o *Org) Records(object string) iter.Seq[map[string]string] {
	return func(yield func(map[string]string) bool) {
		described, ok := o.db.Schema().Object(object)
		if !ok {
			return
		}
		for _, row := range o.db.Rows(object) {
			if !yield(fieldsOf(described, row)) {
				return
			}
		}
	}
}

// Query runs SOQL as an administrator: no call is counted, hidden fields are
// there. Each record has the selected fields that are not empty; a parent's field
// is named as in Account.Name, a count by its alias or expr0.
func (o *Org) Query(soql string) ([]map[string]string, error) {
	result, err := o.db.Query(soql, store.Scope{})
	if err != nil {
		return nil, err
	}
	if result.Counts != nil {
		record := map[string]string{}
		for _, count := range result.Counts {
			record[count.Name] = strconv.Itoa(count.Count)
		}
		return []map[string]string{record}, nil
	}
	records := make([]map[string]string, 0, len(result.Rows))
	for row := range result.Rows {
		record := map[string]string{}
		for i, column := range result.Columns() {
			if _, text := result.Value(row, i); text != "" {
				record[column.Name] = text
			}
		}
		records = append(records, record)
	}
	return records, nil
}

// History lists the writes to a record after it was loaded, oldest first, those
// that changed nothing included.
func (o *Org) History(object, id string) []Write { return o.db.History(object, id) }

// Writes counts the rows of an object that the API has written so far: a row
// that was written twice counts twice, a refused one not at all.
func (o *Org) Writes(object string) int { return o.db.Writes(object) }

func fieldsOf(object *schema.Object, row store.Row) map[string]string {
	fields := make(map[string]string, len(object.Fields))
	for i := range object.Fields {
		if text := row.At(i); text != "" && !object.Fields[i].Removed() {
			fields[object.Fields[i].Name] = text
		}
	}
	return fields
}

// mutation reads fields given by name and text.
func (o *Org) mutation(op store.Op, object, id string, fields map[string]string) (store.Mutation, error) {
	described, ok := o.db.Schema().Object(object)
	if !ok {
		return store.Mutation{}, fmt.Errorf("%w: %s", errNoObject, object)
	}
	m := store.Mutation{Op: op, Object: described, ID: id}
	for name, text := range fields {
		cell, err := adminCell(described, name, text, 0)
		if err != nil {
			return m, err
		}
		m.Cells = append(m.Cells, cell)
	}
	return m, nil
}

// adminCell reads one field's text as an administrator gives it.
func adminCell(object *schema.Object, name, text string, column int) (store.Cell, error) {
	index, ok := object.AnyField(name)
	if !ok {
		return store.Cell{}, sferr.UnknownField(name, object.Name)
	}
	if err := importable(object, index); err != nil {
		return store.Cell{}, err
	}
	return typedCell(object, index, text, column)
}

// typedCell reads a value of a field that may be imported.
func typedCell(object *schema.Object, index int, text string, column int) (store.Cell, error) {
	f := &object.Fields[index]
	if text == "" || text == value.Null {
		if err := value.Clearable(f); err != nil {
			return store.Cell{}, err
		}
		return store.Cell{Field: index}, nil
	}
	typed, err := value.FromCSV(f, text, column)
	if err != nil {
		return store.Cell{}, err
	}
	return store.Cell{Field: index, Text: typed}, nil
}

func (o *Org) applyOne(m store.Mutation, loading bool) (string, error) {
	outcome := o.db.Apply(o.administrator(loading), true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		return "", outcome.Err
	}
	return outcome.ID, nil
}

// administrator writes as the run-as user, with an administrator's liberties.
func (o *Org) administrator(loading bool) store.Actor {
	return store.Actor{UserID: o.RunAs(), By: "user", System: true, Loading: loading}
}
