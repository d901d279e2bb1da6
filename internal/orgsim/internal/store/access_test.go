package store_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const accessSchema = `
object "Contact" {
  field "Secret__c" {
    type   = "text"
    hidden = true
  }
  field "Shown__c" {
    type      = "text"
    read_only = true
  }
  field "Total__c" {
    type    = "formula"
    returns = "number"
    value   = "1"
    hidden  = true
  }
}`

// grant makes a permission set with one field permission and assigns it.
func (o *org) grant(set, field string, edit bool) (setID, permission, assignment string) {
	o.t.Helper()
	setID = o.insert("PermissionSet", fields{"Name": set, "Label": set})
	editable := "false"
	if edit {
		editable = "true"
	}
	permission = o.insert("FieldPermissions", fields{
		"ParentId": setID, "SobjectType": "contact", "Field": "contact." + field, "PermissionsRead": "true", "PermissionsEdit": editable,
	})
	return setID, permission, o.insert("PermissionSetAssignment", fields{"AssigneeId": o.user, "PermissionSetId": setID})
}

// A user who may not set up the org writes none of the objects that say who may
// what, by no operation; and nobody changes by a key what is not changed by id.
func TestSetupNeedsAPermission(t *testing.T) {
	t.Parallel()
	o := start(t, accessSchema)
	set, permission, assignment := o.grant("Set", "Secret__c", true)
	o.db.RestrictSetup(func(username string) bool { return username == "boss@acme.example" })
	const refusal = "INSUFFICIENT_ACCESS_OR_READONLY"
	refused(t, o.write(o.actor, store.Insert, "PermissionSet", "", fields{"Name": "Mine", "Label": "Mine"}).Err, refusal)
	refused(t, o.write(o.actor, store.Update, "FieldPermissions", permission, fields{"PermissionsEdit": "false"}).Err, refusal)
	refused(t, o.write(o.actor, store.Delete, "PermissionSetAssignment", assignment, nil).Err, refusal)
	refused(t, o.write(store.Actor{UserID: "005000000000000AAA"}, store.Delete, "PermissionSet", set, nil).Err, refusal)
	boss := store.Actor{UserID: o.other, By: "rest"}
	for _, actor := range []store.Actor{boss, o.admin} {
		if outcome := o.write(actor, store.Update, "PermissionSet", set, fields{"Label": "New"}); outcome.Err != nil {
			t.Error(outcome.Err)
		}
	}
	view := o.db.View(o.user)
	user, _ := view.Object("User")
	key, _ := user.Field("Username")
	title, _ := user.Field("Title")
	m := store.Mutation{Op: store.Upsert, Object: user, Key: key, Cells: []store.Cell{{Field: key, Text: "boss@acme.example"}, {Field: title, Text: "x"}}}
	refused(t, o.db.Apply(o.actor, true, []store.Mutation{m})[0].Err, "INVALID_TYPE_FOR_OPERATION")

	if outcome := o.write(o.admin, store.Delete, "User", o.other, nil); outcome.Err != nil {
		t.Fatal(outcome.Err)
	}
	refused(t, o.write(boss, store.Update, "PermissionSet", set, fields{"Label": "x"}).Err, refusal)
}

func (o *org) drop(object, id string) {
	o.t.Helper()
	if outcome := o.write(o.actor, store.Delete, object, id, nil); outcome.Err != nil {
		o.t.Fatal(outcome.Err)
	}
}

// access is how a user sees a field of Contact.
func (o *org) access(userID, name string) string {
	contact, _ := o.db.View(userID).Object("Contact")
	i, ok := contact.Field(name)
	switch {
	case !ok:
		return "absent"
	case contact.Fields[i].Updateable():
		return "writable"
	default:
		return "visible"
	}
}

