package orgsim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{NoRunAsUser: true})
	var list []map[string]string
	answer := b.get("/services/data").want(http.StatusOK).decode(&list)
	if answer.header.Get("Sforce-Limit-Info") != "" {
		t.Error("a call without session shows the limit")
	}
	for version, label := range map[string]string{"31.0": "Summer '14", "60.0": "Spring '24", "62.0": "Winter '25", "66.0": "Spring '26", "67.0": "Summer '26"} {
		want := map[string]string{"version": version, "label": label, "url": "/services/data/v" + version}
		if !slices.ContainsFunc(list, func(have map[string]string) bool { return maps.Equal(have, want) }) {
			t.Errorf("%v is not among %v", want, list)
		}
	}
}

func TestVersionsOfThePath(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.get("/services/data/v67.0/").want(http.StatusOK)
	b.get("/services/data/v30.0/limits").refused(http.StatusGone, "GONE")
	for _, version := range []string{"v68.0", "60.0", "v60", "v060.0", "vx.0", "v60.1"} {
		b.get("/services/data/"+version+"/limits").refused(http.StatusNotFound, "NOT_FOUND")
	}
	b.get(data+"/nope").refused(http.StatusNotFound, "NOT_FOUND")
	answer := b.do(http.MethodPut, data+"/limits", "{}")
	answer.refused(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	if answer.header.Get("Allow") != "HEAD,GET" {
		t.Errorf("Allow is %q", answer.header.Get("Allow"))
	}
}

func (b *testBundle) describe(object string) map[string]map[string]any {
	b.t.Helper()
	var described struct {
		Fields []map[string]any `json:"fields"`
	}
	b.get(data + "/sobjects/" + object + "/describe").want(http.StatusOK).decode(&described)
	fields := map[string]map[string]any{}
	for _, f := range described.Fields {
		fields[f["name"].(string)] = f //nolint:forcetypeassert // it panics, and the test fails
	}
	return fields
}

func TestDescribeHasTheRecordedKeys(t *testing.T) {
	t.Parallel()
	var recorded struct {
		Response []struct {
			Body map[string]json.RawMessage `json:"body"`
		} `json:"compositeResponse"`
	}
	if err := json.Unmarshal(fixture(t, "describe-custom-object-v60-composite.json"), &recorded); err != nil {
		t.Fatal(err)
	}
	b := setup(t, orgsim.Config{})
	var got map[string]json.RawMessage
	b.get(data + "/sobjects/Customer__c/describe").want(http.StatusOK).decode(&got)
	if diff := cmp.Diff(keys(recorded.Response[0].Body), keys(got)); diff != "" {
		t.Errorf("object keys:\n%s", diff)
	}
	for _, key := range []string{"fields", "recordTypeInfos"} {
		want, have := firstKeys(t, recorded.Response[0].Body[key]), firstKeys(t, got[key])
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("keys of %s:\n%s", key, diff)
		}
	}
	// What the recording holds for its Id, e-mail and name fields holds here.
	var fields []map[string]any
	if err := json.Unmarshal(recorded.Response[0].Body["fields"], &fields); err != nil {
		t.Fatal(err)
	}
	contact, customer := b.describe("Contact"), b.describe("Customer__c")
	for i, have := range []map[string]any{customer["Id"], contact["Mail__c"], customer["Name"]} {
		want := maps.Clone(fields[i])
		want["name"], want["label"] = have["name"], have["label"]
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s:\n%s", have["name"], diff)
		}
	}
}

func keys(m map[string]json.RawMessage) []string { return slices.Sorted(maps.Keys(m)) }

func firstKeys(t *testing.T, raw json.RawMessage) []string {
	t.Helper()
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
		t.Fatalf("%s: %v", raw, err)
	}
	return keys(list[0])
}

// A combobox offers values and takes any other text.
func TestCombobox(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	subject := b.describe("Task")["Subject"]
	if subject["type"] != "combobox" || subject["soapType"] != "xsd:string" || subject["length"] != 255.0 || subject["restrictedPicklist"] != false {
		t.Errorf("described as %v", subject)
	}
	if values, ok := subject["picklistValues"].([]any); !ok || len(values) == 0 {
		t.Errorf("offers %v", subject["picklistValues"])
	}
	id := b.make("Task", map[string]string{"Subject": " Lunch "})
	if task, _ := b.org.Record("Task", id); task["Subject"] != "Lunch" {
		t.Errorf("kept as %v", task)
	}
	b.do(http.MethodPatch, data+"/sobjects/Task/"+id, map[string]any{"Subject": strings.Repeat("x", 256)}).refused(http.StatusBadRequest, "STRING_TOO_LONG")
	var found struct{ TotalSize int }
	b.get(data + "/query?q=" + url.QueryEscape("SELECT Id FROM Task WHERE Subject LIKE 'lun%'")).want(http.StatusOK).decode(&found)
	if found.TotalSize != 1 {
		t.Errorf("found %d tasks", found.TotalSize)
	}
}

