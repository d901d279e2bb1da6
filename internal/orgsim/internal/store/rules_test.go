package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const rulesSchema = `
object "Contact" {
  field "Hired__c" {
    type = "date"
  }
  validation_rule "Title_of_doctors" {
    when    = "Salutation = 'Dr.' AND Title = null"
    message = "A doctor has a title."
    field   = "Title"
  }
  validation_rule "Hired_in_the_past" {
    when    = "Hired__c > TODAY OR Account.Site = 'closed'"
    message = "Not yet hired."
  }
  duplicate_rule "Same_mail" {
    match  = ["Email"]
    action = "alert"
  }
  duplicate_rule "Same_person" {
    match   = ["LastName", "FirstName", "Phone"]
    action  = "block"
    message = "Known already."
    on      = ["create"]
  }
  automation "Shout" {
    when      = "Department != null"
    field     = "Department"
    transform = "upper"
  }
  automation "Mark" {
    when  = "Department = 'SALES'"
    on    = ["update"]
    field = "LeadSource"
    set   = "Web"
  }
}
object "Lead" {
  assignment_rule "Leads" {
    owner = "boss@acme.example"
  }
  duplicate_rule "Same_company" {
    match  = ["Company", "LastName"]
    action = "block"
  }
  automation "Shout" {
    field     = "FirstName"
    transform = "upper"
  }
}
object "Case" {
  assignment_rule "Urgent" {
    when  = "Priority = 'High'"
    owner = "boss@acme.example"
  }
  assignment_rule "Rest" {
    owner = "API@acme.example"
  }
}`