func TestAccessFollowsPermissionSets(t *testing.T) {
	t.Parallel()
	o := start(t, accessSchema)
	see := func(step string, want ...string) {
		t.Helper()
		var got []string
		for _, name := range []string{"Secret__c", "Shown__c", "Total__c"} {
			got = append(got, o.access(o.user, name))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", step, diff)
		}
		if o.access(o.other, "Secret__c") != "absent" || o.access(o.other, "Shown__c") != "visible" {
			t.Errorf("%s: the other user sees it", step)
		}
	}
	see("at first", "absent", "visible", "absent")
	id := o.insert("Contact", fields{"LastName": "Lovelace"})
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"Secret__c": "x"}).Err, "INVALID_FIELD")
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"Shown__c": "x"}).Err, "INVALID_FIELD_FOR_INSERT_UPDATE")

	before := o.db.View(o.user)
	_, read, _ := o.grant("Readers", "secret__C", false)
	see("granted read", "visible", "visible", "absent")
	if got := o.field("FieldPermissions", read, "Field"); got != "Contact.Secret__c" {
		t.Errorf("the field is stored as %q", got)
	}
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"Secret__c": "x"}).Err, "INVALID_FIELD_FOR_INSERT_UPDATE")
	if contact, _ := before.Object("Contact"); before == o.db.View(o.user) {
		t.Error("the view stayed")
	} else if _, ok := contact.Field("Secret__c"); ok {
		t.Error("a view that somebody holds was changed")
	}
	writers, _, assignment := o.grant("Writers", "Secret__c", true)
	see("several add up", "writable", "visible", "absent")
	o.update("Contact", id, fields{"Secret__c": "x"})
	o.drop("PermissionSetAssignment", assignment)
	see("no longer assigned", "visible", "visible", "absent")
	o.insert("PermissionSetAssignment", fields{"AssigneeId": o.user, "PermissionSetId": writers})
	o.grant("Others", "Shown__c", true)
	o.grant("More", "Total__c", false)
	see("all", "writable", "writable", "visible")
	o.drop("PermissionSet", writers)
	see("set deleted", "visible", "writable", "visible")
	o.update("FieldPermissions", read, fields{"PermissionsRead": "false"})
	see("withdrawn", "absent", "writable", "visible")
}

func TestAccessOfWritesThatAreRolledBack(t *testing.T) {
	t.Parallel()
	o := start(t, accessSchema)
	set := o.insert("PermissionSet", fields{"Name": "S", "Label": "S"})
	o.insert("PermissionSetAssignment", fields{"AssigneeId": o.user, "PermissionSetId": set})
	rows := []store.Mutation{
		o.mutation(o.actor, store.Insert, "FieldPermissions", "", fields{
			"ParentId": set, "SobjectType": "Contact", "Field": "Contact.Secret__c", "PermissionsRead": "true",
		}),
		o.mutation(o.actor, store.Insert, "Contact", "", nil),
	}
	refused(t, o.db.Apply(o.actor, true, rows)[0].Err, "ALL_OR_NONE_OPERATION_ROLLED_BACK")
	if got := o.access(o.user, "Secret__c"); got != "absent" {
		t.Errorf("the field is %s", got)
	}
	unit := o.db.Begin()
	inside := &org{t: t, db: o.db.In(unit)}
	inside.db.Apply(o.actor, false, rows[:1])
	if got := inside.access(o.user, "Secret__c"); got != "visible" {
		t.Errorf("within the unit the field is %s", got)
	}
	unit.Rollback()
	if got := o.access(o.user, "Secret__c"); got != "absent" {
		t.Errorf("after the unit the field is %s", got)
	}
}

