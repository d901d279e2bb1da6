package orgsim_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const customFields = data + "/tooling/sobjects/CustomField"

// define makes a custom field by the Tooling API and returns its id.
func (b *testBundle) define(fullName, metadata string) string {
	b.t.Helper()
	var created struct {
		ID       string    `json:"id"`
		Success  bool      `json:"success"`
		Errors   *[]string `json:"errors"`
		Warnings *[]string `json:"warnings"`
	}
	b.do(http.MethodPost, customFields, `{"FullName":"`+fullName+`","Metadata":`+metadata+`}`).want(http.StatusCreated).decode(&created)
	if !created.Success || created.Errors == nil || created.Warnings == nil || !strings.HasPrefix(created.ID, "00N") {
		b.t.Fatalf("created %+v", created)
	}
	return created.ID
}

// create makes a record by REST and returns its id.
func (b *testBundle) create(object string, fields map[string]any) string {
	b.t.Helper()
	var created struct {
		ID string `json:"id"`
	}
	b.do(http.MethodPost, data+"/sobjects/"+object, fields).want(http.StatusCreated).decode(&created)
	return created.ID
}

// A new field does not exist for anybody until a permission set grants it: first
// to be read, then to be written.
func TestNewFieldIsInvisibleUntilGranted(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	b.define("Contact.Onboarding__c", `{"label":"Onboarding","type":"Text","length":80}`)

	invisible := func() {
		t.Helper()
		if _, ok := b.describe("Contact")["Onboarding__c"]; ok {
			t.Error("the field is described")
		}
		b.query("SELECT Onboarding__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
		row := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+id+`","Onboarding__c":"x"`))[0]
		if row.code() != "INVALID_FIELD" {
			t.Errorf("collections: %+v", row)
		}
		b.do(http.MethodPost, data+"/jobs/query", map[string]string{"operation": "query", "query": "SELECT Onboarding__c FROM Contact"}).want(http.StatusBadRequest)
	}
	invisible()

	set := b.create("PermissionSet", map[string]any{"Name": "Sync", "Label": "Sync"})
	grant := b.create("FieldPermissions", map[string]any{
		"ParentId": set, "SobjectType": "Contact", "Field": "Contact.Onboarding__c", "PermissionsRead": true, "PermissionsEdit": false,
	})
	invisible() // nobody has the permission set yet
	b.create("PermissionSetAssignment", map[string]any{"PermissionSetId": set, "AssigneeId": b.userID()})

	if f := b.describe("Contact")["Onboarding__c"]; f["updateable"] != false || f["length"] != 80.0 {
		t.Errorf("readable: %v", f)
	}
	b.query("SELECT Onboarding__c FROM Contact").want(http.StatusOK)
	row := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+id+`","Onboarding__c":"x"`))[0]
	if row.code() != "INVALID_FIELD_FOR_INSERT_UPDATE" || !cmp.Equal(row.Errors[0].Fields, []string{"Onboarding__c"}) {
		t.Errorf("collections: %+v", row)
	}

	b.do(http.MethodPatch, data+"/sobjects/FieldPermissions/"+grant, map[string]bool{"PermissionsEdit": true}).want(http.StatusNoContent)
	if row := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+id+`","Onboarding__c":"done"`))[0]; !row.Success {
		t.Errorf("collections: %+v", row)
	}
	if rows := b.rows("SELECT Onboarding__c FROM Contact WHERE Onboarding__c = 'DONE'"); len(rows) != 1 || rows[0]["Onboarding__c"] != "done" {
		t.Errorf("read back %v", rows)
	}
	b.do(http.MethodDelete, data+"/sobjects/FieldPermissions/"+grant, nil).want(http.StatusNoContent)
	invisible()
}

