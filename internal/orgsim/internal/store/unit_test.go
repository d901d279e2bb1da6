package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// A unit that is rolled back leaves records, indexes, histories and counts as
// they were, whatever it did; one that is committed is as if there had been none.
func TestUnitsAreUndoneWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		db, thing := open(t)
		ids := []string{}
		key, _ := thing.Field("Key__c")
		code, _ := thing.Field("Code__c")
		value := rapid.SampledFrom([]string{"", "a", "b", "c"})
		some := func(unit *store.Unit) {
			for range rapid.IntRange(0, 6).Draw(t, "calls") {
				m := store.Mutation{
					Op: rapid.SampledFrom([]store.Op{store.Insert, store.Update, store.Upsert, store.Delete}).Draw(t, "op"), Object: thing, Key: key,
					Cells: []store.Cell{{Field: key, Text: value.Draw(t, "key")}, {Field: code, Text: value.Draw(t, "code")}},
				}
				if len(ids) > 0 {
					m.ID = rapid.SampledFrom(ids).Draw(t, "id")
				}
				all := rapid.Bool().Draw(t, "allOrNone")
				for _, outcome := range db.Apply(store.Actor{UserID: "005000000000000AAA", Unit: unit}, all, []store.Mutation{m, m}) {
					if outcome.Created && outcome.Err == nil {
						ids = append(ids, outcome.ID)
					}
				}
			}
		}
		some(nil)
		before, known := state(t, db, ids), len(ids)
		unit := db.Begin()
		some(unit)
		unit.Rollback()
		if diff := cmp.Diff(before, state(t, db, ids[:known])); diff != "" {
			t.Fatal(diff)
		}
		for _, id := range ids[known:] {
			if _, there := db.Row("Thing__c", id); there {
				t.Fatalf("record %s is still there", id)
			}
		}
		ids = ids[:known]
		unit = db.Begin()
		some(unit)
		unit.Commit()
		after := state(t, db, ids)
		unit.Rollback()
		if diff := cmp.Diff(after, state(t, db, ids)); diff != "" {
			t.Fatalf("a rollback after the commit: %s", diff)
		}
	})
}

// seen is what can be seen of the things in a database.
type seen struct {
	Rows    []store.Row
	Found   map[string][]string
	History map[string][]store.Write
	Writes  int
}

func state(t fatal, db *store.DB, ids []string) seen {
	s := seen{Rows: db.Rows("Thing__c"), Found: map[string][]string{}, History: map[string][]store.Write{}, Writes: db.Writes("Thing__c")}
	for _, condition := range []string{"Key__c = 'a'", "Key__c = 'b'", "Key__c = null", "Code__c = 'a'", "Code__c IN ('b','c')"} {
		s.Found[condition] = find(t, db, condition)
	}
	for _, id := range ids {
		s.History[id] = db.History("Thing__c", id)
	}
	return s
}
