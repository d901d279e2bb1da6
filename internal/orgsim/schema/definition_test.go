package schema_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const defined = `
object "Zebra__c" {
  label = "Striped"
  field "Name" {
    type   = "autonumber"
    format = "Z-{000}"
  }
  field "Herd__c" {
    type         = "master_detail"
    reference_to = "Account"
  }
}
object "Apple__c" {}
object "Contact" {
  field "Score__c" {
    type   = "number"
    scale  = 2
    hidden = true
  }
  validation_rule "Title_Given" {
    when    = "Title = null"
    message = "Give the contact a title."
  }
}
`

// The definitions of a schema, also after they have been text, make it anew:
// objects, fields and their places, prefixes and rules.
func TestDefinitionsMakeTheSchema(t *testing.T) {
	t.Parallel()
	want, err := schema.Parse("x.hcl", []byte(defined))
	if err != nil {
		t.Fatal(err)
	}
	if want, err = want.AddField("Contact", schema.Field{Name: "Gone__c", Type: schema.TextArea, Length: 32_000}); err != nil {
		t.Fatal(err)
	}
	if want, err = want.RemoveField("Contact", "Gone__c"); err != nil {
		t.Fatal(err)
	}
	if want, err = want.AddField("Contact", schema.Field{Name: "Gone__c", Type: schema.Date}); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(want.Definitions())
	if err != nil {
		t.Fatal(err)
	}
	var list []schema.Definition
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	got, err := schema.Defined(list)
	if err != nil {
		t.Fatal(err)
	}
	everything := cmp.AllowUnexported(schema.Object{}, schema.Field{})
	if diff := cmp.Diff(want.Objects(), got.Objects(), everything); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStandardSchemaHasNoDefinitions(t *testing.T) {
	t.Parallel()
	if list := schema.Standard().Definitions(); len(list) != 0 {
		t.Errorf("definitions %+v", list)
	}
}

func TestBrokenDefinitionsAreRefused(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]schema.Definition{
		"a name":      {Name: "not a name"},
		"a standard":  {Name: "Nope"},
		"a type":      {Name: "X__c", Fields: []schema.DefinedField{{Field: schema.Field{Name: "A__c", Type: "colour"}}}},
		"a target":    {Name: "X__c", Fields: []schema.DefinedField{{Field: schema.Field{Name: "A__c", Type: schema.Reference, ReferenceTo: []string{"Y__c"}}}}},
		"a rule":      {Name: "Contact", Rules: schema.Rules{Validations: []schema.ValidationRule{{Name: "r"}}}},
		"twice there": {Name: "Contact", Fields: []schema.DefinedField{{Field: schema.Field{Name: "Email", Type: schema.Email}}}},
	} {
		if _, err := schema.Defined([]schema.Definition{d}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
