package orgsim_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestFieldsNeedAPermission(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Users: []orgsim.User{{Username: "sync@example.com", LastName: "Sync", Email: "sync@example.com", NoCustomize: true}}})
	b.do(http.MethodPost, customFields, `{"FullName":"Contact.A__c","Metadata":{"label":"x","type":"Date"}}`).refused(http.StatusForbidden, "INSUFFICIENT_ACCESS")

	// Nor does the user grant himself what somebody else has hidden.
	set := `{"Name":"Mine","Label":"Mine"}`
	b.do(http.MethodPost, data+"/sobjects/PermissionSet", set).refused(http.StatusBadRequest, "INSUFFICIENT_ACCESS_OR_READONLY")
	b.do(http.MethodPost, data+"/composite", `{"allOrNone":true,"compositeRequest":[{"method":"POST","referenceId":"a","url":"`+data+`/sobjects/PermissionSet","body":`+set+`}]}`).want(http.StatusOK)
	made, err := b.org.Insert("PermissionSet", map[string]string{"Name": "Theirs", "Label": "Theirs"})
	if err != nil {
		t.Fatal(err)
	}
	b.do(http.MethodPost, data+"/sobjects/PermissionSetAssignment", map[string]any{"PermissionSetId": made, "AssigneeId": b.userID()}).
		refused(http.StatusBadRequest, "INSUFFICIENT_ACCESS_OR_READONLY")
	b.do(http.MethodDelete, data+"/sobjects/PermissionSet/"+made, nil).refused(http.StatusBadRequest, "INSUFFICIENT_ACCESS_OR_READONLY")
	if got := b.rows("SELECT Name FROM PermissionSet"); len(got) != 1 || got[0]["Name"] != "Theirs" {
		t.Errorf("there are %v", got)
	}
}

// What an object is, REST and Tooling tell alike.
func TestEntityDefinitionsAgree(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	soql := url.QueryEscape("SELECT QualifiedApiName, DurableId, DeveloperName, MasterLabel, PluralLabel, KeyPrefix, IsCustomizable, IsEverCreatable, IsQueryable FROM EntityDefinition WHERE QualifiedApiName IN ('Contact','User','Organization','PermissionSet','Customer__c') ORDER BY QualifiedApiName")
	read := func(path string) (records []map[string]any) {
		t.Helper()
		var got struct {
			Records []map[string]any `json:"records"`
		}
		b.get(data + path + "?q=" + soql).want(http.StatusOK).decode(&got)
		for _, r := range got.Records {
			delete(r, "attributes")
		}
		return got.Records
	}
	got := read("/query")
	if diff := cmp.Diff(read("/tooling/query"), got); diff != "" || len(got) != 5 {
		t.Errorf("%d objects; tooling differs from REST:\n%s", len(got), diff)
	}
	for _, r := range got {
		if want := r["QualifiedApiName"] != "Organization" && r["QualifiedApiName"] != "PermissionSet"; r["IsCustomizable"] != want {
			t.Errorf("%s: IsCustomizable %v", r["QualifiedApiName"], r["IsCustomizable"])
		}
	}
}
