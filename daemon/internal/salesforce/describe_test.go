package salesforce_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const describeContact = `{"name":"Contact","label":"Contact","keyPrefix":"003","custom":false,"queryable":true,"createable":true,"updateable":true,"fields":[
 {"name":"Id","label":"Contact ID","type":"id","length":18,"idLookup":true,"defaultedOnCreate":true,"filterable":true,"relationshipName":null,"referenceTo":[],"picklistValues":[]},
 {"name":"LastName","label":"Last Name","type":"string","length":80,"createable":true,"updateable":true,"filterable":true},
 {"name":"MailingAddress","label":"Mailing Address","type":"address","nillable":true},
 {"name":"AccountId","label":"Account ID","type":"reference","length":18,"createable":true,"updateable":true,"nillable":true,"referenceTo":["Account"],"relationshipName":"Account"},
 {"name":"Score__c","label":"Score","type":"double","precision":18,"scale":2,"createable":true,"updateable":true,"nillable":true},
 {"name":"Key__c","label":"Key","type":"string","length":40,"externalId":true,"unique":true,"caseSensitive":true,"idLookup":true,"createable":true,"updateable":true,"nillable":true,"filterable":true},
 {"name":"Level__c","label":"Level","type":"picklist","restrictedPicklist":true,"createable":true,"updateable":true,"nillable":true,
  "picklistValues":[{"active":true,"defaultValue":false,"label":"One","validFor":null,"value":"1"},{"active":false,"label":"Two","value":"2"},{"active":true,"label":"Three","value":"3"}]}]}`

func TestDescribe(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/sobjects/contact/describe": answer(200, describeContact)})
	got, err := org.client(nil).Describe(t.Context(), "contact")
	if err != nil {
		t.Fatal(err)
	}
	want := &salesforce.Object{
		Name: "Contact", Label: "Contact", KeyPrefix: "003", Queryable: true, Createable: true, Updateable: true,
		Fields: []salesforce.Field{
			{Name: "Id", Label: "Contact ID", Type: salesforce.TypeID, Length: 18, IDLookup: true, DefaultedOnCreate: true, Filterable: true, ReferenceTo: []string{}},
			{Name: "LastName", Label: "Last Name", Type: salesforce.TypeString, Length: 80, Createable: true, Updateable: true, Filterable: true},
			{Name: "MailingAddress", Label: "Mailing Address", Type: salesforce.TypeAddress, Nillable: true},
			{Name: "AccountId", Label: "Account ID", Type: salesforce.TypeReference, Length: 18, Createable: true, Updateable: true, Nillable: true, ReferenceTo: []string{"Account"}, RelationshipName: "Account"},
			{Name: "Score__c", Label: "Score", Type: salesforce.TypeDouble, Precision: 18, Scale: 2, Createable: true, Updateable: true, Nillable: true},
			{Name: "Key__c", Label: "Key", Type: salesforce.TypeString, Length: 40, ExternalID: true, Unique: true, CaseSensitive: true, IDLookup: true, Createable: true, Updateable: true, Nillable: true, Filterable: true},
			{Name: "Level__c", Label: "Level", Type: salesforce.TypePicklist, RestrictedPicklist: true, Createable: true, Updateable: true, Nillable: true, PicklistValues: []string{"1", "3"}, PicklistLabels: []string{"One", "Three"}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(salesforce.Object{})); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
	if f, ok := got.Field("SCORE__C"); !ok || f.Scale != 2 {
		t.Errorf("Field ignores case: got %+v, %t", f, ok)
	}
	if _, ok := got.Field("Nope"); ok {
		t.Error("found a field that is not there")
	}
	required := map[string]bool{}
	for _, f := range got.Fields {
		if f.RequiredOnCreate() {
			required[f.Name] = true
		}
	}
	if diff := cmp.Diff(map[string]bool{"LastName": true}, required); diff != "" {
		t.Errorf("required on create:\n%s", diff)
	}
	if address, _ := got.Field("MailingAddress"); !address.Type.Compound() {
		t.Error("an address is compound")
	}
}

func TestDescribeUnknownObject(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{
		"GET " + data + "/sobjects/Nope/describe":  answer(404, refusal("NOT_FOUND", "The requested resource does not exist")),
		"GET " + data + "/sobjects/Other/describe": answer(200, describeContact),
	})
	client := org.client(nil)
	_, err := client.Describe(t.Context(), "Nope")
	wantError(t, err, salesforce.CodeNotFound, "describe Nope", "no access")
	if !salesforce.IsNotFound(err) {
		t.Error("IsNotFound should tell")
	}
	_, err = client.Describe(t.Context(), "Other")
	wantError(t, err, salesforce.CodeUnexpectedAnswer, "Contact")
	_, err = client.Describe(t.Context(), "")
	wantError(t, err, salesforce.CodeInvalidRequest, "no name")
}

func TestObjects(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/sobjects": answer(200,
		`{"encoding":"UTF-8","maxBatchSize":200,"sobjects":[{"name":"Contact","label":"Contact","custom":false,"queryable":true,"createable":true,"updateable":true,"urls":{}},
		  {"name":"X__c","label":"X","custom":true,"queryable":true,"createable":false,"updateable":false}]}`)})
	got, err := org.client(nil).Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []salesforce.ObjectSummary{
		{Name: "Contact", Label: "Contact", Queryable: true, Createable: true, Updateable: true},
		{Name: "X__c", Label: "X", Custom: true, Queryable: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// recorded returns a payload recorded from a live org, which stand beside the project and are not
// part of it.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		body, err := os.ReadFile(filepath.Join(dir, "shared", "salesforce-fixtures", name))
		if err == nil {
			return body
		}
	}
	t.Skipf("the recorded payloads (shared/salesforce-fixtures/%s) do not stand beside this checkout", name)
	return nil
}

func TestDescribeRecorded(t *testing.T) {
	t.Parallel()
	var composite struct {
		CompositeResponse []struct {
			Body json.RawMessage `json:"body"`
		} `json:"compositeResponse"`
	}
	if err := json.Unmarshal(recorded(t, "describe-custom-object-v60-composite.json"), &composite); err != nil {
		t.Fatal(err)
	}
	body := composite.CompositeResponse[0].Body
	var name struct {
		Name   string            `json:"name"`
		Fields []json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(body, &name); err != nil {
		t.Fatal(err)
	}
	org := newOrg(t, map[string]handler{"GET " + data + "/sobjects/" + name.Name + "/describe": answer(200, string(body))})
	got, err := org.client(nil).Describe(t.Context(), name.Name)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Fields) != len(name.Fields) || !got.Custom {
		t.Errorf("read %d fields of %d, custom %t", len(got.Fields), len(name.Fields), got.Custom)
	}
	if id, ok := got.Field("id"); !ok || id.Type != salesforce.TypeID || !id.IDLookup {
		t.Errorf("the Id field is %+v", id)
	}
}
