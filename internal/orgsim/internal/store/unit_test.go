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
		some := func(db *store.DB) {
			for range rapid.IntRange(0, 6).Draw(t, "calls") {
				m := store.Mutation{
					Op: rapid.SampledFrom([]store.Op{store.Insert, store.Update, store.Upsert, store.Delete}).Draw(t, "op"), Object: thing, Key: key,
					Cells: []store.Cell{{Field: key, Text: value.Draw(t, "key")}, {Field: code, Text: value.Draw(t, "code")}},
				}
				if len(ids) > 0 {
					m.ID = rapid.SampledFrom(ids).Draw(t, "id")
				}
				all := rapid.Bool().Draw(t, "allOrNone")
				for _, outcome := range db.Apply(store.Actor{UserID: "005000000000000AAA"}, all, []store.Mutation{m, m}) {
					if outcome.Created && outcome.Err == nil {
						ids = append(ids, outcome.ID)
					}
				}
			}
		}
		some(db)
		before, known := state(t, db, ids), len(ids)
		unit := db.Begin()
		some(db.In(unit))
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
		some(db.In(unit))
		unit.Commit()
		after := state(t, db, ids)
		unit.Rollback()
		if diff := cmp.Diff(after, state(t, db, ids)); diff != "" {
			t.Fatalf("a rollback after the commit: %s", diff)
		}
	})
}

// While a unit is open the others wait for its end, readers too, and what it
// undoes was never there for them. Ids that it took stay taken.
func TestUnitsAreSeenByNobodyElse(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	count := func(db *store.DB) int {
		result, err := db.Query("SELECT COUNT() FROM Account", store.Scope{})
		if err != nil {
			t.Error(err)
		}
		return result.Total
	}
	unit := o.db.Begin()
	inside := &org{t: t, db: o.db.In(unit), actor: o.actor}
	first := inside.insert("Account", fields{"Name": "Undone"})
	answers, started := make(chan int, 1), make(chan struct{})
	go func() {
		close(started)
		answers <- count(o.db)
	}()
	<-started
	for n := 1; n <= 200; n++ {
		if got := count(inside.db); got != n {
			t.Fatalf("the unit sees %d of its %d records", got, n)
		}
		inside.insert("Account", fields{"Name": "Undone too"})
	}
	unit.Rollback()
	if n := <-answers; n != 0 {
		t.Errorf("a reader outside saw %d records of the unit", n)
	}
	if _, there := o.db.Row("Account", first); there {
		t.Errorf("the undone record %s is there", first)
	}
	if second := o.insert("Account", fields{"Name": "Kept"}); second == first {
		t.Errorf("id %s was given out twice", first)
	}
	if all, err := o.db.Query("SELECT COUNT() FROM Account", store.Scope{Deleted: true}); err != nil || all.Total != 1 {
		t.Errorf("with the recycle bin there are %+v, %v", all, err)
	}
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
