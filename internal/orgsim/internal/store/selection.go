package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Scope says which records and fields a query may see.
type Scope struct {
	Deleted bool           // records in the recycle bin too (queryAll)
	Flat    bool           // no compound fields (Bulk queries): FIELDS() leaves them out, and naming one is refused
	View    *schema.Schema // what the user may see ([DB.View]); nil: everything, as an administrator behind the API's back
}

// Plan is a query bound to what it reads.
type Plan struct {
	Object *schema.Object

	filter

	columns []Column
	counts  []count // of a query that asks for counts by field
	unnamed int     // of these: those without an alias
	query   *soql.Query
	order   []ordering
	keyed   *keyed // nil: no index helps
	deleted bool
}

// count is a COUNT(field).
type count struct {
	name   string
	column Column
}

func (c *count) answer() Count { return Count{Name: c.name, Of: "count(" + c.column.Name + ")"} }

// Bind checks every name and literal of a query. A refusal is a [*soql.Error].
func (db *DB) Bind(q *soql.Query, scope Scope) (*Plan, error) {
	b := &binder{query: q, view: scope.View, flat: scope.Flat}
	if b.view == nil {
		b.view, b.administrator = db.Schema(), true
	}
	var ok bool
	if b.object, ok = b.view.Object(q.Object.Text); !ok {
		return nil, unsupportedObject(q)
	}
	plan := &Plan{Object: b.object, query: q, deleted: scope.Deleted}
	if err := b.selection(plan); err != nil {
		return nil, err
	}
	for _, term := range q.Order {
		bound, err := b.order(term)
		if err != nil {
			return nil, err
		}
		plan.order = append(plan.order, bound)
	}
	if q.Where != nil {
		var err error
		if plan.where, err = b.condition(q.Where); err != nil {
			return nil, err
		}
		plan.keyed = b.keyed(q.Where)
	}
	plan.relations, plan.spans = b.relations, b.spans
	return plan, nil
}

// selection binds what SELECT names.
func (b *binder) selection(plan *Plan) error {
	seen := map[string]bool{}
	add := func(name soql.Name) error {
		p, err := b.place(name)
		if err != nil {
			return err
		}
		if b.flat && p.field.Type == schema.Address {
			return b.query.At(-1, "FUNCTIONALITY_NOT_ENABLED", "Selecting compound data not supported in Bulk Query")
		}
		column := b.column(p)
		if seen[column.Name] {
			return b.query.At(name.Pos, "INVALID_FIELD", "duplicate field selected: "+column.Name)
		}
		seen[column.Name] = true
		plan.columns = append(plan.columns, column)
		return nil
	}
	for _, item := range b.query.Select {
		var err error
		switch item := item.(type) {
		case soql.Name:
			err = add(item)
		case soql.FieldSet:
			for _, name := range b.fieldSet(item) {
				if err = add(name); err != nil {
					break
				}
			}
		case soql.FieldCount:
			err = b.count(plan, item)
		}
		if err != nil {
			return err
		}
	}
	if len(plan.columns)+len(plan.counts) == 0 && !b.query.Count {
		return b.query.At(b.query.Object.Pos, "MALFORMED_QUERY", "the query selects no fields: '"+b.object.Name+"' has none of this set")
	}
	return nil
}

// fieldSet lists the fields that FIELDS() stands for.
func (b *binder) fieldSet(set soql.FieldSet) []soql.Name {
	var names []soql.Name
	for i := range b.object.Fields {
		f := &b.object.Fields[i]
		if set.Set == "STANDARD" && f.Custom() || set.Set == "CUSTOM" && !f.Custom() || b.flat && f.Type == schema.Address {
			continue
		}
		if at, ok := b.find(b.object, f.Name); ok && at == i {
			names = append(names, soql.Name{Text: f.Name, Pos: set.Pos})
		}
	}
	return names
}

// count binds COUNT(field); without an alias the answer calls it expr0, expr1 and so on.
func (b *binder) count(plan *Plan, item soql.FieldCount) error {
	p, err := b.place(item.Field)
	if err != nil {
		return err
	}
	if !p.field.Aggregatable() {
		return b.query.At(item.Field.Pos, "MALFORMED_QUERY", "field "+p.field.Name+" does not support aggregate operator COUNT")
	}
	name := item.Alias
	if name == "" {
		name = "expr" + strconv.Itoa(plan.unnamed)
		plan.unnamed++
	}
	if slices.ContainsFunc(plan.counts, func(c count) bool { return strings.EqualFold(c.name, name) }) {
		return b.query.At(item.Pos, "MALFORMED_QUERY", "duplicate alias: "+name)
	}
	plan.counts = append(plan.counts, count{name: name, column: b.column(p)})
	return nil
}
