package store_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestHistory(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	loaded := o.write(o.admin, store.Insert, "Contact", "", fields{"LastName": "A"}).ID
	at := o.now
	id := o.insert("Contact", fields{"LastName": "A", "Title": "old"})
	o.now = at.Add(time.Minute)
	o.update("Contact", id, fields{"Title": "new", "Email": "A@acme.example"})
	o.now = at.Add(time.Hour)
	o.update("Contact", id, fields{"Title": "new"})
	user := o.admin
	user.Loading = false
	o.write(user, store.Update, "Contact", id, fields{"Title": ""})
	o.update("Contact", loaded, fields{"LastName": "B"})
	o.drop("Contact", id)

	want := []store.Write{
		{At: at, By: "rest", Created: true},
		{At: at.Add(time.Minute), By: "rest", Changes: []store.Change{{Field: "Email", After: "a@acme.example"}, {Field: "Title", Before: "old", After: "new"}}},
		{At: o.now, By: "rest"},
		{At: o.now, By: "user", Changes: []store.Change{{Field: "Title", Before: "new"}}},
		{At: o.now, By: "rest", Deleted: true},
	}
	if diff := cmp.Diff(want, o.db.History("Contact", id)); diff != "" {
		t.Error(diff)
	}
	want = []store.Write{{At: o.now, By: "rest", Changes: []store.Change{{Field: "LastName", Before: "A", After: "B"}, {Field: "Name", Before: "A", After: "B"}}}}
	if diff := cmp.Diff(want, o.db.History("Contact", loaded)); diff != "" {
		t.Errorf("a loaded record: %s", diff)
	}
	if got := o.db.Writes("Contact"); got != 5 {
		t.Errorf("%d rows were written, want 5", got)
	}
	o.db.Reset()
	if o.db.Writes("Contact") != 0 || len(o.db.History("Contact", id)) != 0 {
		t.Error("something is left after a reset")
	}
}

// Whatever is written and rolled back, the changes in a record's history lead
// from its first version to its last.
func TestHistoryLeadsToThePresent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := start(t, "")
		ids := []string{o.insert("Contact", fields{"LastName": "A"}), o.insert("Contact", fields{"LastName": "B"})}
		for range rapid.IntRange(1, 12).Draw(rt, "requests") {
			var rows []store.Mutation
			for range rapid.IntRange(1, 3).Draw(rt, "rows") {
				title := rapid.SampledFrom([]string{"a", "b", "", "#N/A"}).Draw(rt, "title")
				rows = append(rows, o.mutation(o.actor, store.Update, "Contact", rapid.SampledFrom(ids).Draw(rt, "id"), fields{"Title": title}))
			}
			if rapid.Bool().Draw(rt, "fails") {
				rows = append(rows, o.mutation(o.actor, store.Insert, "Contact", "", nil))
			}
			o.db.Apply(o.actor, rapid.Bool().Draw(rt, "all or none"), rows)
		}
		for _, id := range ids {
			title := ""
			for _, w := range o.db.History("Contact", id) {
				for _, c := range w.Changes {
					if c.Field != "Title" || c.Before != title {
						rt.Fatalf("%+v follows %q", c, title)
					}
					title = c.After
				}
			}
			if got := o.field("Contact", id, "Title"); got != title {
				rt.Fatalf("the history ends with %q, the record has %q", title, got)
			}
		}
	})
}

// However full an index gets, what is not in it is not found.
func TestAbsentKeys(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	for n := range 100 {
		o.insert("Contact", fields{"LastName": "A", "Email": "user" + strconv.Itoa(n) + "@acme.example"})
		if o.count("SELECT COUNT() FROM Contact WHERE Email = 'nobody@acme.example'") != 0 {
			t.Fatalf("nobody is found among %d", n)
		}
	}
}

// An index through many keys that come and go: each is found by it as a scan
// finds it.
func TestIndexesThroughChurn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := start(t, "")
		if err := o.db.AddField("Contact", schema.Field{Name: "Key__c", Type: schema.Text, ExternalID: true}); err != nil {
			rt.Fatal(err)
		}
		keys := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-cA-CäÄ]{1,3}`), 1, 40, rapid.ID[string]).Draw(rt, "keys")
		var ids []string
		for range 60 {
			key := rapid.SampledFrom(keys).Draw(rt, "key")
			switch at := rapid.IntRange(0, 2*len(ids)).Draw(rt, "record"); {
			case at >= len(ids):
				ids = append(ids, o.insert("Contact", fields{"LastName": "A", "Key__c": key}))
			case key == keys[0]:
				o.write(o.actor, store.Delete, "Contact", ids[at], nil)
			default:
				o.write(o.actor, store.Update, "Contact", ids[at], fields{"Key__c": key})
			}
		}
		for _, key := range keys {
			indexed, scanned := o.count("SELECT COUNT() FROM Contact WHERE Key__c = '"+key+"'"), o.count("SELECT COUNT() FROM Contact WHERE NOT (Key__c != '"+key+"')")
			if indexed != scanned {
				rt.Fatalf("%s: the index finds %d, a scan %d", key, indexed, scanned)
			}
		}
	})
}
