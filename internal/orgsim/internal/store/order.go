package store

import (
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// ordering is a bound term of ORDER BY.
type ordering struct {
	place      place
	compare    func(a, b string) int
	descending bool
	nullsLast  bool
}

func (b *binder) order(term soql.Order) (ordering, error) {
	p, err := b.place(term.Field)
	if err != nil {
		return ordering{}, err
	}
	if !p.field.Sortable() {
		return ordering{}, b.query.At(term.Field.Pos, "INVALID_FIELD", "field '"+p.field.Name+"' can not be sorted in a query call")
	}
	return ordering{place: p, descending: term.Descending, nullsLast: term.NullsLast, compare: comparison(p.field)}, nil
}

// sorted orders rows as the query says. The values to compare are read once for
// each row, not once for each comparison.
func (p *Plan) sorted(r *reader, rows []Row) []Row {
	if len(p.order) == 0 {
		return rows
	}
	terms := len(p.order)
	keys := make([]string, 0, len(rows)*terms)
	numbers := make([]int, len(rows))
	for i, row := range rows {
		numbers[i] = i
		for t := range p.order {
			place := &p.order[t].place
			keys = append(keys, sortable(place.field, r.text(place, row)))
		}
	}
	slices.SortStableFunc(numbers, func(a, b int) int {
		for t := range p.order {
			if order := p.order[t].compareKeys(keys[a*terms+t], keys[b*terms+t]); order != 0 {
				return order
			}
		}
		return 0
	})
	ordered := make([]Row, len(rows))
	for i, number := range numbers {
		ordered[i] = rows[number]
	}
	return ordered
}

func (o *ordering) compareKeys(x, y string) int {
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

// comparison returns how two non-empty values in sortable form are ordered.
func comparison(f *schema.Field) func(a, b string) int {
	switch f.Kind() {
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		return value.Compare
	default: // dates, datetimes and ids order as text by their form
		return strings.Compare
	}
}

// sortable is the form in which values of the field are ordered: text without
// regard to case.
func sortable(f *schema.Field, text string) string {
	if isText(f) {
		return fold(text)
	}
	return text
}
