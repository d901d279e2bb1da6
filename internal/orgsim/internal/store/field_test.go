package store_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func (o *org) count(soql string) int {
	o.t.Helper()
	result, err := o.db.Query(soql, store.Scope{})
	if err != nil {
		o.t.Fatalf("%s: %v", soql, err)
	}
	return result.Total
}

func TestFieldsAreAddedToRecordsThatAreThere(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	first := o.insert("Contact", fields{"LastName": "A"})
	second := o.insert("Contact", fields{"LastName": "B"})
	o.update("Contact", first, fields{"Title": "x"})
	for _, f := range []schema.Field{
		{Name: "Text__c", Type: schema.Text, Default: "given", ExternalID: true},
		{Name: "Flag__c", Type: schema.Checkbox},
		{Name: "No__c", Type: schema.AutoNumber, Format: "C-{000}"},
		{Name: "Total__c", Type: schema.Formula, Returns: schema.Number, Value: "7"},
	} {
		if err := o.db.AddField("contact", f); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.db.AddField("Account", schema.Field{Name: "Must__c", Type: schema.Text, Required: true, Hidden: true}); err != nil {
		t.Fatal(err)
	}
	if account, _ := o.db.View(o.user).Object("Account"); account != nil {
		if _, ok := account.Field("Must__c"); !ok {
			t.Error("nobody could fill in the required field")
		}
	}
	third := o.insert("Contact", fields{"LastName": "C"})
	for id, want := range map[string]string{first: "|false|C-001|7", second: "|false|C-002|7", third: "given|false|C-003|7"} {
		got := o.field("Contact", id, "Text__c") + "|" + o.field("Contact", id, "Flag__c") + "|" + o.field("Contact", id, "No__c") + "|" + o.field("Contact", id, "Total__c")
		if got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
	if writes := o.db.History("Contact", first); len(writes) != 2 || len(writes[1].Changes) != 1 {
		t.Errorf("the new fields are in the history of old writes: %+v", writes)
	}
	o.update("Contact", first, fields{"Text__c": "k"})
	if o.count("SELECT COUNT() FROM Contact WHERE Text__c = 'K'") != 1 || o.count("SELECT COUNT() FROM Contact WHERE No__c = 'C-002'") != 1 {
		t.Error("the new fields are not found by")
	}
}

func TestChangesOfFields(t *testing.T) {
	t.Parallel()
	o := start(t, `
object "Contact" {
  field "Key__c" {
    type = "text"
  }
  field "Used__c" {
    type = "text"
  }
  validation_rule "v" {
    when    = "Used__c = 'no'"
    message = "no"
  }
}
object "Case" {
  validation_rule "up" {
    when    = "Contact.Used__c = 'no'"
    message = "no"
  }
}`)
	first := o.insert("Contact", fields{"LastName": "A", "Key__c": "k"})
	second := o.insert("Contact", fields{"LastName": "B", "Key__c": "K"})
	unique := schema.Field{Name: "key__c", Type: schema.Text, Unique: true, ExternalID: true}
	refused(t, o.db.ChangeField("Contact", unique), "FIELD_INTEGRITY_EXCEPTION")
	unique.CaseSensitive = true
	if err := o.db.ChangeField("Contact", unique); err != nil {
		t.Fatal(err)
	}
	refused(t, o.write(o.actor, store.Update, "Contact", second, fields{"Key__c": "k"}).Err, "DUPLICATE_VALUE")
	contact, _ := o.db.Schema().Object("Contact")
	key, _ := contact.Field("Key__c")
	if ids, err := o.db.Matches(contact, key, "k"); err != nil || len(ids) != 1 || ids[0] != first {
		t.Errorf("the new index finds %v, %v", ids, err)
	}
	o.drop("Contact", second)
	unique.CaseSensitive = false
	if err := o.db.ChangeField("Contact", unique); err != nil {
		t.Errorf("a deleted record's value counts: %v", err)
	}
	for name, f := range map[string]schema.Field{
		"another type":      {Name: "Key__c", Type: schema.Number},
		"a wrong length":    {Name: "Key__c", Type: schema.Text, Length: 1000},
		"a standard field":  {Name: "Title", Type: schema.Text},
		"an unfit default":  {Name: "Key__c", Type: schema.Text, Length: 1, Default: "xx"},
		"required checkbox": {Name: "Key__c", Type: schema.Checkbox, Required: true},
	} {
		if err := o.db.ChangeField("Contact", f); err == nil || err.Code != "FIELD_INTEGRITY_EXCEPTION" {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused(t, o.db.AddField("Contact", schema.Field{Name: "KEY__c", Type: schema.Text}), "DUPLICATE_DEVELOPER_NAME")
	refused(t, o.db.AddField("Nope__c", schema.Field{Name: "X__c", Type: schema.Text}), "INVALID_CROSS_REFERENCE_KEY")
	refused(t, o.db.AddField("Contact", schema.Field{Name: "X__c", Type: schema.Reference, ReferenceTo: []string{"Nope"}}), "FIELD_INTEGRITY_EXCEPTION")
	refused(t, o.db.RemoveField("Contact", "Nope__c"), "INVALID_CROSS_REFERENCE_KEY")
	refused(t, o.db.RemoveField("Contact", "Used__c"), "FIELD_INTEGRITY_EXCEPTION")
}

func TestRemovedFieldsLeaveTheOthersAlone(t *testing.T) {
	t.Parallel()
	o := start(t, `
object "Contact" {
  field "Old__c" {
    type        = "text"
    external_id = true
    unique      = true
    required    = true
  }
  field "Kept__c" {
    type = "text"
  }
}`)
	id := o.insert("Contact", fields{"LastName": "A", "Old__c": "old", "Kept__c": "kept"})
	stale := o.mutation(o.actor, store.Update, "Contact", id, fields{"Old__c": "new"})
	staleKey := o.mutation(o.actor, store.Upsert, "Contact", "", fields{"Old__c": "new"})
	staleKey.Key, _ = staleKey.Object.Field("Old__c")
	other := o.insert("Contact", fields{"LastName": "C", "Old__c": "other"})
	fine := o.mutation(o.actor, store.Update, "Contact", other, fields{"Kept__c": "new"})
	if err := o.db.RemoveField("Contact", "old__c"); err != nil {
		t.Fatal(err)
	}
	outcomes := o.db.Apply(o.actor, false, []store.Mutation{stale, staleKey, fine})
	refused(t, outcomes[0].Err, "INVALID_FIELD")
	refused(t, outcomes[1].Err, "INVALID_FIELD")
	if outcomes[2].Err != nil || o.field("Contact", other, "Kept__c") != "new" {
		t.Errorf("a write prepared before the removal: %v", outcomes[2].Err)
	}
	o.insert("Contact", fields{"LastName": "B"})
	if err := o.db.AddField("Contact", schema.Field{Name: "Old__c", Type: schema.Number}); err != nil {
		t.Fatal(err)
	}
	if got := o.field("Contact", id, "Old__c"); got != "" {
		t.Errorf("the field's namesake has its value %q", got)
	}
	o.update("Contact", id, fields{"Old__c": "5"})
}

// Queries and writes go on while fields come, change and go.
func TestFieldsChangeUnderLoad(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	id := o.insert("Contact", fields{"LastName": "A", "Email": "a@acme.example"})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for range 50 {
				view := o.db.View(o.user)
				result, err := o.db.Query("SELECT Id, Title FROM Contact WHERE Email = 'a@acme.example'", store.Scope{View: view})
				if err != nil || len(result.Rows) != 1 {
					t.Errorf("%v, %+v", err, result)
					return
				}
				if outcome := o.write(o.actor, store.Update, "Contact", id, fields{"Title": "x"}); outcome.Err != nil {
					t.Error(outcome.Err)
				}
				o.db.History("Contact", id)
			}
		})
	}
	for i := range 50 {
		name := "F" + strconv.Itoa(i) + "__c"
		if err := o.db.AddField("Contact", schema.Field{Name: name, Type: schema.Text}); err != nil {
			t.Fatal(err)
		}
		if err := o.db.ChangeField("Contact", schema.Field{Name: name, Type: schema.Text, Unique: true}); err != nil {
			t.Fatal(err)
		}
		if err := o.db.RemoveField("Contact", name); err != nil {
			t.Fatal(err)
		}
	}
	readers.Wait()
	if got := len(o.db.History("Contact", id)); got != 101 {
		t.Errorf("%d writes are left", got)
	}
}

// A field that is made again is another one, which nobody was granted.
func TestRemovedFieldsTakeTheirGrantsAlong(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	hidden := schema.Field{Name: "Secret__c", Type: schema.Text, Hidden: true}
	if err := o.db.AddField("Contact", hidden); err != nil {
		t.Fatal(err)
	}
	if err := o.db.AddField("Contact", schema.Field{Name: "Other__c", Type: schema.Text, Hidden: true}); err != nil {
		t.Fatal(err)
	}
	set, grant, _ := o.grant("Sync", "Secret__c", true)
	o.insert("FieldPermissions", fields{
		"ParentId": set, "SobjectType": "Contact", "Field": "Contact.Other__c", "PermissionsRead": "true", "PermissionsEdit": "false",
	})
	if access := o.access(o.user, "Secret__c"); access != "writable" {
		t.Fatalf("granted: %s", access)
	}
	if err := o.db.RemoveField("Contact", "secret__c"); err != nil {
		t.Fatal(err)
	}
	if err := o.db.AddField("Contact", hidden); err != nil {
		t.Fatal(err)
	}
	if access := o.access(o.user, "Secret__c"); access != "absent" {
		t.Errorf("made again: %s", access)
	}
	if access := o.access(o.user, "Other__c"); access != "visible" {
		t.Errorf("the grant of another field: %s", access)
	}
	if got := o.count("SELECT COUNT() FROM FieldPermissions WHERE Field = 'Contact.Secret__c'"); got != 0 {
		t.Errorf("%d grants are left", got)
	}
	if writes := o.db.History("FieldPermissions", grant); len(writes) != 2 || !writes[1].Deleted {
		t.Errorf("history of the grant: %+v", writes)
	}
}

// The parent of a master-detail relationship may not be empty, so records that
// are there already rule one out, even those in the recycle bin.
func TestMasterDetailNeedsAnEmptyObject(t *testing.T) {
	t.Parallel()
	o := start(t, `object "Line__c" {}`)
	parent := func(name string) schema.Field {
		return schema.Field{Name: name, Type: schema.MasterDetail, ReferenceTo: []string{"Account"}}
	}
	account := o.insert("Account", fields{"Name": "Acme"})
	if err := o.db.AddField("Line__c", parent("First__c")); err != nil {
		t.Fatal(err)
	}
	line := o.insert("Line__c", fields{"First__c": account})
	refused(t, o.db.AddField("Line__c", parent("Second__c")), "FIELD_INTEGRITY_EXCEPTION")
	o.drop("Line__c", line)
	refused(t, o.db.AddField("Line__c", parent("Second__c")), "FIELD_INTEGRITY_EXCEPTION")
	if err := o.db.AddField("Line__c", schema.Field{Name: "Plain__c", Type: schema.Text}); err != nil {
		t.Error(err)
	}
}

func TestExternalIDsAreLimited(t *testing.T) {
	t.Parallel()
	o := start(t, "")
	key := func(i int) schema.Field {
		return schema.Field{Name: "Key" + strconv.Itoa(i) + "__c", Type: schema.Text, ExternalID: true}
	}
	for i := range schema.MaxExternalIDs {
		if err := o.db.AddField("Contact", key(i)); err != nil {
			t.Fatal(err)
		}
	}
	refused(t, o.db.AddField("Contact", key(schema.MaxExternalIDs)), "FIELD_INTEGRITY_EXCEPTION")
	plain := key(schema.MaxExternalIDs)
	plain.ExternalID = false
	if err := o.db.AddField("Contact", plain); err != nil {
		t.Fatal(err)
	}
	refused(t, o.db.ChangeField("Contact", key(schema.MaxExternalIDs)), "FIELD_INTEGRITY_EXCEPTION")
	if err := o.db.RemoveField("Contact", "Key0__c"); err != nil {
		t.Fatal(err)
	}
	if err := o.db.ChangeField("Contact", key(schema.MaxExternalIDs)); err != nil {
		t.Errorf("in a removed one's stead: %v", err)
	}
}
