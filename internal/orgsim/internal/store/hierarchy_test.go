package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const hierarchySchema = `
object "Account" {
  field "Key__c" {
    type        = "text"
    external_id = true
  }
  field "Peer__c" {
    type         = "reference"
    reference_to = "Account"
  }
}
object "Contact" {
  field "Key__c" {
    type        = "text"
    external_id = true
  }
}
object "Part__c" {
  field "Any__c" {
    type         = "reference"
    reference_to = ["Contact", "Part__c"]
  }
}`

// chain is an org with three records of an object, each the parent of the next.
func chain(t *testing.T, object, reference string, row fields) (*org, [3]string) {
	t.Helper()
	o := start(t, hierarchySchema)
	var ids [3]string
	parent := ""
	for i := range ids {
		ids[i] = o.insert(object, row)
		if parent != "" {
			o.update(object, ids[i], fields{reference: parent})
		}
		parent = ids[i]
	}
	return o, ids
}

func TestCircularHierarchiesAreRefused(t *testing.T) {
	t.Parallel()
	named, person, part := fields{"Name": "A"}, fields{"LastName": "A"}, fields{}
	for name, c := range map[string]struct {
		object, reference string
		row               fields
		from, to          int // places in the chain
		passes            bool
	}{
		"account, itself":              {object: "Account", reference: "ParentId", row: named, from: 1, to: 1},
		"account, its child":           {object: "Account", reference: "ParentId", row: named, from: 0, to: 1},
		"account, its grandchild":      {object: "Account", reference: "ParentId", row: named, from: 0, to: 2},
		"account, its grandparent":     {object: "Account", reference: "ParentId", row: named, from: 2, to: 0, passes: true},
		"account, its parent again":    {object: "Account", reference: "ParentId", row: named, from: 2, to: 1, passes: true},
		"contact, itself":              {object: "Contact", reference: "ReportsToId", row: person, from: 0, to: 0},
		"contact, its grandchild":      {object: "Contact", reference: "ReportsToId", row: person, from: 0, to: 2},
		"case, itself":                 {object: "Case", reference: "ParentId", row: part, from: 2, to: 2},
		"case, its grandchild":         {object: "Case", reference: "ParentId", row: part, from: 0, to: 2},
		"custom lookup, itself":        {object: "Account", reference: "Peer__c", row: named, from: 0, to: 0},
		"custom lookup in a circle":    {object: "Account", reference: "Peer__c", row: named, from: 0, to: 2, passes: true},
		"one of several targets":       {object: "Part__c", reference: "Any__c", row: part, from: 1, to: 1},
		"several targets, in a circle": {object: "Part__c", reference: "Any__c", row: part, from: 0, to: 1, passes: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, ids := chain(t, c.object, c.reference, c.row)
			before := o.field(c.object, ids[c.from], c.reference)
			for _, id := range []string{ids[c.to][:15], ids[c.to]} {
				got := o.write(o.actor, store.Update, c.object, ids[c.from], fields{c.reference: id})
				if c.passes {
					if got.Err != nil {
						t.Fatal(got.Err)
					}
					continue
				}
				if diff := cmp.Diff(circular(c.reference), got.Err); diff != "" {
					t.Errorf("to %s (-want +got):\n%s", id, diff)
				}
			}
			want := before
			if c.passes {
				want = ids[c.to]
			}
			if have := o.field(c.object, ids[c.from], c.reference); have != want {
				t.Errorf("%s is %q, want %q", c.reference, have, want)
			}
		})
	}
}

func circular(field string) *sferr.Error {
	return &sferr.Error{Code: "CIRCULAR_DEPENDENCY", Message: "attempt to violate hierarchy constraints", Fields: []string{field}}
}

// A parent given by key closes a circle as one given by id does, in an upsert too.
func TestCircularParentsByKey(t *testing.T) {
	t.Parallel()
	o := start(t, hierarchySchema)
	top := o.insert("Account", fields{"Name": "Top", "Key__c": "top"})
	o.insert("Account", fields{"Name": "Low", "Key__c": "low", "Parent.Key__c": "top"})
	boss := o.insert("Contact", fields{"LastName": "Boss", "Key__c": "boss"})
	for object, row := range map[string]fields{
		"Account": {"Key__c": "top", "Parent.Key__c": "low"},
		"Contact": {"Key__c": "boss", "ReportsTo.Key__c": "boss"},
	} {
		id := map[string]string{"Account": top, "Contact": boss}[object]
		field := map[string]string{"Account": "ParentId", "Contact": "ReportsToId"}[object]
		for _, op := range []store.Op{store.Update, store.Upsert} {
			m := o.mutation(o.actor, op, object, id, row)
			m.Key, _ = m.Object.Field("Key__c")
			got := o.db.Apply(o.actor, false, []store.Mutation{m})[0]
			if diff := cmp.Diff(circular(field), got.Err); diff != "" {
				t.Errorf("%s, operation %d (-want +got):\n%s", object, op, diff)
			}
		}
	}
}

// The rows of a request are judged in their order, each by what those before it
// left; with allOrNone nothing of them stays.
func TestCirclesWithinOneRequest(t *testing.T) {
	t.Parallel()
	for name, allOrNone := range map[string]bool{"each for itself": false, "all or none": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t, hierarchySchema)
			a, b := o.insert("Account", fields{"Name": "A"}), o.insert("Account", fields{"Name": "B"})
			swap := []store.Mutation{
				o.mutation(o.actor, store.Update, "Account", a, fields{"ParentId": b}),
				o.mutation(o.actor, store.Update, "Account", b, fields{"ParentId": a}),
			}
			got := o.db.Apply(o.actor, allOrNone, swap)
			if diff := cmp.Diff(circular("ParentId"), got[1].Err); diff != "" {
				t.Errorf("the row that closes the circle (-want +got):\n%s", diff)
			}
			want := b
			if allOrNone {
				want = ""
				refused(t, got[0].Err, "ALL_OR_NONE_OPERATION_ROLLED_BACK")
			} else if got[0].Err != nil {
				t.Error(got[0].Err)
			}
			if have := o.field("Account", a, "ParentId"); have != want {
				t.Errorf("the first row's parent is %q, want %q", have, want)
			}
			if allOrNone { // the undone link closes no circle
				o.update("Account", b, fields{"ParentId": a})
			}
		})
	}
}

// A snapshot may hold circles: they are walked once, and who leaves the field
// alone is not judged by it.
func TestRestoredCirclesEnd(t *testing.T) {
	t.Parallel()
	o := start(t, hierarchySchema)
	free := o.insert("Account", fields{"Name": "Free"})
	a, b := o.insert("Account", fields{"Name": "A"}), o.insert("Account", fields{"Name": "B"})
	o.db.Reset()
	for _, r := range []fields{{"Id": free, "Name": "Free"}, {"Id": a, "Name": "A", "ParentId": b}, {"Id": b, "Name": "B", "ParentId": a}} {
		r["OwnerId"] = o.user
		if err := o.db.Restore("Account", r); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []fields{{"Name": "New"}, {"ParentId": b}} {
		if got := o.write(o.admin, store.Update, "Account", a, row); got.Err != nil {
			t.Error(got.Err)
		}
	}
	if got := o.write(o.admin, store.Update, "Account", free, fields{"ParentId": a}); got.Err != nil {
		t.Error(got.Err)
	}
}
