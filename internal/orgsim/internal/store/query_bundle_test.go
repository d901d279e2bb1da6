package store_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// queried is a small org to be asked: the clock stands still on a Wednesday.
type queried struct {
	t    testing.TB
	db   *store.DB
	user string // who makes the records
}

var wednesday = time.Date(2026, 5, 6, 15, 0, 0, 0, time.UTC)

func ask(t testing.TB) *queried {
	t.Helper()
	s := schema.Standard()
	for _, o := range []schema.Object{
		{Name: "Account", Fields: []schema.Field{
			{Name: "Ext__c", Type: schema.Text, ExternalID: true}, {Name: "Flag__c", Type: schema.Checkbox},
			{Name: "Secret__c", Type: schema.Text, Hidden: true}, {Name: "Score__c", Type: schema.Number, Scale: 2},
		}},
		{Name: "Contact", Fields: []schema.Field{
			{Name: "Tags__c", Type: schema.MultiPicklist, Values: []string{"a", "b", "C"}}, {Name: "Moment__c", Type: schema.DateTime},
			{Name: "Clock__c", Type: schema.Time},
			{Name: "Ext__c", Type: schema.Text, ExternalID: true}, {Name: "Exact__c", Type: schema.Text, Unique: true, CaseSensitive: true},
			{Name: "Hidden__c", Type: schema.Text, Hidden: true}, {Name: "Other__c", Type: schema.Reference, ReferenceTo: []string{"Account"}, Hidden: true},
			{Name: "Long__c", Type: schema.TextArea, Length: 1_000},
		}},
	} {
		if err := s.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.New(s, "ak", func() time.Time { return wednesday })
	if err != nil {
		t.Fatal(err)
	}
	q := &queried{t: t, db: db}
	q.user = q.insert("User", map[string]string{"Username": "admin@x.example", "LastName": "Admin", "Email": "admin@x.example"})
	return q
}

// insert makes a record of stored values by field name and returns its id.
func (q *queried) insert(object string, fields map[string]string) string {
	q.t.Helper()
	o, ok := q.db.Schema().Object(object)
	if !ok {
		q.t.Fatalf("no object %s", object)
	}
	m := store.Mutation{Op: store.Insert, Object: o}
	for name, text := range fields {
		at, ok := o.AnyField(name)
		if !ok {
			q.t.Fatalf("no field %s.%s", object, name)
		}
		m.Cells = append(m.Cells, store.Cell{Field: at, Text: text})
	}
	outcome := q.db.Apply(store.Actor{UserID: q.user, System: true, Loading: true}, true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		q.t.Fatalf("insert %s %v: %v", object, fields, outcome.Err)
	}
	return outcome.ID
}

func (q *queried) remove(op store.Op, object, id string) {
	q.t.Helper()
	o, _ := q.db.Schema().Object(object)
	outcome := q.db.Apply(store.Actor{UserID: q.user, System: true}, true, []store.Mutation{{Op: op, Object: o, ID: id}})[0]
	if outcome.Err != nil {
		q.t.Fatal(outcome.Err)
	}
}

// run runs a query as an administrator.
func (q *queried) run(text string) *store.Result {
	q.t.Helper()
	result, err := q.db.Query(text, store.Scope{})
	if err != nil {
		q.t.Fatalf("%s: %v", text, err)
	}
	return result
}

// column is the first selected column of all rows, joined; a null is -.
func (q *queried) column(text string) string {
	q.t.Helper()
	result := q.run(text)
	var values []string
	for row := range result.Rows {
		_, value := result.Value(row, 0)
		if value == "" {
			value = "-"
		}
		values = append(values, value)
	}
	return strings.Join(values, " ")
}

// scanned is the query with a condition that no index answers.
func scanned(text string) string {
	before, condition, _ := strings.Cut(text, " WHERE ")
	return before + " WHERE NOT (NOT (" + condition + "))"
}

// refused is the code and the last line of the refusal of a query.
func (q *queried) refused(text string, scope store.Scope) (code, sentence string) {
	q.t.Helper()
	_, err := q.db.Query(text, scope)
	refused, ok := err.(*soql.Error) //nolint:errorlint // the contract is this very type
	if !ok {
		q.t.Fatalf("%s gave %v, want a refusal", text, err)
	}
	return refused.Code, refused.Message
}

// columns are the names of the selected columns.
func columns(result *store.Result) []string {
	names := []string{}
	for _, column := range result.Columns() {
		names = append(names, column.Name)
	}
	return slices.Clip(names)
}

func parse(t testing.TB, text string) *soql.Query {
	t.Helper()
	parsed, err := soql.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}
