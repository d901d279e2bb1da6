package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// fatal is what a test and a property of rapid share.
type fatal interface{ Fatal(args ...any) }

// open returns a database with one custom object of a few fields.
func open(t fatal) (*store.DB, *schema.Object) {
	s := schema.Standard()
	err := s.Add(schema.Object{Name: "Thing__c", Fields: []schema.Field{
		{Name: "Key__c", Type: schema.Text, ExternalID: true},
		{Name: "Code__c", Type: schema.Text, ExternalID: true, Unique: true, CaseSensitive: true},
		{Name: "Number__c", Type: schema.Number, ExternalID: true},
	}})
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.New(s, "ak", func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	thing, _ := s.Object("Thing__c")
	return db, thing
}

func find(t fatal, db *store.DB, condition string) []string {
	q, err := soql.Parse("SELECT Id FROM Thing__c WHERE " + condition)
	if err != nil {
		t.Fatal(err)
	}
	result, err := db.Select(q, store.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, row := range result.Rows {
		ids = append(ids, row.At(0))
	}
	return ids
}

// Whatever was written, undone and deleted: a condition that an index answers
// finds the same records as one that it cannot.
func TestIndexesAgreeWithScans(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		db, thing := open(t)
		key, _ := thing.Field("Key__c")
		code, _ := thing.Field("Code__c")
		number, _ := thing.Field("Number__c")
		words := []string{"", "a", "A", "b", "ä", "Ä"}
		var ids []string
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			var rows []store.Mutation
			for range rapid.IntRange(1, 4).Draw(t, "rows") {
				m := store.Mutation{Object: thing, Key: key, Cells: []store.Cell{
					{Field: key, Text: rapid.SampledFrom(words).Draw(t, "key")},
					{Field: code, Text: rapid.SampledFrom(words).Draw(t, "code")},
					{Field: number, Text: strconv.Itoa(rapid.IntRange(0, 2).Draw(t, "number"))},
				}}
				m.Op = rapid.SampledFrom([]store.Op{store.Insert, store.Update, store.Upsert, store.Delete}).Draw(t, "op")
				if len(ids) > 0 {
					m.ID = rapid.SampledFrom(ids).Draw(t, "id")
				}
				rows = append(rows, m)
			}
			for _, outcome := range db.Apply(store.Actor{}, rapid.Bool().Draw(t, "all or none"), rows) {
				if outcome.Err == nil && outcome.Created {
					ids = append(ids, outcome.ID)
				}
			}
		}
		for _, condition := range []string{
			"Key__c = 'a'", "Key__c IN ('A','b')", "Key__c IN ('ä', null)", "Code__c = 'A'", "Code__c IN ('a','Ä')", "Number__c = 1", "Number__c IN (0, 2.0)",
			"Key__c = 'b' AND Code__c = 'a'", "Name != null AND Number__c = 0",
		} {
			if diff := cmp.Diff(find(t, db, "NOT (NOT ("+condition+"))"), find(t, db, condition)); diff != "" {
				t.Fatalf("%s (-scan +index):\n%s", condition, diff)
			}
		}
	})
}

// A unique field never has a value twice, in whatever way it is written.
func TestUniqueFieldsStayUnique(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		db, thing := open(t)
		code, _ := thing.Field("Code__c")
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			m := store.Mutation{Op: rapid.SampledFrom([]store.Op{store.Insert, store.Upsert}).Draw(t, "op"), Object: thing, Key: code}
			m.Cells = []store.Cell{{Field: code, Text: rapid.SampledFrom([]string{"a", "A", " a "}).Draw(t, "code")}}
			db.Apply(store.Actor{}, false, []store.Mutation{m})
		}
		for _, text := range []string{"a", "A"} {
			if ids := find(t, db, "Code__c = '"+text+"'"); len(ids) > 1 {
				t.Fatalf("%q stands in %v", text, ids)
			}
		}
	})
}

func TestDefaultsMustFitTheirFields(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]schema.Field{
		"a word for a number":   {Name: "X__c", Type: schema.Number, Default: "many"},
		"a value not listed":    {Name: "X__c", Type: schema.Picklist, Values: []string{"A"}, Restricted: true, Default: "B"},
		"a formula of no date":  {Name: "X__c", Type: schema.Formula, Returns: schema.Date, Value: "today"},
		"a text that is longer": {Name: "X__c", Type: schema.Text, Length: 1, Default: "ab"},
	} {
		s := schema.Standard()
		if err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{f}}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.New(s, "ak", time.Now); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
