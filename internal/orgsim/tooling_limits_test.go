package orgsim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// withThings is an org with an empty custom object.
func withThings(t *testing.T) *testBundle {
	t.Helper()
	s := schema.Standard()
	if err := s.Add(schema.Object{Name: "Thing__c"}); err != nil {
		t.Fatal(err)
	}
	return setup(t, orgsim.Config{Schema: s})
}

func TestFieldDefinitionsOverTheLimits(t *testing.T) {
	t.Parallel()
	b := withThings(t)
	b.create("Account", map[string]any{"Name": "Acme"})
	b.define("Contact.Taken__c", `{"label":"x","type":"Lookup","referenceTo":"Account","relationshipName":"Taken_By"}`)
	label := func(label string) string { return `{"label":"` + label + `","type":"Text","length":10}` }
	values := func(names ...string) string {
		return `{"label":"x","type":"Picklist","valueSet":{"valueSetDefinition":{"sorted":false,"value":[{"fullName":"` + strings.Join(names, `","default":false},{"fullName":"`) + `","default":false}]}}}`
	}
	relation := func(kind, name string) string {
		return `{"label":"x","type":"` + kind + `","referenceTo":"Account","relationshipName":"` + name + `"}`
	}
	for name, test := range map[string]struct {
		fullName, metadata, code, message string
	}{
		"a long label":               {"Contact.A__c", label(strings.Repeat("L", 81)), "STRING_TOO_LONG", "(max length=40)"},
		"a label of emoji":           {"Contact.A__c", label(strings.Repeat("😀", 21)), "STRING_TOO_LONG", "(max length=40)"},
		"a label with a bell":        {"Contact.A__c", label(`a\u0007`), "FIELD_INTEGRITY_EXCEPTION", "control character"},
		"a long name":                {"Contact." + strings.Repeat("N", 78) + "__c", label("x"), "STRING_TOO_LONG", "Field Name: data value too large"},
		"no length at all":           {"Contact.A__c", `{"label":"x","type":"Text","length":0}`, "FIELD_INTEGRITY_EXCEPTION", "length"},
		"a negative length":          {"Contact.A__c", `{"label":"x","type":"Text","length":-1}`, "FIELD_INTEGRITY_EXCEPTION", "length"},
		"no precision at all":        {"Contact.A__c", `{"label":"x","type":"Number","precision":0,"scale":0}`, "FIELD_INTEGRITY_EXCEPTION", "precision"},
		"a value twice":              {"Contact.A__c", values("Done", "done"), "FIELD_INTEGRITY_EXCEPTION", "Duplicate picklist value: done"},
		"a long value":               {"Contact.A__c", values(strings.Repeat("V", 256)), "STRING_TOO_LONG", "(max length=255)"},
		"a value with a bell":        {"Contact.A__c", values(`a\u0007`), "FIELD_INTEGRITY_EXCEPTION", "control character"},
		"a bad relationship":         {"Contact.A__c", relation("Lookup", "1 bad"), "FIELD_INTEGRITY_EXCEPTION", "begin with a letter"},
		"a long relationship":        {"Contact.A__c", relation("Lookup", strings.Repeat("R", 41)), "STRING_TOO_LONG", "(max length=40)"},
		"a relationship twice":       {"Thing__c.A__c", relation("Lookup", "taken_by"), "FIELD_INTEGRITY_EXCEPTION", "that of Contact.Taken__c"},
		"a standard object's master": {"Contact.A__c", relation("MasterDetail", "As"), "FIELD_INTEGRITY_EXCEPTION", "standard object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := b.do(http.MethodPost, customFields, `{"FullName":"`+test.fullName+`","Metadata":`+test.metadata+`}`).refused(http.StatusBadRequest, test.code)
			if !strings.Contains(refused.Message, test.message) {
				t.Errorf("message %q", refused.Message)
			}
			b.get(data + "/tooling/query?q=" + url.QueryEscape("SELECT COUNT() FROM CustomField")).want(http.StatusOK)
		})
	}
}

// Whatever fits the limits fits the catalog too, by Tooling API and by schema
// file, and can be changed.
func TestFieldDefinitionsAtTheLimits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("N", schema.MaxName)
	label := strings.Repeat("😀", schema.MaxLabel/2)
	targets := []string{}
	text := fmt.Sprintf("object %q {\n  label = %q\n", long+"__c", label)
	text += fmt.Sprintf("  field %q {\n    type  = \"autonumber\"\n    label = %q\n    format = %q\n  }\n", long+"__c", label, strings.Repeat("F", 18)+"{0000000000}")
	var others strings.Builder
	for i := range 10 {
		name := fmt.Sprintf("%s%d__c", long[1:], i)
		targets = append(targets, `"`+name+`"`)
		fmt.Fprintf(&others, "object %q {}\n", name)
	}
	text += "  field \"Any__c\" {\n    type = \"reference\"\n    reference_to = [" + strings.Join(targets, ",") + "]\n  }\n}\n"
	s, err := schema.Parse("org.hcl", []byte(text+others.String()))
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, orgsim.Config{Schema: s})
	other := strings.Repeat("M", schema.MaxName)
	metadata := `{"label":"` + label + `","type":"Lookup","referenceTo":"` + long + `__c","relationshipName":"` + long + `"}`
	id := b.define(long+"__c."+other+"__c", metadata)
	b.do(http.MethodPatch, customFields+"/"+id, `{"Metadata":`+metadata+`}`).want(http.StatusNoContent)
	var got struct {
		Records []struct{ DataType, MasterLabel string }
	}
	b.get(data + "/tooling/query?q=" + url.QueryEscape("SELECT DataType, MasterLabel FROM FieldDefinition WHERE EntityDefinitionId = '"+long+"__c' AND QualifiedApiName IN ('Any__c','"+other+"__c') ORDER BY QualifiedApiName")).want(http.StatusOK).decode(&got)
	if len(got.Records) != 2 || !strings.HasPrefix(got.Records[0].DataType, "Lookup("+long[1:]+"0__c,") || len(got.Records[0].DataType) > 255 || got.Records[1].MasterLabel != label {
		t.Errorf("got %+v", got)
	}
}

// A relationship's name is free again once its field is gone or bears another.
func TestRelationshipNamesAreFreed(t *testing.T) {
	t.Parallel()
	b := withThings(t)
	lookup := func(name string) string {
		return `{"label":"x","type":"Lookup","referenceTo":"Account","relationshipName":"` + name + `"}`
	}
	first := b.define("Contact.A__c", lookup("As"))
	second := b.define("Contact.B__c", lookup("Bs"))
	b.do(http.MethodPatch, customFields+"/"+second, `{"Metadata":`+lookup("As")+`}`).refused(http.StatusBadRequest, "FIELD_INTEGRITY_EXCEPTION")
	b.do(http.MethodPatch, customFields+"/"+first, `{"Metadata":`+lookup("Cs")+`}`).want(http.StatusNoContent)
	b.do(http.MethodPatch, customFields+"/"+second, `{"Metadata":`+lookup("As")+`}`).want(http.StatusNoContent)
	b.do(http.MethodDelete, customFields+"/"+second, nil).want(http.StatusNoContent)
	b.define("Thing__c.A__c", lookup("As"))
	b.define("Thing__c.Master__c", `{"label":"x","type":"MasterDetail","referenceTo":"Account","relationshipName":"Things"}`)
}
