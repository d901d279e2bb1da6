package store_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

const parentSchema = `
object "Account" {
  field "Key__c" {
    type        = "text"
    external_id = true
  }
  field "Code__c" {
    type        = "text"
    external_id = true
    unique      = true
  }
}
object "Part__c" {
  field "Account__c" {
    type         = "master_detail"
    reference_to = "Account"
  }
  field "Any__c" {
    type         = "reference"
    reference_to = ["Contact", "Lead"]
  }
}`

func TestParentsByKey(t *testing.T) {
	t.Parallel()
	o := start(t, parentSchema)
	acme := o.insert("Account", fields{"Name": "Acme", "Key__c": "k", "Code__c": "c"})
	other := o.insert("Account", fields{"Name": "Other", "Key__c": "twice"})
	o.insert("Account", fields{"Name": "Another", "Key__c": "twice"})
	contact := o.insert("Contact", fields{"LastName": "A", "Email": "a@acme.example", "Account.Code__c": "C"})
	lead := o.insert("Lead", fields{"LastName": "L", "Company": "C", "Email": "l@acme.example"})
	if got := o.field("Contact", contact, "AccountId"); got != acme {
		t.Errorf("the parent is %s", got)
	}
	for sent, want := range map[string]string{"Account.Key__c=k": acme, "Account.Id=" + other[:15]: other, "Owner.Username=BOSS@acme.example": o.other, "Owner.Email=Boss@ACME.example": o.other} {
		name, text, _ := cut(sent)
		o.update("Contact", contact, fields{name: text})
		lookup := map[byte]string{'A': "AccountId", 'O': "OwnerId"}[name[0]]
		if got := o.field("Contact", contact, lookup); got != want {
			t.Errorf("%s leads to %s, want %s", sent, got, want)
		}
	}
	part := o.insert("Part__c", fields{"Account__r.Key__c": "k", "Lead:Any__r.Email": "L@acme.example"})
	if o.field("Part__c", part, "Account__c") != acme || o.field("Part__c", part, "Any__c") != lead {
		t.Error("custom relationships lead elsewhere")
	}
	o.update("Part__c", part, fields{"Contact:Any__r.Email": "a@acme.example"})
	if got := o.field("Part__c", part, "Any__c"); got != contact {
		t.Errorf("polymorphic: %s", got)
	}
}

func cut(sent string) (name, text string, ok bool) {
	for i := range sent {
		if sent[i] == '=' {
			return sent[:i], sent[i+1:], true
		}
	}
	return sent, "", false
}

func TestParentKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	o := start(t, parentSchema)
	acme := o.insert("Account", fields{"Name": "Acme", "Key__c": "k"})
	o.insert("Account", fields{"Name": "One", "Key__c": "twice"})
	o.insert("Account", fields{"Name": "Two", "Key__c": "twice"})
	gone := o.insert("Account", fields{"Name": "Gone", "Key__c": "gone"})
	o.drop("Account", gone)
	contact := o.insert("Contact", fields{"LastName": "A"})
	for name, c := range map[string]struct {
		row           fields
		code, message string
	}{
		"no such key": {
			row: fields{"Account.Key__c": "0116"}, code: "INVALID_FIELD",
			message: "Foreign key external ID: 0116 not found for field Key__c in entity Account",
		},
		"another case":     {row: fields{"Account.Key__c": "K"}, code: "INVALID_FIELD"},
		"deleted":          {row: fields{"Account.Key__c": "gone"}, code: "INVALID_FIELD"},
		"empty":            {row: fields{"Account.Key__c": " "}, code: "INVALID_FIELD"},
		"several":          {row: fields{"Account.Key__c": "twice"}, code: "DUPLICATE_EXTERNAL_ID"},
		"no lookup field":  {row: fields{"Account.Name": "Acme"}, code: "INVALID_FIELD"},
		"by key and by id": {row: fields{"Account.Key__c": "k", "AccountId": acme}, code: "INVALID_FIELD"},
		"another object":   {row: fields{"Lead:Account.Email": "l@acme.example"}, code: "INVALID_FIELD"},
		"malformed id":     {row: fields{"Account.Id": "k"}, code: "MALFORMED_ID"},
	} {
		err := refusal(t, o.write(o.actor, store.Update, "Contact", contact, c.row).Err, c.code)
		if c.message != "" && err.Message != c.message {
			t.Errorf("%s: got %q, want %q", name, err.Message, c.message)
		}
	}
	part := o.insert("Part__c", fields{"Account__r.Key__c": "k"})
	refused(t, o.write(o.actor, store.Update, "Part__c", part, fields{"Account__r.Key__c": "k"}).Err, "INVALID_FIELD_FOR_INSERT_UPDATE")
}

// A parent made earlier in the same request is found, and nobody finds it after
// the request was rolled back.
func TestParentsOfTheSameTransaction(t *testing.T) {
	t.Parallel()
	o := start(t, parentSchema)
	contact := func() store.Mutation {
		return o.mutation(o.actor, store.Insert, "Contact", "", fields{"LastName": "A", "Account.Key__c": "new"})
	}
	rows := []store.Mutation{o.mutation(o.actor, store.Insert, "Account", "", fields{"Name": "New", "Key__c": "new"}), contact()}
	failing := append(rows[:2:2], o.mutation(o.actor, store.Insert, "Contact", "", nil))
	refused(t, o.db.Apply(o.actor, true, failing)[1].Err, "ALL_OR_NONE_OPERATION_ROLLED_BACK")
	refused(t, o.db.Apply(o.actor, false, []store.Mutation{contact()})[0].Err, "INVALID_FIELD")
	for _, outcome := range o.db.Apply(o.actor, true, rows) {
		if outcome.Err != nil {
			t.Error(outcome.Err)
		}
	}
}
