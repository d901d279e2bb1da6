package store

import (
	"iter"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Result is what a query found: a snapshot that later writes do not change. A
// query for counts has no rows and no columns.
type Result struct {
	Object *schema.Object
	Rows   []Row
	Total  int     // rows; of COUNT() the count itself; 1 where there are Counts
	Counts []Count // of a query that names COUNT(field)

	columns   []Column
	relations []relation
	parents   [][]Row // by relation and row; nil where no column needs them
}

// Count is the answer to one COUNT(field).
type Count struct {
	Name  string // its alias, or expr0, expr1, …
	Of    string // what is counted, as in count(Id)
	Count int
}

// Column is one selected field, of the record or of its parent.
type Column struct {
	Name  string // API name; of a parent's field with the relationship, as in Account.Name
	Field *schema.Field

	place place
}

func (b *binder) column(p place) Column {
	if p.relation < 0 {
		return Column{Name: p.field.Name, Field: p.field, place: p}
	}
	return Column{Name: b.relations[p.relation].name + "." + p.field.Name, Field: p.field, place: p}
}

// ResultOf is the result that has all the given rows of an object with all of
// its fields, hidden ones included.
func ResultOf(object *schema.Object, rows []Row) *Result {
	result := &Result{Object: object, Rows: rows, Total: len(rows)}
	for i := range object.Fields {
		f := &object.Fields[i]
		if at, ok := object.AnyField(f.Name); ok && at == i {
			result.columns = append(result.columns, Column{Name: f.Name, Field: f, place: place{relation: -1, at: i, field: f}})
		}
	}
	return result
}

// Outline is the query's result without rows, for telling what it will have.
func (p *Plan) Outline() *Result {
	result := &Result{Object: p.Object, columns: p.columns, relations: p.relations}
	for i := range p.counts {
		result.Counts = append(result.Counts, p.counts[i].answer())
	}
	return result
}

// Columns lists the selected fields in their order.
func (r *Result) Columns() []Column { return r.columns }

// Value is a row's value in one of the columns, in stored form, and the field
// that tells how to print it. It is empty for null, and where there is no parent.
func (r *Result) Value(row, column int) (f *schema.Field, text string) {
	p := &r.columns[column].place
	if p.relation < 0 {
		return p.field, Text(r.Object, r.Rows[row], p.at)
	}
	parent := r.parents[p.relation][row]
	if parent == "" {
		return p.field, ""
	}
	target := r.target(p.relation, parent)
	object := r.relations[p.relation].targets[target]
	if p.entity {
		return p.field, object.Name
	}
	return p.field, Text(object, parent, p.in(target))
}

// Texts goes through a row's values in all columns, as [Result.Value] gives them.
func (r *Result) Texts(row int) iter.Seq2[int, string] {
	return func(yield func(column int, text string) bool) {
		have := r.Rows[row]
		s := have.shape()
		for i := range r.columns {
			p := &r.columns[i].place
			var text string
			if p.relation < 0 && p.at < s.fields && p.field.Type != schema.Address {
				text = have.text(&s, p.at)
			} else {
				_, text = r.Value(row, i)
			}
			if !yield(i, text) {
				return
			}
		}
	}
}

// Member is one member of a record's JSON: a column, or a parent with the columns
// that come from it, at the place of the first of them.
type Member struct {
	Name   string        // of the field, or of the relationship
	Column int           // of a field
	Fields []int         // of a parent: its columns; nil for a field
	Lookup *schema.Field // of a parent: the field that leads to it

	relation int
}

// Members lists what the JSON of a record has after its attributes.
func (r *Result) Members() []Member {
	members := make([]Member, 0, len(r.columns))
	for i := range r.columns {
		relation := r.columns[i].place.relation
		if relation < 0 {
			members = append(members, Member{Name: r.columns[i].Name, Column: i, relation: -1})
			continue
		}
		at := slices.IndexFunc(members, func(m Member) bool { return m.relation == relation })
		if at < 0 {
			at = len(members)
			lookup := &r.Object.Fields[r.relations[relation].lookup]
			members = append(members, Member{Name: r.relations[relation].name, Lookup: lookup, relation: relation})
		}
		members[at].Fields = append(members[at].Fields, i)
	}
	return members
}

// Parent is the record that a lookup leads to.
type Parent struct {
	Type   string // as attributes name it: the object, or Name where a lookup may lead to several
	Object string
	ID     string
}

// Parent finds the parent that a member stands for; ok is false where the row
// has none.
func (r *Result) Parent(row int, m *Member) (parent Parent, ok bool) {
	found := r.parents[m.relation][row]
	if found == "" {
		return Parent{}, false
	}
	relation := &r.relations[m.relation]
	object := relation.targets[r.target(m.relation, found)]
	return Parent{Type: relation.entity(), Object: object.Name, ID: found.At(schema.IDField)}, true
}

// target tells which of a relation's targets a parent is of.
func (r *Result) target(relation int, parent Row) int {
	targets := r.relations[relation].targets
	if len(targets) == 1 {
		return 0
	}
	prefix := parent.At(schema.IDField)[:3]
	return slices.IndexFunc(targets, func(o *schema.Object) bool { return o.KeyPrefix == prefix })
}

// keepParents takes the parents that columns need as they are now.
func (r *Result) keepParents(from *reader) {
	for i := range r.columns {
		relation := r.columns[i].place.relation
		if relation < 0 {
			continue
		}
		if r.parents == nil {
			r.parents = make([][]Row, len(r.relations))
		}
		if r.parents[relation] != nil {
			continue
		}
		parents := make([]Row, len(r.Rows))
		for n, row := range r.Rows {
			parents[n], _ = from.parent(relation, row)
		}
		r.parents[relation] = parents
	}
}