func TestValidationRules(t *testing.T) {
	t.Parallel()
	o := start(t, rulesSchema)
	err := refusal(t, o.write(o.actor, store.Insert, "Contact", "", fields{"LastName": "Who", "Salutation": "Dr."}).Err, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	if diff := cmp.Diff(sferr.On([]string{"Title"}, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "A doctor has a title."), err); diff != "" {
		t.Error(diff)
	}
	id := o.insert("Contact", fields{"LastName": "Who", "Salutation": "Dr.", "Title": "Time Lord", "Hired__c": "2026-05-01"})
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"Title": ""}).Err, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	err = refusal(t, o.write(o.actor, store.Update, "Contact", id, fields{"Hired__c": "2026-05-02"}).Err, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	if err.Fields == nil || len(err.Fields) != 0 {
		t.Errorf("a rule without a field blames %v", err.Fields)
	}
	if got := o.field("Contact", id, "Hired__c"); got != "2026-05-01" {
		t.Errorf("the refused value is stored: %s", got)
	}
	closed := o.insert("Account", fields{"Name": "Acme", "Site": "closed"})
	refused(t, o.write(o.actor, store.Update, "Contact", id, fields{"AccountId": closed}).Err, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	if outcome := o.write(o.admin, store.Insert, "Contact", "", fields{"LastName": "Who", "Salutation": "Dr."}); outcome.Err != nil {
		t.Errorf("the initial load runs rules: %v", outcome.Err)
	}
}

func TestDuplicateRules(t *testing.T) {
	t.Parallel()
	o := start(t, rulesSchema)
	first := o.insert("Contact", fields{"LastName": "Lovelace", "FirstName": "Ada", "Phone": "1", "Email": "ada@acme.example"})
	twin := fields{"LastName": "Byron", "Email": "ADA@acme.example"}
	err := refusal(t, o.write(o.actor, store.Insert, "Contact", "", twin).Err, "DUPLICATES_DETECTED")
	want := &sferr.Error{
		Code: "DUPLICATES_DETECTED", Message: "Use one of these records?",
		Duplicates: &sferr.Duplicates{AllowSave: true, Rule: "Same_mail", Entity: "Contact", Records: []string{first}},
	}
	if diff := cmp.Diff(want, err); diff != "" {
		t.Error(diff)
	}
	allowing := o.actor
	allowing.AllowDuplicates = true
	second := o.write(allowing, store.Insert, "Contact", "", twin)
	if second.Err != nil {
		t.Fatal(second.Err)
	}
	o.update("Contact", second.ID, fields{"Title": "Countess"}) // does not touch what is matched by

	person := fields{"LastName": "LOVELACE", "FirstName": "Ada", "Phone": "1"}
	err = refusal(t, o.write(allowing, store.Insert, "Contact", "", person).Err, "DUPLICATES_DETECTED")
	if err.Message != "Known already." || err.Duplicates.AllowSave {
		t.Errorf("a block is %+v", err.Duplicates)
	}
	other := o.insert("Contact", fields{"LastName": "Lovelace", "FirstName": "Ada"}) // a null matches nothing
	o.update("Contact", other, fields{"Phone": "1"})                                 // the rule is for creates
	refused(t, o.write(o.actor, store.Update, "Contact", other, fields{"Email": "ada@acme.example"}).Err, "DUPLICATES_DETECTED")
	lead := o.insert("Lead", fields{"LastName": "L", "Company": "Acme"})
	o.update("Lead", lead, fields{"Company": "ACME"}) // is no duplicate of itself
	for _, id := range []string{first, second.ID} {
		if outcome := o.write(o.actor, store.Delete, "Contact", id, nil); outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
	o.update("Contact", other, fields{"Email": "ada@acme.example"})
}

func TestAssignmentRules(t *testing.T) {
	t.Parallel()
	o := start(t, rulesSchema)
	rule := func(name string) string {
		for _, row := range o.db.Rows("AssignmentRule") {
			if id := row.At(0); o.field("AssignmentRule", id, "Name") == name {
				return id
			}
		}
		t.Fatalf("no rule %s is listed", name)
		return ""
	}
	for name, c := range map[string]struct{ assign, priority, owner, by string }{
		"off by default":          {priority: "High", owner: o.user},
		"off":                     {assign: "false", priority: "High", owner: o.user},
		"first rule":              {assign: store.AutoAssignActive, priority: "High", owner: o.other, by: "Urgent"},
		"next rule":               {assign: store.AutoAssignActive, priority: "Low", owner: o.user, by: "Rest"},
		"named rule":              {assign: rule("Rest"), priority: "High", owner: o.user, by: "Rest"},
		"named rule that is idle": {assign: rule("Urgent")[:15], priority: "Low", owner: o.user},
	} {
		actor := o.actor
		actor.AutoAssign = c.assign
		outcome := o.write(actor, store.Insert, "Case", "", fields{"Subject": name, "Priority": c.priority})
		if outcome.Err != nil {
			t.Fatalf("%s: %v", name, outcome.Err)
		}
		if got := o.field("Case", outcome.ID, "OwnerId"); got != c.owner {
			t.Errorf("%s: owner %s, want %s", name, got, c.owner)
		}
		if history := o.db.History("Case", outcome.ID); history[0].AssignmentRule != c.by {
			t.Errorf("%s: history says %q, want %q", name, history[0].AssignmentRule, c.by)
		}
	}
	actor := o.actor
	for _, id := range []string{"01Q000000000001", rule("Leads")} {
		actor.AutoAssign = id
		refused(t, o.write(actor, store.Insert, "Case", "", fields{"Subject": "x"}).Err, "INVALID_CROSS_REFERENCE_KEY")
	}
	if err := o.write(actor, store.Insert, "Account", "", fields{"Name": "x"}).Err; err != nil {
		t.Errorf("a rule of another object, beside which an account stands: %v", err)
	}
	actor.AutoAssign = "01Q000000000001"
	refused(t, o.write(actor, store.Insert, "Account", "", fields{"Name": "x"}).Err, "INVALID_CROSS_REFERENCE_KEY")
	id := o.insert("Case", fields{"Subject": "x"})
	actor.AutoAssign = store.AutoAssignActive
	o.write(actor, store.Update, "Case", id, fields{"Priority": "High"})
	if got := o.field("Case", id, "OwnerId"); got != o.user {
		t.Error("an update assigns")
	}
}

func TestAutomationsChangeWhatWasWritten(t *testing.T) {
	t.Parallel()
	o := start(t, rulesSchema)
	id := o.insert("Contact", fields{"LastName": "Lovelace", "Department": "sales"})
	if got := o.field("Contact", id, "Department") + o.field("Contact", id, "LeadSource"); got != "SALES" {
		t.Errorf("after the create: %q", got)
	}
	o.update("Contact", id, fields{"Department": "Sales", "Title": "Head"})
	want := []store.Change{{Field: "Title", After: "Head"}, {Field: "LeadSource", After: "Web"}}
	writes := o.db.History("Contact", id)
	if diff := cmp.Diff(want, writes[1].Changes); diff != "" {
		t.Error(diff)
	}
	lead := o.insert("Lead", fields{"FirstName": "Ada", "LastName": "L", "Company": "C"})
	if got := o.field("Lead", lead, "Name"); got != "ADA L" {
		t.Errorf("the name does not follow: %q", got)
	}
	o.update("Contact", id, fields{"Department": ""})
	if got := o.field("Contact", id, "Department"); got != "" {
		t.Errorf("cleared and still %q", got)
	}
}

// What only the org can tell of a rule is an error that names the rule's place.
func TestRulesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for want, hcl := range map[string]string{
		`org.hcl:2,1: object Contact: validation_rule "v": when: No such column 'Nope__c' on entity 'Contact'`: `validation_rule "v" {
  when    = "Nope__c = 1"
  message = "m"
}`,
		`validation_rule "v": when: `: `validation_rule "v" {
  when    = "Title ="
  message = "m"
}`,
		`validation_rule "v": when: a condition and nothing after it`: `validation_rule "v" {
  when    = "Title = null LIMIT 1"
  message = "m"
}`,
		`automation "a": when: value of filter criterion`: `automation "a" {
  when  = "Title = 1"
  field = "Title"
  set   = "x"
}`,
		`automation "a": set: `: `automation "a" {
  field = "Birthdate"
  set   = "today"
}`,
	} {
		s, err := schema.Parse("org.hcl", []byte("object \"Contact\" {\n"+hcl+"\n}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.New(s, "ak", time.Now); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	s, err := schema.Parse("org.hcl", []byte("object \"Case\" {\n  assignment_rule \"r\" {\n    owner = \"nobody\"\n  }\n}"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.New(s, "ak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Catalogue(store.Actor{}); err == nil || !strings.Contains(err.Error(), `org.hcl:2,3: object Case: assignment_rule "r": no user has the username "nobody"`) {
		t.Errorf("got %v", err)
	}
}