func TestPermissionsThatAreRefused(t *testing.T) {
	t.Parallel()
	o := start(t, accessSchema)
	set, _, _ := o.grant("S", "Secret__c", false)
	field := func(object, name, read, edit string) fields {
		return fields{"ParentId": set, "SobjectType": object, "Field": name, "PermissionsRead": read, "PermissionsEdit": edit}
	}
	for name, c := range map[string]struct {
		row    fields
		object string
		code   string
	}{
		"twice":                 {row: field("Contact", "Contact.Secret__c", "true", "true"), code: "DUPLICATE_VALUE"},
		"edit without read":     {row: field("Contact", "Contact.Title", "false", "true"), code: "FIELD_INTEGRITY_EXCEPTION"},
		"a required field":      {row: field("Contact", "Contact.LastName", "true", "true"), code: "FIELD_INTEGRITY_EXCEPTION"},
		"a system field":        {row: field("Contact", "Contact.CreatedDate", "true", "false"), code: "FIELD_INTEGRITY_EXCEPTION"},
		"a formula for writing": {row: field("Contact", "Contact.Total__c", "true", "true"), code: "FIELD_INTEGRITY_EXCEPTION"},
		"no such field":         {row: field("Contact", "Contact.Nope__c", "true", "false"), code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"no such object":        {row: field("Nope__c", "Nope__c.X__c", "true", "false"), code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"another object":        {row: field("Account", "Contact.Title", "true", "false"), code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"without the object":    {row: field("Contact", "Title", "true", "false"), code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"},
		"set of the same name":  {object: "PermissionSet", row: fields{"Name": "s", "Label": "x"}, code: "DUPLICATE_VALUE"},
		"object edit without read": {
			object: "ObjectPermissions", code: "FIELD_INTEGRITY_EXCEPTION",
			row: fields{"ParentId": set, "SobjectType": "Contact", "PermissionsEdit": "true"},
		},
	} {
		object := c.object
		if object == "" {
			object = "FieldPermissions"
		}
		t.Run(name, func(t *testing.T) {
			refused(t, o.write(o.actor, store.Insert, object, "", c.row).Err, c.code)
		})
	}
	o.insert("ObjectPermissions", fields{"ParentId": set, "SobjectType": "contact", "PermissionsRead": "true", "PermissionsCreate": "true"})
	refused(t, o.write(o.actor, store.Insert, "ObjectPermissions", "", fields{"ParentId": set, "SobjectType": "Contact", "PermissionsRead": "true"}).Err, "DUPLICATE_VALUE")
}

// The refusal of a second assignment reads as the recorded one does.
func TestAssignedTwice(t *testing.T) {
	t.Parallel()
	o := start(t, accessSchema)
	set, _, _ := o.grant("S", "Secret__c", false)
	err := refusal(t, o.write(o.actor, store.Insert, "PermissionSetAssignment", "", fields{"AssigneeId": o.user, "PermissionSetId": set}).Err, "DUPLICATE_VALUE")
	want := "Duplicate PermissionSetAssignment.  Assignee: " + o.user[:15] + "; Permission Set: " + set[:15]
	if diff := cmp.Diff([]string{"AssigneeId", "PermissionSetId"}, err.Fields); diff != "" || err.Message != want {
		t.Errorf("got %q, want %q; %s", err.Message, want, diff)
	}
	path := filepath.Join("..", "..", "..", "..", "..", "shared", "salesforce-fixtures", "error-duplicate-value-400.json")
	text, readErr := os.ReadFile(path)
	if os.IsNotExist(readErr) {
		return // the recordings are not part of the checkout; the wording above is theirs
	}
	var recorded []struct {
		Message string   `json:"message"`
		Fields  []string `json:"fields"`
	}
	if json.Unmarshal(text, &recorded) != nil || len(recorded) != 1 {
		t.Fatalf("%s: not as expected", path)
	}
	shape := recorded[0].Message[:len("Duplicate PermissionSetAssignment.  Assignee: ")]
	if diff := cmp.Diff(recorded[0].Fields, err.Fields); diff != "" || want[:len(shape)] != shape || len(want) != len(recorded[0].Message) {
		t.Errorf("recorded %q %s", recorded[0].Message, diff)
	}
}
