package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// org is a database with two users, and a shorthand for writing to it by field
// names and CSV text.
type org struct {
	t     testing.TB
	db    *store.DB
	now   time.Time
	actor store.Actor // of API writes
	admin store.Actor
	user  string
	other string
}

// start makes an org whose schema has what the HCL text adds.
func start(t testing.TB, hcl string) *org {
	t.Helper()
	s, err := schema.Parse("org.hcl", []byte(hcl))
	if err != nil {
		t.Fatal(err)
	}
	o := &org{t: t, now: time.Date(2026, 5, 1, 7, 25, 37, 0, time.UTC)}
	if o.db, err = store.New(s, "ak", func() time.Time { return o.now }); err != nil {
		t.Fatal(err)
	}
	db := o.db
	o.user, o.other = addUser(t, db, "api@acme.example"), addUser(t, db, "boss@acme.example")
	o.actor = store.Actor{UserID: o.user, By: "rest"}
	o.admin = store.Actor{UserID: o.user, By: "user", System: true, Loading: true}
	if err := db.Catalogue(o.admin); err != nil {
		t.Fatal(err)
	}
	return o
}

func addUser(t testing.TB, db *store.DB, username string) string {
	t.Helper()
	user, _ := db.Schema().Object("User")
	m := store.Mutation{Op: store.Insert, Object: user}
	for name, text := range map[string]string{"Username": username, "LastName": "User", "Email": username} {
		i, _ := user.Field(name)
		m.Cells = append(m.Cells, store.Cell{Field: i, Text: text})
	}
	outcome := db.Apply(store.Actor{System: true, Loading: true}, true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	return outcome.ID
}

// fields are a row's values by field name. A name such as Account.Key__c is a
// parent by key, Contact:Who.Email one of a polymorphic lookup, and #N/A is null.
type fields map[string]string

// mutation reads a row as the user sees the object, or the administrator for
// actors of the system.
func (o *org) mutation(actor store.Actor, op store.Op, object, id string, row fields) store.Mutation {
	o.t.Helper()
	view := o.db.Schema()
	if !actor.System {
		view = o.db.View(actor.UserID)
	}
	described, ok := view.Object(object)
	if !ok {
		o.t.Fatalf("no object %s", object)
	}
	m := store.Mutation{Op: op, Object: described, ID: id}
	for name, text := range row {
		cell, refused := o.cell(view, described, actor.System, name, text)
		if refused != nil {
			m.Refused = refused
			break
		}
		m.Cells = append(m.Cells, cell)
	}
	return m
}

func (o *org) cell(view *schema.Schema, object *schema.Object, all bool, name, text string) (store.Cell, *sferr.Error) {
	if relation, key, ok := strings.Cut(name, "."); ok {
		return o.parentCell(view, object, relation, key, text), nil
	}
	find := object.Field
	if all {
		find = object.AnyField
	}
	i, ok := find(name)
	if !ok {
		return store.Cell{}, sferr.UnknownField(name, object.Name)
	}
	if text == value.Null {
		return store.Cell{Field: i}, nil
	}
	typed, refused := value.FromCSV(&object.Fields[i], text, 0)
	return store.Cell{Field: i, Text: typed}, refused
}

func (o *org) parentCell(view *schema.Schema, object *schema.Object, relation, key, text string) store.Cell {
	target := ""
	if of, rest, ok := strings.Cut(relation, ":"); ok {
		target, relation = of, rest
	}
	for i := range object.Fields {
		f := &object.Fields[i]
		if f.RelationshipName != relation {
			continue
		}
		if target == "" {
			target = f.ReferenceTo[0]
		}
		parent, _ := view.Object(target)
		at, ok := parent.AnyField(key)
		if !ok {
			o.t.Fatalf("no field %s.%s", target, key)
		}
		return store.Cell{Field: i, Parent: &store.ParentKey{Object: parent, Key: at, Text: text}}
	}
	o.t.Fatalf("no relationship %s", relation)
	return store.Cell{}
}

func (o *org) write(actor store.Actor, op store.Op, object, id string, row fields) store.Outcome {
	o.t.Helper()
	return o.db.Apply(actor, false, []store.Mutation{o.mutation(actor, op, object, id, row)})[0]
}

// insert makes a record by the API, which must work.
func (o *org) insert(object string, row fields) string {
	o.t.Helper()
	outcome := o.write(o.actor, store.Insert, object, "", row)
	if outcome.Err != nil {
		o.t.Fatalf("insert %s %v: %v", object, row, outcome.Err)
	}
	return outcome.ID
}

// update changes a record by the API, which must work.
func (o *org) update(object, id string, row fields) {
	o.t.Helper()
	if outcome := o.write(o.actor, store.Update, object, id, row); outcome.Err != nil {
		o.t.Fatalf("update %s %v: %v", object, row, outcome.Err)
	}
}

// field reads one stored value.
func (o *org) field(object, id, name string) string {
	o.t.Helper()
	row, ok := o.db.Row(object, id)
	if !ok {
		o.t.Fatalf("no %s %s", object, id)
	}
	described, _ := o.db.Schema().Object(object)
	i, ok := described.AnyField(name)
	if !ok {
		o.t.Fatalf("no field %s.%s", object, name)
	}
	return row.At(i)
}

// refusal fails the test unless the error has the code, and returns it.
func refusal(t testing.TB, err *sferr.Error, code string) *sferr.Error {
	t.Helper()
	if err == nil || err.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	return err
}

// refused is [refusal] where the code is all that matters.
func refused(t testing.TB, err *sferr.Error, code string) {
	t.Helper()
	if got := refusal(t, err, code); got.Message == "" {
		t.Errorf("%s comes without a message", code)
	}
}
