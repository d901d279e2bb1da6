package store

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Result is what a query found: a snapshot that later writes do not change.
type Result struct {
	Object *schema.Object
	Fields []int // the selected fields, in order; none for COUNT()
	Rows   []Row // none for COUNT()
	Total  int
}

// Scope says which records and fields a query may see.
type Scope struct {
	Deleted bool // those in the recycle bin too (queryAll)
	Hidden  bool // fields without field-level security too
}

// Plan is a query bound to the fields of its object.
type Plan struct {
	Object *schema.Object
	Fields []int

	query *soql.Query
	where predicate // nil: all
	order []ordering
	keyed *keyed // nil: no index helps
	scope Scope
}

type ordering struct {
	compare    func(a, b string) int
	field      int
	descending bool
	nullsLast  bool
}

// Bind checks every name and literal of a query. A refusal is a [*soql.Error].
func (db *DB) Bind(q *soql.Query, scope Scope) (*Plan, error) {
	object, ok := db.schema.Object(q.Object.Text)
	if !ok {
		return nil, unsupportedObject(q)
	}
	b := &binder{query: q, object: object, hidden: scope.Hidden}
	plan := &Plan{Object: object, query: q, scope: scope}
	for _, name := range q.Fields {
		field, err := b.field(name)
		if err != nil {
			return nil, err
		}
		if slices.Contains(plan.Fields, field) {
			return nil, q.At(name.Pos, "INVALID_FIELD", "duplicate field selected: "+object.Fields[field].Name)
		}
		plan.Fields = append(plan.Fields, field)
	}
	for _, term := range q.Order {
		bound, err := b.order(term)
		if err != nil {
			return nil, err
		}
		plan.order = append(plan.order, bound)
	}
	if q.Where == nil {
		return plan, nil
	}
	where, err := b.condition(q.Where)
	if err != nil {
		return nil, err
	}
	plan.where, plan.keyed = where, b.keyed(q.Where)
	return plan, nil
}

// Select runs a query.
func (db *DB) Select(q *soql.Query, scope Scope) (*Result, error) {
	plan, err := db.Bind(q, scope)
	if err != nil {
		return nil, err
	}
	return db.Run(plan), nil
}

// Run executes a bound query. Without ORDER BY records come in the order of
// their ids.
func (db *DB) Run(p *Plan) *Result {
	rows := p.sorted(db.scan(p))
	rows = rows[min(p.query.Offset, len(rows)):]
	if p.query.Limit >= 0 {
		rows = rows[:min(p.query.Limit, len(rows))]
	}
	result := &Result{Object: p.Object, Fields: p.Fields, Total: len(rows)}
	if !p.query.Count {
		result.Rows = rows
	}
	return result
}

func (db *DB) scan(p *Plan) []Row {
	db.mu.RLock()
	defer db.mu.RUnlock()
	t := db.tables[p.Object.Name]
	enough := len(t.rows)
	if p.query.Limit >= 0 && len(p.order) == 0 {
		enough = p.query.Limit + p.query.Offset
	}
	var rows []Row
	take := func(row Row) {
		if (p.scope.Deleted || !t.deleted(row)) && (p.where == nil || p.where(row)) {
			rows = append(rows, row)
		}
	}
	if p.keyed != nil {
		for _, number := range p.keyed.candidates(db, t) {
			take(t.rows[number])
		}
		return rows
	}
	for _, row := range t.rows {
		if len(rows) >= enough {
			break
		}
		take(row)
	}
	return rows
}

func (p *Plan) sorted(rows []Row) []Row {
	if len(p.order) == 0 {
		return rows
	}
	slices.SortStableFunc(rows, func(a, b Row) int {
		for _, by := range p.order {
			if order := by.compareRows(a, b); order != 0 {
				return order
			}
		}
		return 0
	})
	return rows
}

func (o ordering) compareRows(a, b Row) int {
	x, y := a.At(o.field), b.At(o.field)
	if x == "" || y == "" {
		nulls := strings.Compare(x, y) // the empty one first
		if o.nullsLast {
			return -nulls
		}
		return nulls
	}
	if o.descending {
		return o.compare(y, x)
	}
	return o.compare(x, y)
}

// comparison returns how two non-empty values of a type are ordered. Dates,
// datetimes and ids order as text by their form.
func comparison(f *schema.Field) func(a, b string) int {
	switch f.Kind() {
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		return value.Compare
	case schema.Date, schema.DateTime, schema.ID, schema.Reference, schema.Checkbox:
		return strings.Compare
	default:
		return func(a, b string) int { return strings.Compare(fold(a), fold(b)) }
	}
}
