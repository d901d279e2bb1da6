//go:build clients

package clients_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

func TestCLIRecords(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	account := c.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})

	var made struct {
		ID      string `json:"id"`
		Success bool   `json:"success"`
	}
	c.onOrg(&made, "data", "create", "record", "--sobject", "Contact", "--values",
		"LastName=\"O'Brien\" FirstName='Ann Mary' Email=Ann@X.example Key__c=k1 Score__c=12.5 Active__c=true Since__c=2026-05-01 AccountId="+account[:15])
	want := map[string]string{
		"LastName": "O'Brien", "FirstName": "Ann Mary", "Email": "ann@x.example", "Key__c": "k1",
		"Score__c": "12.5", "Active__c": "true", "Since__c": "2026-05-01", "AccountId": account,
	}
	c.holds(made.ID, want)

	c.onOrg(nil, "data", "update", "record", "--sobject", "Contact", "--where", "Key__c=k1", "--values", "Title='Head of X' Active__c=false")
	c.holds(made.ID, map[string]string{"Title": "Head of X", "Active__c": "false", "LastName": "O'Brien"})

	var got map[string]any
	c.onOrg(&got, "data", "get", "record", "--sobject", "Contact", "--record-id", made.ID)
	for field, want := range map[string]any{
		"Id": made.ID, "Name": "Ann Mary O'Brien", "Score__c": 12.5, "Active__c": false, "Note__c": nil, "AccountId": account,
	} {
		if diff := cmp.Diff(want, got[field]); diff != "" {
			t.Errorf("data get record gave %s: %s", field, diff)
		}
	}

	if refusal := c.refused("REQUIRED_FIELD_MISSING", "data", "create", "record", "--sobject", "Contact", "--values", "FirstName=Bob"); !strings.Contains(refusal.Message, "[LastName]") {
		t.Errorf("the missing field is not named: %s", refusal.Message)
	}
	c.refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "data", "update", "record", "--sobject", "Contact", "--record-id", made.ID, "--values", "Status__c=Gone")

	c.onOrg(nil, "data", "delete", "record", "--sobject", "Contact", "--record-id", made.ID)
	if _, ok := c.org.Record("Contact", made.ID); ok {
		t.Error("the record is still there after data delete record")
	}
	if n := len(c.org.History("Contact", made.ID)); n != 3 {
		t.Errorf("%d writes in the record's history, want create, update and delete", n)
	}
	if n := c.org.Writes("Contact"); n != 3 {
		t.Errorf("%d rows written, want 3", n)
	}
}

func TestCLIDescribes(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	var names []string
	c.onOrg(&names, "sobject", "list", "--sobject", "all")
	for _, want := range []string{"Account", "Contact", "Lead", "User", "Subscription__c"} {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+want+" ") {
			t.Errorf("sobject list lacks %s: %q", want, names)
		}
	}
	c.onOrg(&names, "sobject", "list", "--sobject", "custom")
	if diff := cmp.Diff([]string{"Subscription__c"}, names); diff != "" {
		t.Errorf("custom objects: %s", diff)
	}

	type field struct {
		Name       string   `json:"name"`
		Type       string   `json:"type"`
		Length     int      `json:"length"`
		ExternalID bool     `json:"externalId"`
		Unique     bool     `json:"unique"`
		Updateable bool     `json:"updateable"`
		References []string `json:"referenceTo"`
		Relation   *string  `json:"relationshipName"`
	}
	var described struct {
		Name      string  `json:"name"`
		KeyPrefix string  `json:"keyPrefix"`
		Fields    []field `json:"fields"`
	}
	c.onOrg(&described, "sobject", "describe", "--sobject", "Contact")
	if described.Name != "Contact" || described.KeyPrefix != "003" {
		t.Errorf("described %s with prefix %s", described.Name, described.KeyPrefix)
	}
	byName := map[string]field{}
	for _, f := range described.Fields {
		byName[f.Name] = f
	}
	relation := "Account"
	for _, want := range []field{
		{Name: "Key__c", Type: "string", Length: 40, ExternalID: true, Unique: true, Updateable: true, References: []string{}},
		{Name: "AccountId", Type: "reference", Length: 18, Updateable: true, References: []string{"Account"}, Relation: &relation},
		{Name: "CreatedDate", Type: "datetime", References: []string{}},
	} {
		if diff := cmp.Diff(want, byName[want.Name]); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
	}
	c.refused("NOT_FOUND", "sobject", "describe", "--sobject", "Nothing__c")
	c.noFailures(func(e journal.Entry) bool {
		return noDevHub(e) || e.Path == "/services/data/v67.0/sobjects/Nothing__c/describe"
	})
}
