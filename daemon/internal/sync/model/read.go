package model

import (
	"maps"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// row is a row of the report on its way.
type row struct {
	cells   map[string]string
	key     string            // empty where it can't be told
	values  map[string]string // what stands in it for each field, as Salesforce would store or compare it; empty for nothing
	bad     map[string]string // what stands in it that can't be read
	says    map[string]string // what fields are to hold; those that it leaves alone are missing
	parents map[string]string // the key of a parent, for fields that are fed with its id
	invalid string            // the code of what is wrong with what it says
	astray  []int             // of parents that are not one record: how many they are

	same    int      // the first row that has its key and says the same
	found   []Record // that have its key
	outcome *Outcome // once it is known; nil while the row goes on
}

// end gives the row an outcome, unless it has one.
func (r *row) end(kind reportsync.OutcomeKind, code string) {
	if r.outcome == nil {
		r.outcome = &Outcome{Kind: kind, Code: code}
	}
}

// read finds out what each row says. A row that can't be read, or that has no key, goes no further. One with a bad
// value does: it still shares its key with others.
func (e *expecting) read() {
	for _, in := range e.Rows {
		r := &row{cells: in.Cells}
		e.rows = append(e.rows, r)
		if in.Broken != "" {
			r.end(reportsync.Malformed, in.Broken)
			continue
		}
		key, ok := e.key.ofRow(in.Cells[e.Spec.Match.Column])
		switch {
		case !ok:
			r.end(reportsync.Malformed, reportsync.RowKeyInvalid)
		case key == "" && trim(in.Cells[e.Spec.Match.Column]) != "" && len(e.Spec.Match.Transform) > 0:
			r.end(reportsync.Malformed, reportsync.RowKeyInvalid) // the transform has left nothing of it
		case key == "":
			r.end(reportsync.Malformed, reportsync.RowKeyEmpty)
		default:
			r.key = key
			e.readValues(r)
		}
	}
}

// readValues finds out what the row says for the mapped fields. An empty cell says nothing, or empties its field.
func (e *expecting) readValues(r *row) {
	r.values, r.bad, r.says, r.parents = map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}
	for name, m := range e.Spec.Mappings {
		f := e.object.Fields[name]
		into := r.says
		if m.Lookup != nil {
			f, into = e.Org.Objects[m.Lookup.Object].Fields[m.Lookup.Field], r.parents
		}
		cell := e.cell(r, m)
		value, ok := f.Store(cell, m)
		if trim(cell) == "" {
			value = "" // also for a checkbox
		}
		if said := e.said(r, m); said != "" && trim(cell) == "" && m.Clears() {
			ok, cell = false, said // a transform that leaves nothing of a cell does not make it an empty one
		}
		if r.values[name] = value; m.Lookup != nil {
			r.values[name] = keyField{Field: f, name: m.Lookup.Field}.fold(value)
		}
		switch {
		case !ok:
			delete(r.values, name)
			r.bad[name], r.invalid = trim(cell), reportsync.RowValueInvalid
		case value != "":
			into[name] = value
		case m.Clears():
			r.says[name] = e.object.Fields[name].null()
		}
	}
}

// said returns what stands in the cell of a mapping before its transform, empty for a constant.
func (e *expecting) said(r *row, m reportsync.Mapping) string {
	column, _ := m.Source()
	return trim(r.cells[column])
}

// cell returns what a mapping takes from a row.
func (e *expecting) cell(r *row, m reportsync.Mapping) string {
	column, ok := m.Source()
	if !ok {
		return *m.Constant
	}
	return apply(m.Transform, r.cells[column])
}

// sameAs reports whether two rows say the very same, be it something that can't be read.
func (r *row) sameAs(other *row) bool {
	return maps.Equal(r.values, other.values) && maps.Equal(r.bad, other.bad)
}
