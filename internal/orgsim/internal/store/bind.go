package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const (
	fieldHint    = "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
	relationHint = "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
)

// binder turns the names and literals of one query into places and stored
// values, as far as the user may see them.
type binder struct {
	query         *soql.Query
	view          *schema.Schema
	administrator bool // sees hidden fields too
	flat          bool // [Scope.Flat]
	object        *schema.Object

	relations []relation // those that the query uses
	spans     []span     // of its date literals
}

func unsupportedObject(q *soql.Query) *soql.Error {
	refusal := sferr.UnsupportedType(q.Object.Text)
	return q.At(q.Object.Pos, refusal.Code, refusal.Message)
}

func (b *binder) find(o *schema.Object, name string) (int, bool) {
	if b.administrator {
		return o.AnyField(name)
	}
	return o.Field(name)
}

// place finds the field that a name means.
func (b *binder) place(name soql.Name) (place, error) {
	path := strings.Split(name.Text, ".")
	if len(path) > 1 && b.isObject(path[0]) {
		path = path[1:]
	}
	switch len(path) {
	case 1:
		at, ok := b.find(b.object, path[0])
		if !ok {
			return place{}, b.noSuchColumn(name, path[0], b.object.Name)
		}
		return place{relation: -1, at: at, field: &b.object.Fields[at]}, nil
	case 2:
		relation, ok := b.relation(path[0])
		if !ok {
			return place{}, b.query.At(name.Pos, "INVALID_FIELD", "Didn't understand relationship '"+path[0]+"' in field path. "+relationHint)
		}
		return b.parentField(relation, name, path[1])
	default:
		return place{}, b.query.At(name.Pos, "INVALID_FIELD", "not supported by the simulated org: parents of parents: "+name.Text)
	}
}

// isObject tells whether the first part of a path is the queried object itself:
// its alias, or its own name where it has none.
func (b *binder) isObject(name string) bool {
	if b.query.Alias != "" {
		return strings.EqualFold(name, b.query.Alias)
	}
	if !strings.EqualFold(name, b.object.Name) {
		return false
	}
	_, isRelation := b.relation(name)
	return !isRelation
}

func (b *binder) noSuchColumn(name soql.Name, field, entity string) error {
	return b.query.At(name.Pos, "INVALID_FIELD", "No such column '"+field+"' on entity '"+entity+"'. "+fieldHint)
}

func (b *binder) filterable(name soql.Name) (place, error) {
	p, err := b.place(name)
	if err != nil {
		return p, err
	}
	if !p.field.Filterable() {
		return p, b.query.At(name.Pos, "INVALID_FIELD", "field '"+p.field.Name+"' can not be filtered in a query call")
	}
	return p, nil
}

// literal brings a literal to the stored form of the field's type; null and the
// empty string give empty text.
func (b *binder) literal(f *schema.Field, lit soql.Literal) (string, error) {
	if lit.Kind == soql.Null {
		return "", nil
	}
	want := soql.String
	switch f.Kind() {
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		want = soql.Number
	case schema.Checkbox:
		want = soql.Boolean
	case schema.Date:
		want = soql.Date
	case schema.DateTime:
		want = soql.DateTime
	case schema.Time:
		want = soql.TimeOfDay
	default:
	}
	if lit.Kind != want || f.Kind() == schema.Int && !value.IsInteger(lit.Text) {
		return "", b.wrongType(f, lit)
	}
	return b.stored(f, lit)
}

func (b *binder) wrongType(f *schema.Field, lit soql.Literal) error {
	wire, quotes := f.WireType(), "should be enclosed in quotes"
	switch f.Kind() {
	case schema.DateTime:
		wire, quotes = "dateTime", "should not be enclosed in quotes"
	case schema.Int, schema.Number, schema.Currency, schema.Percent, schema.Checkbox, schema.Date, schema.Time:
		quotes = "should not be enclosed in quotes"
	default:
	}
	return b.query.At(lit.Pos, "INVALID_FIELD",
		"value of filter criterion for field '"+f.Name+"' must be of type "+wire+" and "+quotes)
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
	case schema.Time:
		text, ok = value.ParseTimeOfDay(text)
	default:
	}
	if !ok {
		return "", b.query.At(lit.Pos, "MALFORMED_QUERY", "unexpected token: '"+lit.Text+"'")
	}
	return text, nil
}
