package orgsim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestSingleRecord(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	path := data + "/sobjects/Contact/"
	created := b.do(http.MethodPost, strings.TrimSuffix(path, "/"), `{"LastName":"Doe","Email":"Ann@X.example"}`).want(http.StatusCreated)
	var got row
	created.decode(&got)
	if !got.Success || created.header.Get("Location") != path+got.ID || created.body != `{"id":"`+got.ID+`","success":true,"errors":[]}` {
		t.Errorf("got %s, location %s", created.body, created.header.Get("Location"))
	}
	updated := b.do(http.MethodPatch, path+got.ID[:15], `{"Text__c":"x"}`).want(http.StatusNoContent)
	if updated.body != "" || updated.header.Get("Sforce-Limit-Info") != "" {
		t.Errorf("a 204 with %q and %v", updated.body, updated.header)
	}
	read := b.get(path + got.ID + "?fields=Email,text__c,Number__c").want(http.StatusOK)
	want := `{"attributes":{"type":"Contact","url":"` + path + got.ID + `"},"Email":"ann@x.example","Text__c":"x","Number__c":null}`
	if diff := cmp.Diff(want, read.body); diff != "" {
		t.Error(diff)
	}
	if whole := b.get(path + got.ID).want(http.StatusOK).body; strings.Contains(whole, "Secret__c") || !strings.Contains(whole, `"Serial__c":"C-0001"`) {
		t.Errorf("the whole record is %s", whole)
	}
	b.get(path+got.ID+"?fields=Secret__c").refused(http.StatusBadRequest, "INVALID_FIELD")
	b.do(http.MethodDelete, path+got.ID, nil).want(http.StatusNoContent)
	again := b.do(http.MethodDelete, path+got.ID, nil).want(http.StatusNotFound)
	if text := string(fixture(t, "error-entity-is-deleted-404.json")); !sameJSON(t, text, again.body) {
		t.Errorf("got %s", again.body)
	}
	b.get(path+got.ID).refused(http.StatusNotFound, "NOT_FOUND")
}

func TestSingleRecordRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"Key__c": "taken"})
	contacts := data + "/sobjects/Contact"
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		code, message      string
		fields             []string
	}{
		"no such record":     {http.MethodGet, contacts + "/003000000000000AAA", ``, 404, "NOT_FOUND", "The requested resource does not exist", nil},
		"update of nothing":  {http.MethodPatch, contacts + "/003000000000000AAA", `{}`, 404, "NOT_FOUND", "The requested resource does not exist", nil},
		"no id":              {http.MethodGet, contacts + "/Namez", ``, 404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: Namez", nil},
		"id of another type": {http.MethodGet, contacts + "/001000000000000AAA", ``, 400, "MALFORMED_ID", "Contact ID: id value of incorrect type: 001000000000000AAA", []string{"Id"}},
		"required":           {http.MethodPost, contacts, `{"FirstName":"A"}`, 400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", []string{"LastName"}},
		"emptied":            {http.MethodPatch, contacts + "/" + id, `{"LastName":" "}`, 400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", []string{"LastName"}},
		"two required":       {http.MethodPost, data + "/sobjects/Lead", `{}`, 400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName, Company]", []string{"LastName", "Company"}},
		"duplicate":          {http.MethodPost, contacts, `{"LastName":"A","Key__c":"TAKEN"}`, 400, "DUPLICATE_VALUE", "duplicate value found: Key__c duplicates value on record with id: " + id[:15], []string{}},
		"read-only":          {http.MethodPatch, contacts + "/" + id, `{"Serial__c":"a","Region__c":"b","Locked__c":"c"}`, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Serial__c, Region__c, Locked__c. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", []string{"Serial__c", "Region__c", "Locked__c"}},
		"id in an insert":    {http.MethodPost, contacts, `{"LastName":"A","Id":"` + id + `"}`, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", []string{"Id"}},
		"id in an update":    {http.MethodPatch, contacts + "/" + id, `{"id":"` + id + `"}`, 400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", nil},
		"parent of a type":   {http.MethodPatch, contacts + "/" + id, `{"AccountId":"` + id + `"}`, 400, "MALFORMED_ID", "Account ID: id value of incorrect type: " + id, []string{"AccountId"}},
		"parent of nothing":  {http.MethodPatch, contacts + "/" + id, `{"AccountId":"001000000000000AAA"}`, 400, "MALFORMED_ID", "", []string{"AccountId"}},
		"too long":           {http.MethodPatch, contacts + "/" + id, `{"Text__c":"123456789012345678901"}`, 400, "STRING_TOO_LONG", "Text: data value too large: 123456789012345678901 (max length=20)", []string{"Text__c"}},
		"user":               {http.MethodPost, data + "/sobjects/User", `{"Username":"x"}`, 400, "INVALID_TYPE_FOR_OPERATION", "entity type User does not support create", []string{}},
		"no object":          {http.MethodPost, data + "/sobjects/Nope__c", `{}`, 404, "NOT_FOUND", "The requested resource does not exist", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "parent of nothing" {
				// An id that no account has, in this org's own pod.
				test.body = strings.Replace(test.body, "001000000000000AAA", "001"+id[3:5]+"zzzzzzzzzz", 1)
				test.code, test.message = "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
			}
			var body any
			if test.body != "" {
				body = test.body
			}
			got := b.do(test.method, test.path, body).refused(test.status, test.code)
			var fields []string
			if got.Fields != nil {
				fields = *got.Fields
			}
			if got.Message != test.message || !cmp.Equal(fields, test.fields) {
				t.Errorf("got %+v %q, want %q %q", got, fields, test.message, test.fields)
			}
		})
	}
}

func TestSingleUpsert(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	path := data + "/sobjects/Contact/"
	first := b.do(http.MethodPatch, path+"Key__c/a%2Fb%20c%3F", `{"LastName":"Doe"}`).want(http.StatusCreated)
	var created, updated row
	first.decode(&created)
	b.do(http.MethodPatch, path+"Key__c/A%2FB%20c%3F", `{"Text__c":"x"}`).want(http.StatusOK).decode(&updated)
	if created.ID == "" || created.ID != updated.ID || !*created.Created || *updated.Created || b.field(created.ID, "Key__c") != "a/b c?" {
		t.Errorf("created %+v, updated %+v", created, updated)
	}
	b.get(path + "Key__c/a%2Fb%20c%3F").want(http.StatusOK)
	b.get(path+"Key__c/nope").refused(http.StatusNotFound, "NOT_FOUND")
	b.do(http.MethodPatch, path+"Key__c/nope?updateOnly=true", `{"LastName":"Doe"}`).refused(http.StatusNotFound, "NOT_FOUND")
	b.do(http.MethodPatch, path+"Key__c/k", `{"Key__c":"k","LastName":"Doe"}`).refused(http.StatusBadRequest, "INVALID_FIELD")
	unknown := b.do(http.MethodPatch, path+"Namez/y", `{}`).want(http.StatusNotFound)
	if text := string(fixture(t, "error-upsert-unknown-external-id-field-404.json")); !sameJSON(t, text, unknown.body) {
		t.Errorf("got %s", unknown.body)
	}
	one, two := b.insert(map[string]string{"Loose__c": "two"}), b.insert(map[string]string{"Loose__c": "two"})
	several := b.do(http.MethodPatch, path+"Loose__c/two", `{"Text__c":"x"}`).want(http.StatusMultipleChoices)
	if want := `["` + path + one + `","` + path + two + `"]`; several.body != want {
		t.Errorf("got %s, want %s", several.body, want)
	}
}

func TestConvertedLeadsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id, err := b.org.Insert("Lead", map[string]string{"LastName": "Doe", "Company": "Acme", "IsConverted": "true"})
	if err != nil {
		t.Fatal(err)
	}
	got := b.collection(http.MethodPatch, "", false, `{"attributes":{"type":"Lead"},"Id":"`+id+`","Title":"x"}`)
	if got[0].code() != "CANNOT_UPDATE_CONVERTED_LEAD" {
		t.Errorf("got %+v", got[0])
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now})
	id := b.insert(map[string]string{"Text__c": "a"})
	clock.advance(1e9)
	for _, text := range []string{"b", "b", "c"} {
		b.do(http.MethodPatch, data+"/sobjects/Contact/"+id, `{"Text__c":"`+text+`"}`).want(http.StatusNoContent)
	}
	if err := b.org.Update("Contact", id, map[string]string{"Text__c": "", "Secret__c": "s", "Locked__c": "l"}); err != nil {
		t.Fatal(err)
	}
	at := clock.now()
	want := []orgsim.Write{
		{At: at, By: "rest", Changes: []orgsim.Change{{Field: "Text__c", Before: "a", After: "b"}}},
		{At: at, By: "rest"},
		{At: at, By: "rest", Changes: []orgsim.Change{{Field: "Text__c", Before: "b", After: "c"}}},
		{At: at, By: "user", Changes: []orgsim.Change{{Field: "Text__c", Before: "c"}, {Field: "Secret__c", After: "s"}, {Field: "Locked__c", After: "l"}}},
	}
	if diff := cmp.Diff(want, b.org.History("Contact", id)); diff != "" {
		t.Error(diff)
	}
	if n := b.org.Writes("contact"); n != 3 {
		t.Errorf("%d writes by the API, want 3", n)
	}
	if got := b.field(id, "LastModifiedDate"); got != "2026-05-01T07:25:38.000+0000" {
		t.Errorf("last modified %s", got)
	}
}
