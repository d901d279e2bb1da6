package schema_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const rulesHCL = `
object "Lead" {
  field "Parent__c" {
    type         = "master_detail"
    reference_to = "Account"
  }
  field "Any__c" {
    type         = "reference"
    reference_to = ["Contact", "Account"]
  }
  validation_rule "v" {
    when    = "Title = null"
    message = "m"
    field   = "Title"
  }
  duplicate_rule "d" {
    match  = ["Email", "Company"]
    action = "block"
    on     = ["update"]
  }
  assignment_rule "r" {
    when  = "Rating = 'Hot'"
    owner = "a@acme.example"
  }
  automation "a" {
    field     = "Title"
    transform = "trim"
  }
}`

const rulesJSON = `{"object": {"Lead": {
  "field": {
    "Parent__c": {"type": "master_detail", "reference_to": "Account"},
    "Any__c": {"type": "reference", "reference_to": ["Contact", "Account"]}},
  "validation_rule": {"v": {"when": "Title = null", "message": "m", "field": "Title"}},
  "duplicate_rule": {"d": {"match": ["Email", "Company"], "action": "block", "on": ["update"]}},
  "assignment_rule": {"r": {"when": "Rating = 'Hot'", "owner": "a@acme.example"}},
  "automation": {"a": {"field": "Title", "transform": "trim"}}}}}`

func TestRulesInFiles(t *testing.T) {
	t.Parallel()
	want := schema.Rules{
		Validations: []schema.ValidationRule{{Name: "v", When: "Title = null", Message: "m", Field: "Title"}},
		Duplicates:  []schema.DuplicateRule{{Name: "d", Match: []string{"Email", "Company"}, Action: schema.Block, On: []schema.Event{schema.OnUpdate}}},
		Assignments: []schema.AssignmentRule{{Name: "r", When: "Rating = 'Hot'", Owner: "a@acme.example"}},
		Automations: []schema.Automation{{Name: "a", Field: "Title", Transform: schema.Trim}},
	}
	places := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Place" }, cmp.Ignore())
	for name, text := range map[string]string{"org.hcl": rulesHCL, "org.json": rulesJSON} {
		s, err := schema.Parse(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		lead, _ := s.Object("Lead")
		if diff := cmp.Diff(want, lead.Rules, places); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, place := range []string{lead.Rules.Validations[0].Place, lead.Rules.Automations[0].Place} {
			if len(place) < len(name) || place[:len(name)] != name {
				t.Errorf("a rule of %s stands at %q", name, place)
			}
		}
		parent, _ := lead.Field("Parent__c")
		if f := lead.Fields[parent]; f.Type != schema.Reference || !f.Createable() || f.Updateable() || f.Nillable() {
			t.Errorf("a master-detail field is %+v", f)
		}
		several, _ := lead.Field("Any__c")
		if diff := cmp.Diff([]string{"Contact", "Account"}, lead.Fields[several].ReferenceTo); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	s, err := schema.Parse("org.hcl", []byte(rulesHCL))
	if err != nil {
		t.Fatal(err)
	}
	if lead, _ := s.Object("Lead"); lead.Rules.Validations[0].Place != "org.hcl:11,3" {
		t.Errorf("the rule stands at %q", lead.Rules.Validations[0].Place)
	}
}

// A change makes another schema, in which fields keep their places.
func TestChangesCopy(t *testing.T) {
	t.Parallel()
	base := schema.Standard()
	added, err := base.AddField("contact", schema.Field{Name: "X__c", Type: schema.Text, Hidden: true})
	if err != nil {
		t.Fatal(err)
	}
	place := func(s *schema.Schema, name string) (int, bool) {
		contact, _ := s.Object("Contact")
		return contact.AnyField(name)
	}
	if _, ok := place(base, "X__c"); ok {
		t.Error("the first schema was changed")
	}
	before, _ := place(added, "x__C")
	changed, err := added.ChangeField("Contact", schema.Field{Name: "x__c", Type: schema.Text, Length: 10})
	if err != nil {
		t.Fatal(err)
	}
	contact, _ := changed.Object("Contact")
	if f := contact.Fields[before]; f.Name != "X__c" || f.Length != 10 || !f.Hidden {
		t.Errorf("the changed field is %+v", f)
	}
	removed, err := changed.RemoveField("Contact", "X__c")
	if err != nil {
		t.Fatal(err)
	}
	again, err := removed.AddField("Contact", schema.Field{Name: "X__c", Type: schema.Checkbox})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := place(removed, "X__c"); ok {
		t.Error("the removed field is found")
	}
	if after, _ := place(again, "X__c"); after != before+1 {
		t.Errorf("the new field is at %d, the old one was at %d", after, before)
	}
	for want, err := range map[error]error{
		schema.ErrExists:      second(again.AddField("Contact", schema.Field{Name: "X__c", Type: schema.Text})),
		schema.ErrUnknown:     second(removed.RemoveField("Contact", "X__c")),
		schema.ErrNotEditable: second(again.RemoveField("Contact", "Title")),
		schema.ErrTypeChange:  second(again.ChangeField("Contact", schema.Field{Name: "X__c", Type: schema.Text})),
	} {
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func second(_ *schema.Schema, err error) error { return err }

func TestViewsShareWhatIsTheSame(t *testing.T) {
	t.Parallel()
	base, err := schema.Standard().AddField("Contact", schema.Field{Name: "X__c", Type: schema.Text, Hidden: true})
	if err != nil {
		t.Fatal(err)
	}
	if base.View(func(_, _ string) schema.Access { return schema.Access{} }) != base {
		t.Error("a view without grants is another schema")
	}
	view := base.View(func(object, field string) schema.Access {
		return schema.Access{Read: object+"."+field == "contact.x__c"}
	})
	for _, o := range base.Objects() {
		if seen, _ := view.Object(o.Name); (seen == o) != (o.Name != "Contact") {
			t.Errorf("%s is shared: %v", o.Name, seen == o)
		}
	}
	contact, _ := view.Object("Contact")
	if i, ok := contact.Field("X__c"); !ok || contact.Fields[i].Createable() {
		t.Error("the granted field is not there for reading")
	}
}