// A reset of the records takes the fields that were made since, so that the next
// test can make them again.
func TestResetUnmakesFields(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for range 2 {
		b.define("Contact.Late__c", `{"label":"Late","type":"Text","length":80}`)
		b.see("Late__c", true)
		b.query("SELECT Late__c FROM Contact").want(http.StatusOK)
		if err := b.org.Reset(true); err != nil {
			t.Fatal(err)
		}
		b.login()
		b.query("SELECT Late__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
	}
}

// userID is the id of the user that the bundle is logged in as.
func (b *testBundle) userID() string {
	b.t.Helper()
	var info struct {
		ID string `json:"user_id"`
	}
	b.get("/services/oauth2/userinfo").want(http.StatusOK).decode(&info)
	return info.ID
}

// see grants the logged-in user a field of Contact; edit where it is one to write.
func (b *testBundle) see(field string, edit bool) {
	b.t.Helper()
	set := b.create("PermissionSet", map[string]any{"Name": "See_" + strings.TrimSuffix(field, "__c"), "Label": field})
	b.create("PermissionSetAssignment", map[string]any{"PermissionSetId": set, "AssigneeId": b.userID()})
	b.create("FieldPermissions", map[string]any{"ParentId": set, "SobjectType": "Contact", "Field": "Contact." + field, "PermissionsRead": true, "PermissionsEdit": edit})
}

func TestFieldsOfEachType(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for name, test := range map[string]struct {
		metadata string
		want     map[string]any // of describe
	}{
		"A1__c":  {`{"label":"x","type":"Text","length":10,"unique":true,"externalId":true,"caseSensitive":false,"required":false}`, map[string]any{"type": "string", "length": 10.0, "externalId": true, "unique": true}},
		"A2__c":  {`{"label":"x","type":"TextArea"}`, map[string]any{"type": "textarea", "length": 255.0}},
		"A3__c":  {`{"label":"x","type":"LongTextArea","length":32768,"visibleLines":3}`, map[string]any{"type": "textarea", "length": 32768.0, "filterable": false}},
		"A4__c":  {`{"label":"x","type":"Number","precision":6,"scale":2}`, map[string]any{"type": "double", "precision": 6.0, "scale": 2.0}},
		"A5__c":  {`{"label":"x","type":"Currency","precision":18,"scale":2}`, map[string]any{"type": "currency", "scale": 2.0}},
		"A6__c":  {`{"label":"x","type":"Percent","precision":5,"scale":0}`, map[string]any{"type": "percent", "precision": 5.0}},
		"A7__c":  {`{"label":"x","type":"Checkbox","defaultValue":true}`, map[string]any{"type": "boolean", "defaultValue": true}},
		"A8__c":  {`{"label":"x","type":"Date"}`, map[string]any{"type": "date"}},
		"A9__c":  {`{"label":"x","type":"DateTime"}`, map[string]any{"type": "datetime"}},
		"A17__c": {`{"label":"x","type":"Time"}`, map[string]any{"type": "time", "soapType": "xsd:time", "length": 0.0}},
		"A10__c": {`{"label":"x","type":"Email"}`, map[string]any{"type": "email"}},
		"A11__c": {`{"label":"x","type":"Phone"}`, map[string]any{"type": "phone"}},
		"A12__c": {`{"label":"x","type":"Url"}`, map[string]any{"type": "url"}},
		"A13__c": {`{"label":"x","type":"Picklist","valueSet":{"restricted":true,"valueSetDefinition":{"sorted":false,"value":[{"fullName":"a","default":true,"label":"a"},{"valueName":"b","default":false}]}}}`, map[string]any{"type": "picklist", "restrictedPicklist": true, "defaultValue": "a"}},
		"A14__c": {`{"label":"x","type":"MultiselectPicklist","visibleLines":4,"valueSet":{"valueSetDefinition":{"sorted":false,"value":[{"fullName":"a","default":false}]}}}`, map[string]any{"type": "multipicklist"}},
		"A15__c": {`{"label":"x","type":"Lookup","referenceTo":"Account","relationshipName":"Contacts_of"}`, map[string]any{"type": "reference", "referenceTo": []any{"Account"}, "relationshipName": "A15__r"}},
		"A16__c": {`{"label":"x","type":"AutoNumber","displayFormat":"N-{000}"}`, map[string]any{"type": "string", "autoNumber": true, "createable": false}},
	} {
		id := b.define("Contact."+name, test.metadata)
		b.see(name, test.want["createable"] != false)
		got := b.describe("Contact")[name]
		for key, value := range test.want {
			if diff := cmp.Diff(value, got[key]); diff != "" {
				t.Errorf("%s %s: %s", test.metadata, key, diff)
			}
		}
		// What a read returns can be sent back.
		var read struct {
			FullName string         `json:"FullName"`
			Metadata map[string]any `json:"Metadata"`
		}
		b.get(customFields + "/" + id).want(http.StatusOK).decode(&read)
		if read.FullName != "Contact."+name {
			t.Errorf("FullName %q", read.FullName)
		}
		read.Metadata["label"] = "changed"
		b.do(http.MethodPatch, customFields+"/"+id, map[string]any{"Metadata": read.Metadata}).want(http.StatusNoContent)
		if label := b.describe("Contact")[name]["label"]; label != "changed" {
			t.Errorf("%s: label %v", name, label)
		}
	}
}

// Fields that came with the schema can be read and sent back as well.
func TestFieldsOfTheSchemaAreRead(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var list struct {
		Records []struct{ ID, DeveloperName string }
	}
	b.get(data + "/tooling/query?q=" + url.QueryEscape("SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Contact'")).want(http.StatusOK).decode(&list)
	if len(list.Records) < 15 {
		t.Fatalf("only %d fields", len(list.Records))
	}
	for _, r := range list.Records {
		var read struct {
			Metadata json.RawMessage `json:"Metadata"`
		}
		b.get(customFields + "/" + r.ID).want(http.StatusOK).decode(&read)
		answer := b.do(http.MethodPatch, customFields+"/"+r.ID, `{"Metadata":`+string(read.Metadata)+`}`)
		if formula := strings.Contains(string(read.Metadata), "Formula"); formula != (answer.status != http.StatusNoContent) {
			t.Errorf("%s: %s: %d %s", r.DeveloperName, read.Metadata, answer.status, answer.body)
		}
	}
}

func TestFieldDefinitionsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	text := `{"label":"x","type":"Text","length":10}`
	for name, test := range map[string]struct {
		fullName, metadata, code, message string
	}{
		"exists":            {"Contact.Text__c", text, "DUPLICATE_DEVELOPER_NAME", "There is already a field named Text on Contact."},
		"no object":         {"Nope__c.A__c", text, "INVALID_FIELD", "'Nope__c.A__c'"},
		"no custom fields":  {"Organization.A__c", text, "INVALID_FIELD", "takes no custom fields"},
		"no custom name":    {"Contact.A", text, "INVALID_FIELD", "ends in __c"},
		"no name":           {"", text, "REQUIRED_FIELD_MISSING", "FullName"},
		"a bad name":        {"Contact.A_B___c", text, "FIELD_INTEGRITY_EXCEPTION", "not an API name"},
		"a task's":          {"Task.A__c", text, "FIELD_INTEGRITY_EXCEPTION", "Activity"},
		"no metadata":       {"Contact.A__c", `null`, "REQUIRED_FIELD_MISSING", "Metadata"},
		"no label":          {"Contact.A__c", `{"type":"Date"}`, "REQUIRED_FIELD_MISSING", "label"},
		"no type":           {"Contact.A__c", `{"label":"x"}`, "FIELD_INTEGRITY_EXCEPTION", "not a type"},
		"formula":           {"Contact.A__c", `{"label":"x","type":"Text","length":10,"formula":"1"}`, "FIELD_INTEGRITY_EXCEPTION", "Can not specify 'formula'"},
		"required checkbox": {"Contact.A__c", `{"label":"x","type":"Checkbox","defaultValue":"false","required":true}`, "FIELD_INTEGRITY_EXCEPTION", "Can not specify 'required' for a CustomField of type Checkbox"},
		"no default":        {"Contact.A__c", `{"label":"x","type":"Checkbox"}`, "FIELD_INTEGRITY_EXCEPTION", "Must specify 'defaultValue'"},
		"no length":         {"Contact.A__c", `{"label":"x","type":"Text"}`, "FIELD_INTEGRITY_EXCEPTION", "Must specify 'length' for a CustomField of type Text"},
		"no lines":          {"Contact.A__c", `{"label":"x","type":"LongTextArea","length":300}`, "FIELD_INTEGRITY_EXCEPTION", "Must specify 'visibleLines' for a CustomField of type LongTextArea"},
		"short long text":   {"Contact.A__c", `{"label":"x","type":"LongTextArea","length":255,"visibleLines":3}`, "FIELD_INTEGRITY_EXCEPTION", "at least 256"},
		"too long":          {"Contact.A__c", `{"label":"x","type":"Text","length":256}`, "FIELD_INTEGRITY_EXCEPTION", "length 256 is outside"},
		"unknown parent":    {"Contact.A__c", `{"label":"x","type":"Lookup","referenceTo":"Nope__c","relationshipName":"As"}`, "FIELD_INTEGRITY_EXCEPTION", "Nope__c"},
		"unknown member":    {"Contact.A__c", `{"label":"x","type":"Date","colour":"red"}`, "JSON_PARSER_ERROR", "colour"},
		"no values":         {"Contact.A__c", `{"label":"x","type":"Picklist","valueSet":{"valueSetDefinition":{"sorted":false,"value":[]}}}`, "FIELD_INTEGRITY_EXCEPTION", "at least one value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := b.do(http.MethodPost, customFields, `{"FullName":"`+test.fullName+`","Metadata":`+test.metadata+`}`).refused(http.StatusBadRequest, test.code)
			if !strings.Contains(refused.Message, test.message) {
				t.Errorf("message %q", refused.Message)
			}
		})
	}
}

func TestFieldIsChangedAndDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.define("Contact.Short_Lived__c", `{"label":"x","type":"Text","length":10}`)
	b.see("Short_Lived__c", true)
	record := b.insert(map[string]string{"Short_Lived__c": "value"})
	b.do(http.MethodPatch, customFields+"/"+id, `{"Metadata":{"label":"x","type":"Date"}}`).refused(http.StatusBadRequest, "FIELD_INTEGRITY_EXCEPTION")
	b.do(http.MethodPatch, customFields+"/"+id, `{"FullName":"Contact.Other__c","Metadata":{"label":"x","type":"Text","length":10}}`).refused(http.StatusBadRequest, "FIELD_INTEGRITY_EXCEPTION")
	b.do(http.MethodPatch, customFields+"/"+id, `{"FullName":"Contact.Short_Lived__c","Metadata":{"label":"x","type":"Text","length":20}}`).want(http.StatusNoContent)
	if length := b.describe("Contact")["Short_Lived__c"]["length"]; length != 20.0 {
		t.Errorf("length %v", length)
	}
	b.do(http.MethodDelete, customFields+"/"+id, nil).want(http.StatusNoContent)
	b.query("SELECT Short_Lived__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
	b.get(customFields+"/"+id).refused(http.StatusNotFound, "NOT_FOUND")
	b.do(http.MethodDelete, customFields+"/"+id, nil).refused(http.StatusNotFound, "NOT_FOUND")
	b.get(data + "/sobjects/Contact/" + record).want(http.StatusOK)

	// Made again, it is another field, without the old one's grants and values.
	again := b.define("Contact.Short_Lived__c", `{"label":"x","type":"Text","length":10}`)
	b.query("SELECT Short_Lived__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
	b.do(http.MethodPatch, data+"/sobjects/Contact/"+record, `{"Short_Lived__c":"y"}`).want(http.StatusBadRequest)
	b.create("FieldPermissions", map[string]any{
		"ParentId": b.rows("SELECT Id FROM PermissionSet WHERE Name = 'See_Short_Lived'")[0]["Id"], "SobjectType": "Contact",
		"Field": "Contact.Short_Lived__c", "PermissionsRead": true, "PermissionsEdit": false,
	})
	if again == id || b.field(record, "Short_Lived__c") != "" {
		t.Errorf("id %s again, value %q", again, b.field(record, "Short_Lived__c"))
	}
}

func TestToolingQueries(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.define("Contact.Made__c", `{"label":"Made","type":"Text","length":12}`)
	query := func(soql string) *answer { return b.get(data + "/tooling/query/?q=" + url.QueryEscape(soql)) }
	records := func(soql string) []map[string]any {
		t.Helper()
		var got struct {
			Size    int              `json:"size"`
			Done    bool             `json:"done"`
			Records []map[string]any `json:"records"`
		}
		query(soql).want(http.StatusOK).decode(&got)
		if got.Size != len(got.Records) || !got.Done {
			t.Errorf("%s: %+v", soql, got)
		}
		for _, r := range got.Records {
			delete(r, "attributes")
		}
		return got.Records
	}
	for soql, want := range map[string][]map[string]any{
		"SELECT Id, DeveloperName, TableEnumOrId, FullName FROM CustomField WHERE DeveloperName = 'Made' AND TableEnumOrId = 'Contact'": {
			{"Id": id, "DeveloperName": "Made", "TableEnumOrId": "Contact", "FullName": "Contact.Made__c"},
		},
		"SELECT QualifiedApiName, DataType, Length FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Contact' AND QualifiedApiName = 'Made__c'": {
			{"QualifiedApiName": "Made__c", "DataType": "Text(12)", "Length": 12.0},
		},
		"SELECT QualifiedApiName, KeyPrefix FROM EntityDefinition WHERE QualifiedApiName IN ('Account','Customer__c') ORDER BY KeyPrefix": {
			{"QualifiedApiName": "Account", "KeyPrefix": "001"}, {"QualifiedApiName": "Customer__c", "KeyPrefix": "a00"},
		},
	} {
		if diff := cmp.Diff(want, records(soql)); diff != "" {
			t.Errorf("%s:\n%s", soql, diff)
		}
	}
	// Each field that describe shows an administrator is defined.
	names := map[string]bool{}
	for _, r := range records("SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinitionId = 'Contact'") {
		names[r["QualifiedApiName"].(string)] = true //nolint:forcetypeassert // it panics, and the test fails
	}
	for _, name := range slices.Sorted(maps.Keys(b.describe("Contact"))) {
		if !names[name] {
			t.Errorf("field %s is not defined", name)
		}
	}
	query("SELECT Id, FullName FROM CustomField").refused(http.StatusBadRequest, "MALFORMED_QUERY")
	query("SELECT Id FROM ApexClass").refused(http.StatusBadRequest, "INVALID_TYPE")
	b.get(data+"/tooling/query").refused(http.StatusBadRequest, "MALFORMED_QUERY")
	var global struct {
		Objects []struct {
			Name string            `json:"name"`
			URLs map[string]string `json:"urls"`
		} `json:"sobjects"`
	}
	b.get(data + "/tooling/sobjects").want(http.StatusOK).decode(&global)
	for _, o := range global.Objects {
		if !strings.HasPrefix(o.URLs["sobject"], data+"/tooling/sobjects/") {
			t.Errorf("%s is at %s", o.Name, o.URLs["sobject"])
		}
	}
}

// Fields are made, changed and removed while others describe, query and write.
func TestFieldsAreMadeUnderLoad(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	var work sync.WaitGroup
	for worker := range 3 {
		work.Go(func() {
			for n := range 5 {
				name := fmt.Sprintf("Contact.Load_%d_%d__c", worker, n)
				field := b.define(name, `{"label":"x","type":"Text","length":10,"unique":true}`)
				b.do(http.MethodPatch, customFields+"/"+field, `{"Metadata":{"label":"y","type":"Text","length":10}}`).want(http.StatusNoContent)
				b.do(http.MethodDelete, customFields+"/"+field, nil).want(http.StatusNoContent)
			}
		})
		work.Go(func() {
			for range 10 {
				b.describe("Contact")
				b.query("SELECT Id, Name FROM Contact").want(http.StatusOK)
				b.do(http.MethodPatch, data+"/sobjects/Contact/"+id, `{"Title":"x"}`).want(http.StatusNoContent)
				b.get(data + "/tooling/query?q=" + url.QueryEscape("SELECT COUNT() FROM CustomField")).want(http.StatusOK)
			}
		})
	}
	work.Wait()
}

// A grant that is undone with its composite request grants nothing.
func TestUndoneGrantGrantsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.define("Contact.Onboarding__c", `{"label":"Onboarding","type":"Text","length":80}`)
	grant := func(last string) {
		part := func(object, id, body string) string {
			return `{"method":"POST","url":"` + data + `/sobjects/` + object + `","referenceId":"` + id + `","body":` + body + `}`
		}
		b.do(http.MethodPost, data+"/composite", `{"allOrNone":true,"compositeRequest":[`+strings.Join([]string{
			part("PermissionSet", "set", `{"Name":"Sync","Label":"Sync"}`),
			part("PermissionSetAssignment", "assignment", `{"PermissionSetId":"@{set.id}","AssigneeId":"`+b.userID()+`"}`),
			part("FieldPermissions", "grant", `{"ParentId":"@{set.id}","SobjectType":"Contact","Field":"Contact.Onboarding__c","PermissionsRead":true,"PermissionsEdit":true}`),
			`{"method":"PATCH","url":"` + data + `/sobjects/Contact/` + last + `","referenceId":"write","body":{"Onboarding__c":"x"}}`,
		}, ",")+`]}`).want(http.StatusOK)
	}
	grant("003000000000000AAA")
	b.query("SELECT Onboarding__c FROM Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
	id := b.insert(nil)
	grant(id) // the last subrequest sees what the third has granted
	if b.field(id, "Onboarding__c") != "x" {
		t.Errorf("the field is %q", b.field(id, "Onboarding__c"))
	}
}
