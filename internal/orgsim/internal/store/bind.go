package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const fieldHint = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."

// binder turns the names and literals of one query into fields and stored
// values of its object.
type binder struct {
	query  *soql.Query
	object *schema.Object
	hidden bool
}

func unsupportedObject(q *soql.Query) *soql.Error {
	refusal := sferr.UnsupportedType(q.Object.Text)
	return q.At(q.Object.Pos, refusal.Code, refusal.Message)
}

func (b *binder) field(name soql.Name) (int, error) {
	if relation, _, dotted := strings.Cut(name.Text, "."); dotted {
		return 0, b.query.At(name.Pos, "INVALID_FIELD", "Didn't understand relationship '"+relation+
			"' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.")
	}
	find := b.object.Field
	if b.hidden {
		find = b.object.AnyField
	}
	field, ok := find(name.Text)
	if !ok {
		return 0, b.query.At(name.Pos, "INVALID_FIELD", "No such column '"+name.Text+"' on entity '"+b.object.Name+"'. "+fieldHint)
	}
	return field, nil
}

func (b *binder) filterable(name soql.Name) (int, error) {
	field, err := b.field(name)
	if err != nil {
		return 0, err
	}
	if f := &b.object.Fields[field]; !f.Filterable() {
		return 0, b.query.At(name.Pos, "INVALID_FIELD", "field '"+f.Name+"' can not be filtered in a query call")
	}
	return field, nil
}

func (b *binder) order(term soql.Order) (ordering, error) {
	field, err := b.field(term.Field)
	if err != nil {
		return ordering{}, err
	}
	f := &b.object.Fields[field]
	if !f.Sortable() {
		return ordering{}, b.query.At(term.Field.Pos, "INVALID_FIELD", "field '"+f.Name+"' can not be sorted in a query call")
	}
	return ordering{field: field, descending: term.Descending, nullsLast: term.NullsLast, compare: comparison(f)}, nil
}

// literal brings a literal to the stored form of the field's type; null and the
// empty string give empty text.
func (b *binder) literal(f *schema.Field, lit soql.Literal) (string, error) {
	if lit.Kind == soql.Null {
		return "", nil
	}
	want, wire := soql.String, f.WireType()
	switch f.Kind() {
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		want = soql.Number
	case schema.Checkbox:
		want = soql.Boolean
	case schema.Date:
		want = soql.Date
	case schema.DateTime:
		want, wire = soql.DateTime, "dateTime"
	default:
	}
	if lit.Kind != want {
		quotes := "should not be enclosed in quotes"
		if want == soql.String {
			quotes = "should be enclosed in quotes"
		}
		return "", b.query.At(lit.Pos, "INVALID_FIELD",
			"value of filter criterion for field '"+f.Name+"' must be of type "+wire+" and "+quotes)
	}
	return b.stored(f, lit)
}

func (b *binder) stored(f *schema.Field, lit soql.Literal) (string, error) {
	text, ok := lit.Plain(), true
	switch f.Kind() {
	case schema.ID, schema.Reference:
		id, err := recordid.Parse(text)
		if err != nil {
			return "", b.query.At(lit.Pos, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: "+text)
		}
		return id, nil
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		text, ok = value.CanonicalNumber(text)
	case schema.Date:
		text, ok = value.ParseDate(text)
	case schema.DateTime:
		text, ok = value.ParseDateTime(text)
	default:
	}
	if !ok {
		return "", b.query.At(lit.Pos, "MALFORMED_QUERY", "unexpected token: '"+lit.Text+"'")
	}
	return text, nil
}
