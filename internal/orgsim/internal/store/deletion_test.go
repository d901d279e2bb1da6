package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const householdSchema = `
object "Master__c" {}
object "Detail__c" {
  field "Par__c" {
    type         = "master_detail"
    reference_to = "Master__c"
  }
}
object "Grain__c" {
  field "Par__c" {
    type         = "master_detail"
    reference_to = "Detail__c"
  }
}
object "Loose__c" {
  field "Par__c" {
    type         = "reference"
    reference_to = "Detail__c"
  }
}
object "Bound__c" {
  field "Par__c" {
    type         = "reference"
    reference_to = "Master__c"
    required     = true
  }
}
`

// remove deletes a record as the API does.
func (o *org) remove(op store.Op, object, id string) store.Outcome {
	return o.db.Apply(o.actor, false, []store.Mutation{o.mutation(o.actor, op, object, id, nil)})[0]
}

// alive tells which of the records are not deleted, by object and id.
func (o *org) alive(records ...[2]string) []bool {
	alive := make([]bool, 0, len(records))
	for _, r := range records {
		row, ok := o.db.Row(r[0], r[1])
		alive = append(alive, ok && !o.db.Deleted(r[0], row))
	}
	return alive
}

func TestMastersTakeTheirDetailsAlong(t *testing.T) {
	t.Parallel()
	o := start(t, householdSchema)
	master, other := o.insert("Master__c", nil), o.insert("Master__c", nil)
	detail := o.insert("Detail__c", fields{"Par__c": master})
	spared := o.insert("Detail__c", fields{"Par__c": other})
	grain := o.insert("Grain__c", fields{"Par__c": detail})
	loose := o.insert("Loose__c", fields{"Par__c": detail})
	if outcome := o.remove(store.Delete, "Master__c", master); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	got := o.alive([2]string{"Master__c", master}, [2]string{"Detail__c", detail}, [2]string{"Grain__c", grain},
		[2]string{"Loose__c", loose}, [2]string{"Detail__c", spared}, [2]string{"Master__c", other})
	if diff := cmp.Diff([]bool{false, false, false, true, true, true}, got); diff != "" {
		t.Error(diff)
	}
	row, _ := o.db.Row("Loose__c", loose)
	object, _ := o.db.Schema().Object("Loose__c")
	if i, _ := object.Field("Par__c"); row.At(i) != "" {
		t.Errorf("the lookup still leads to %s", row.At(i))
	}
	if n := o.db.Writes("Detail__c"); n != 2 {
		t.Errorf("the API has written %d details, want the 2 it made", n)
	}
	if history := o.db.History("Grain__c", grain); len(history) != 2 || !history[1].Deleted {
		t.Errorf("history of what went along: %+v", history)
	}
}

// A deletion that one record forbids does nothing at all.
func TestDeletionsThatAreHeldUp(t *testing.T) {
	t.Parallel()
	o := start(t, householdSchema)
	master := o.insert("Master__c", nil)
	detail := o.insert("Detail__c", fields{"Par__c": master})
	bound := o.insert("Bound__c", fields{"Par__c": master})
	both := [][2]string{{"Master__c", master}, {"Detail__c", detail}}
	refused(t, o.remove(store.Delete, "Master__c", master).Err, "DELETE_FAILED")
	if diff := cmp.Diff([]bool{true, true}, o.alive(both...)); diff != "" {
		t.Error(diff)
	}
	for object, id := range map[string]string{"Bound__c": bound, "Detail__c": detail} {
		if outcome := o.remove(store.Delete, object, id); outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
	if outcome := o.remove(store.Delete, "Master__c", master); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
}

func TestDeletionsOfStandardRecords(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	account := o.insert("Account", fields{"Name": "Acme"})
	below := o.insert("Account", fields{"Name": "Below", "ParentId": account})
	contact := o.insert("Contact", fields{"LastName": "Doe", "AccountId": account})
	task := o.insert("Task", fields{"Subject": "Call", "WhoId": contact})
	ticket := o.insert("Case", fields{"Subject": "Broken", "ContactId": contact})
	err := o.remove(store.Delete, "Account", account).Err
	refused(t, err, "DELETE_FAILED")
	if want := "Your attempt to delete Doe could not be completed because it is associated with the following cases.: 00000001\n"; err.Message != want {
		t.Errorf("%q", err.Message)
	}
	for _, record := range [][2]string{{"Case", ticket}, {"Account", account}} {
		if outcome := o.remove(store.HardDelete, record[0], record[1]); outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
	got := o.alive([2]string{"Account", below}, [2]string{"Contact", contact}, [2]string{"Task", task})
	if diff := cmp.Diff([]bool{true, false, false}, got); diff != "" {
		t.Error(diff)
	}
	for _, object := range []string{"Contact", "Task"} {
		if result, err := o.db.Query("SELECT COUNT() FROM "+object, store.Scope{Deleted: true}); err != nil || result.Total != 0 {
			t.Errorf("%s in the recycle bin after a hard delete: %+v %v", object, result, err)
		}
	}
}

// A detail belongs to whom its master belongs to; without a master it has an
// owner of its own.
func TestDetailsHaveNoOwner(t *testing.T) {
	t.Parallel()
	o := start(t, householdSchema)
	owner := func(object string) bool {
		described, _ := o.db.Schema().Object(object)
		_, ok := described.AnyField("OwnerId")
		_, err := o.db.Query("SELECT Owner.Name FROM "+object, store.Scope{})
		if ok != (err == nil) {
			t.Errorf("%s: OwnerId is there: %t; the relationship: %v", object, ok, err)
		}
		return ok
	}
	if owner("Detail__c") || owner("Grain__c") || !owner("Loose__c") {
		t.Error("owners of details, or none of others")
	}
	if err := o.db.AddField("Loose__c", schema.Field{Name: "Top__c", Type: schema.MasterDetail, ReferenceTo: []string{"Master__c"}}); err != nil {
		t.Fatal(err)
	}
	if owner("Loose__c") {
		t.Error("a new detail keeps its owner")
	}
	o.insert("Loose__c", fields{"Top__c": o.insert("Master__c", nil)})
	if err := o.db.RemoveField("Loose__c", "Top__c"); err != nil {
		t.Fatal(err)
	}
	if !owner("Loose__c") {
		t.Error("what is no detail any more has no owner")
	}
	result, err := o.db.Query("SELECT COUNT() FROM Loose__c WHERE OwnerId = '"+o.user+"'", store.Scope{})
	if err != nil || result.Total != 1 {
		t.Errorf("%d records have an owner: %v", result.Total, err)
	}
}