func TestDescribeFields(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	fields := b.describe("contact")
	for name, want := range map[string]map[string]any{
		"Text__c":   {"type": "string", "length": 20.0, "byteLength": 60.0, "soapType": "xsd:string", "nillable": true, "createable": true, "updateable": true, "custom": true},
		"Long__c":   {"type": "textarea", "length": 32000.0, "filterable": false, "sortable": false},
		"Count__c":  {"type": "double", "precision": 18.0, "scale": 0.0, "digits": 0.0, "soapType": "xsd:double"},
		"Price__c":  {"type": "currency", "precision": 18.0, "scale": 2.0},
		"Share__c":  {"type": "percent", "scale": 1.0},
		"Flag__c":   {"type": "boolean", "nillable": false, "defaultedOnCreate": true, "defaultValue": false},
		"Day__c":    {"type": "date", "length": 0.0, "soapType": "xsd:date"},
		"Moment__c": {"type": "datetime", "soapType": "xsd:dateTime"},
		"Status__c": {"type": "picklist", "restrictedPicklist": true},
		"Tags__c":   {"type": "multipicklist", "length": 4099.0, "byteLength": 4099.0, "restrictedPicklist": false},
		"Parent__c": {"type": "reference", "referenceTo": []any{"Account"}, "relationshipName": "Parent__r", "soapType": "tns:ID"},
		"AccountId": {"type": "reference", "relationshipName": "Account"},
		"Serial__c": {"type": "string", "autoNumber": true, "createable": false, "updateable": false},
		"Region__c": {"type": "string", "calculated": true, "createable": false, "updateable": false},
		"Key__c":    {"externalId": true, "unique": true, "caseSensitive": false, "idLookup": true},
		"Exact__c":  {"externalId": true, "unique": true, "caseSensitive": true},
		"Loose__c":  {"externalId": true, "unique": false},
		"Locked__c": {"createable": false, "updateable": false, "calculated": false},
		"LastName":  {"nillable": false, "defaultedOnCreate": false, "createable": true, "compoundFieldName": "Name"},
		"Name":      {"nameField": true, "createable": false, "updateable": false},
		"Email":     {"type": "email", "idLookup": true, "length": 80.0},
		"OwnerId":   {"nillable": false, "defaultedOnCreate": true, "createable": true},
		"IsDeleted": {"createable": false, "defaultedOnCreate": true},
	} {
		for key, value := range want {
			if diff := cmp.Diff(value, fields[name][key]); diff != "" {
				t.Errorf("%s.%s:\n%s", name, key, diff)
			}
		}
	}
	if _, ok := fields["Secret__c"]; ok {
		t.Error("a field without field-level security is described")
	}
	if employees := b.describe("Account")["NumberOfEmployees"]; employees["type"] != "int" || employees["digits"] != 8.0 || employees["precision"] != 0.0 {
		t.Errorf("NumberOfEmployees is %v", employees)
	}
	b.get(data+"/sobjects/Nope__c/describe").refused(http.StatusNotFound, "NOT_FOUND")
}

func TestDescribeGlobal(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Sandbox: true})
	var global struct {
		Encoding string `json:"encoding"`
		Max      int    `json:"maxBatchSize"`
		Objects  []struct {
			Name       string `json:"name"`
			Prefix     string `json:"keyPrefix"`
			Custom     bool   `json:"custom"`
			Createable bool   `json:"createable"`
		} `json:"sobjects"`
	}
	b.get(data + "/sobjects").want(http.StatusOK).decode(&global)
	if global.Encoding != "UTF-8" || global.Max != 200 {
		t.Errorf("got %+v", global)
	}
	got := map[string]string{}
	for _, o := range global.Objects {
		got[o.Name] = o.Prefix
	}
	for object, prefix := range map[string]string{
		"Account": "001", "Contact": "003", "Lead": "00Q", "Opportunity": "006", "Case": "500", "Task": "00T", "User": "005",
		"Organization": "00D", "PermissionSet": "0PS", "PermissionSetAssignment": "0Pa", "FieldPermissions": "01k", "Customer__c": "a00",
	} {
		if got[object] != prefix {
			t.Errorf("the prefix of %s is %q, want %q", object, got[object], prefix)
		}
	}
	if rows := b.rows("SELECT Id, IsSandbox FROM Organization"); len(rows) != 1 || rows[0]["Id"] != b.org.ID() || rows[0]["IsSandbox"] != true {
		t.Errorf("organization %v", rows)
	}
}
