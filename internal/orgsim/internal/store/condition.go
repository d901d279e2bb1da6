package store

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// predicate is a bound condition.
type predicate func(Row) bool

func (b *binder) condition(e soql.Expr) (predicate, error) {
	switch e := e.(type) {
	case soql.And:
		return b.all(e.Terms, false)
	case soql.Or:
		// a OR b is NOT (NOT a AND NOT b): one loop serves both.
		none, err := b.all(e.Terms, true)
		if err != nil {
			return nil, err
		}
		return func(r Row) bool { return !none(r) }, nil
	case soql.Not:
		inner, err := b.condition(e.Term)
		if err != nil {
			return nil, err
		}
		return func(r Row) bool { return !inner(r) }, nil
	case soql.In:
		return b.in(e)
	default:
		return b.compare(e.(soql.Compare)) //nolint:forcetypeassert // the only kind left
	}
}

// all holds where every term is the opposite of negated.
func (b *binder) all(terms []soql.Expr, negated bool) (predicate, error) {
	bound := make([]predicate, 0, len(terms))
	for _, term := range terms {
		p, err := b.condition(term)
		if err != nil {
			return nil, err
		}
		bound = append(bound, p)
	}
	return func(r Row) bool {
		for _, p := range bound {
			if p(r) == negated {
				return false
			}
		}
		return true
	}, nil
}

func (b *binder) compare(c soql.Compare) (predicate, error) {
	field, err := b.filterable(c.Field)
	if err != nil {
		return nil, err
	}
	f := &b.object.Fields[field]
	if !allows(f, c.Op) {
		return nil, b.query.At(c.Field.Pos, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on "+f.WireType()+" field")
	}
	text, err := b.literal(f, c.Value)
	if err != nil {
		return nil, err
	}
	if c.Op == soql.Like {
		matches := like(c.Value.Text)
		return func(r Row) bool { return r.At(field) != "" && matches(fold(r.At(field))) }, nil
	}
	same := equality(f, text)
	switch c.Op {
	case soql.Equal:
		return func(r Row) bool { return same(r.At(field)) }, nil
	case soql.NotEqual: // also true of records that have no value
		return func(r Row) bool { return !same(r.At(field)) }, nil
	default:
	}
	return ordered(field, comparison(f), c.Op, text), nil
}

// ordered is <, <=, > or >=; a null is on neither side of anything.
func ordered(field int, compare func(a, b string) int, op soql.Op, text string) predicate {
	holds := map[soql.Op]func(int) bool{
		soql.Less:         func(n int) bool { return n < 0 },
		soql.LessEqual:    func(n int) bool { return n <= 0 },
		soql.Greater:      func(n int) bool { return n > 0 },
		soql.GreaterEqual: func(n int) bool { return n >= 0 },
	}[op]
	return func(r Row) bool {
		return text != "" && r.At(field) != "" && holds(compare(r.At(field), text))
	}
}

func (b *binder) in(e soql.In) (predicate, error) {
	field, err := b.filterable(e.Field)
	if err != nil {
		return nil, err
	}
	f := &b.object.Fields[field]
	values := make(map[string]bool, len(e.Values))
	for _, lit := range e.Values {
		text, err := b.literal(f, lit)
		if err != nil {
			return nil, err
		}
		values[comparableForm(f, text)] = true
	}
	return func(r Row) bool { return values[comparableForm(f, r.At(field))] != e.Negated }, nil
}

func equality(f *schema.Field, text string) func(string) bool {
	want := comparableForm(f, text)
	return func(have string) bool { return comparableForm(f, have) == want }
}

// comparableForm is the form in which two values of the field are equal or not: text
// without regard to case, unless the field is unique and case-sensitive (SOQL
// reference: comparison operators); everything else as stored.
func comparableForm(f *schema.Field, text string) string {
	if text == "" || !isText(f) || f.Unique && f.CaseSensitive {
		return text
	}
	return fold(text)
}

func isText(f *schema.Field) bool {
	switch f.Kind() {
	case schema.Text, schema.TextArea, schema.Email, schema.Phone, schema.URL, schema.Picklist, schema.MultiPicklist:
		return true
	default:
		return false
	}
}

func allows(f *schema.Field, op soql.Op) bool {
	switch op {
	case soql.Equal, soql.NotEqual:
		return true
	case soql.Like:
		return isText(f) && f.Type != schema.MultiPicklist
	default:
		return !slices.Contains([]schema.Type{schema.Checkbox, schema.MultiPicklist}, f.Kind())
	}
}
