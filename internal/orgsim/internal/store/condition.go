package store

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// predicate is a bound condition. There are two truth values only: a comparison
// with nothing is false, and its opposite true.
type predicate func(*reader, Row) bool

func (b *binder) condition(e soql.Expr) (predicate, error) {
	switch e := e.(type) {
	case soql.And:
		return b.all(e.Terms, false)
	case soql.Or:
		// a OR b is NOT (NOT a AND NOT b): one loop serves both.
		none, err := b.all(e.Terms, true)
		return opposite(none), err
	case soql.Not:
		inner, err := b.condition(e.Term)
		return opposite(inner), err
	case soql.In:
		return b.in(e)
	case soql.Includes:
		return b.includes(e)
	default:
		return b.compare(e.(soql.Compare)) //nolint:forcetypeassert // the only kind left
	}
}

func opposite(p predicate) predicate {
	return func(r *reader, row Row) bool { return !p(r, row) }
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
	return func(r *reader, row Row) bool {
		for _, p := range bound {
			if p(r, row) == negated {
				return false
			}
		}
		return true
	}, nil
}

func (b *binder) compare(c soql.Compare) (predicate, error) {
	p, err := b.operand(c.Field, func(f *schema.Field) bool { return allows(f, c.Op) })
	switch {
	case err != nil:
		return nil, err
	case c.Op == soql.Like:
		return b.like(p, c.Value)
	case c.Value.Kind == soql.Range:
		return b.compareSpan(p, c)
	}
	text, err := b.literal(p.field, c.Value)
	if err != nil {
		return nil, err
	}
	want := comparableForm(p.field, text)
	switch {
	case want == "" && c.Op == soql.Equal:
		return func(r *reader, row Row) bool { return r.text(p, row) == "" }, nil
	case want == "" && c.Op == soql.NotEqual:
		return func(r *reader, row Row) bool { return r.text(p, row) != "" }, nil
	case c.Op == soql.Equal:
		return func(r *reader, row Row) bool { return comparableForm(p.field, r.text(p, row)) == want }, nil
	case c.Op == soql.NotEqual: // also true of records that have no value
		return func(r *reader, row Row) bool { return comparableForm(p.field, r.text(p, row)) != want }, nil
	default:
		return ordered(p, c.Op, text), nil
	}
}

// operand finds the field of a condition, which must allow the operator.
func (b *binder) operand(name soql.Name, allowed func(*schema.Field) bool) (*place, error) {
	p, err := b.filterable(name)
	if err != nil {
		return nil, err
	}
	if !allowed(p.field) {
		return nil, b.query.At(name.Pos, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on "+p.field.WireType()+" field")
	}
	return &p, nil
}

func (b *binder) like(p *place, lit soql.Literal) (predicate, error) {
	if lit.Kind != soql.String {
		return nil, b.wrongType(p.field, lit)
	}
	matches := like(lit.Text)
	return func(r *reader, row Row) bool {
		text := r.text(p, row)
		return text != "" && matches(fold(text))
	}, nil
}

// ordered is <, <=, > or >=; a null is on neither side of anything.
func ordered(p *place, op soql.Op, text string) predicate {
	holds := map[soql.Op]func(int) bool{
		soql.Less:         func(n int) bool { return n < 0 },
		soql.LessEqual:    func(n int) bool { return n <= 0 },
		soql.Greater:      func(n int) bool { return n > 0 },
		soql.GreaterEqual: func(n int) bool { return n >= 0 },
	}[op]
	compare, want := comparison(p.field), sortable(p.field, text)
	return func(r *reader, row Row) bool {
		have := r.text(p, row)
		return text != "" && have != "" && holds(compare(sortable(p.field, have), want))
	}
}

func (b *binder) in(e soql.In) (predicate, error) {
	p, err := b.operand(e.Field, func(f *schema.Field) bool { return f.Kind() != schema.MultiPicklist })
	if err != nil {
		return nil, err
	}
	values := make(map[string]bool, len(e.Values))
	for _, lit := range e.Values {
		if lit.Kind == soql.Range {
			return nil, b.query.At(lit.Pos, "MALFORMED_QUERY", "not supported by the simulated org: date literals in IN")
		}
		text, err := b.literal(p.field, lit)
		if err != nil {
			return nil, err
		}
		values[comparableForm(p.field, text)] = true
	}
	return func(r *reader, row Row) bool { return values[comparableForm(p.field, r.text(p, row))] != e.Negated }, nil
}

// includes holds where the field has all the values that one of the strings
// lists (SOQL reference: querying multi-select picklists).
func (b *binder) includes(e soql.Includes) (predicate, error) {
	p, err := b.operand(e.Field, func(f *schema.Field) bool { return f.Kind() == schema.MultiPicklist })
	if err != nil {
		return nil, err
	}
	groups := make([][]string, 0, len(e.Values))
	for _, lit := range e.Values {
		if lit.Kind != soql.String {
			return nil, b.wrongType(p.field, lit)
		}
		groups = append(groups, strings.Split(fold(lit.Plain()), ";"))
	}
	return func(r *reader, row Row) bool {
		have := strings.Split(fold(r.text(p, row)), ";")
		for _, group := range groups {
			if !slices.ContainsFunc(group, func(value string) bool { return !slices.Contains(have, value) }) {
				return !e.Negated
			}
		}
		return e.Negated
	}, nil
}

// comparableForm is the form in which two values of the field are equal or not:
// text without regard to case, unless the field is unique and case-sensitive
// (SOQL reference: comparison operators); a checkbox that nothing was read from,
// for want of a parent, is not checked; everything else as stored.
func comparableForm(f *schema.Field, text string) string {
	switch {
	case text == "" && f.Kind() == schema.Checkbox:
		return "false"
	case text == "" || !isText(f) || f.Unique && f.CaseSensitive:
		return text
	default:
		return fold(text)
	}
}

func isText(f *schema.Field) bool {
	switch f.Kind() {
	case schema.Text, schema.TextArea, schema.Email, schema.Phone, schema.URL, schema.Picklist, schema.MultiPicklist, schema.Combobox:
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
		return isText(f) && f.Kind() != schema.MultiPicklist
	default:
		return !slices.Contains([]schema.Type{schema.Checkbox, schema.MultiPicklist}, f.Kind())
	}
}
