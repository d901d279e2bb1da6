package rest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestUpsertByKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const old = "/services/data/v45.0"
	path := "/sobjects/Contact/Key__c/" + url.PathEscape("a/b #1?.json")
	b.do(http.MethodPatch, data+path+"?updateOnly=true", `{"LastName":"Doe"}`).refused(http.StatusNotFound, "NOT_FOUND")
	created := b.do(http.MethodPatch, data+path, `{"LastName":"Doe"}`)
	id := created.id()
	if b.value("Contact", id, "Key__c") != "a/b #1?.json" || created.header.Get("Location") != data+"/sobjects/Contact/"+id || !strings.Contains(string(created.body), `"created":true`) {
		t.Errorf("created %s with %q at %q", created.body, b.value("Contact", id, "Key__c"), created.header.Get("Location"))
	}
	if a := b.do(http.MethodPatch, data+path, `{"Title":"x"}`).want(http.StatusOK); !strings.Contains(string(a.body), `"created":false`) {
		t.Errorf("updated: %s", a.body)
	}
	if a := b.do(http.MethodPatch, old+path, `{"Title":"y"}`).want(http.StatusNoContent); len(a.body) != 0 {
		t.Errorf("updated before v46: %s", a.body)
	}
	if a := b.do(http.MethodPatch, old+"/sobjects/Contact/Key__c/new", `{"LastName":"Roe"}`).want(http.StatusCreated); strings.Contains(string(a.body), "created") {
		t.Errorf("created before v46: %s", a.body)
	}
	b.do(http.MethodPatch, data+path, `{"key__c":"other"}`).refused(http.StatusBadRequest, "INVALID_FIELD")
	b.do(http.MethodPatch, data+path, `{"Id":"`+id+`"}`).refused(http.StatusBadRequest, "INVALID_FIELD")
	b.do(http.MethodDelete, data+path, "").want(http.StatusNoContent)
	b.do(http.MethodDelete, data+path, "").refused(http.StatusNotFound, "NOT_FOUND")
	b.get(data+path).refused(http.StatusNotFound, "NOT_FOUND")
	b.get(data+"/sobjects/Contact/Title/x").refused(http.StatusNotFound, "NOT_FOUND")
}

func TestUpsertMatchesSeveral(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.insert("Contact", map[string]string{"LastName": "A", "Loose__c": "k"}), b.insert("Contact", map[string]string{"LastName": "B", "Loose__c": "k"})
	for _, method := range []string{http.MethodPatch, http.MethodGet, http.MethodDelete} {
		var urls []string
		b.do(method, data+"/sobjects/Contact/Loose__c/k", `{"Title":"x"}`).want(http.StatusMultipleChoices).decode(&urls)
		if len(urls) != 2 || urls[0] != data+"/sobjects/Contact/"+one || urls[1] != data+"/sobjects/Contact/"+two {
			t.Errorf("%s: %v", method, urls)
		}
	}
}

func TestRecordByIDField(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.insert("Contact", map[string]string{"LastName": "A"})
	path := data + "//sobjects/Contact/Id/" + id + "/"
	b.do(http.MethodPatch, path, `{"Title":"x"}`).want(http.StatusOK)
	if a := b.get("/" + path + "?fields=Id,Title").want(http.StatusOK); !strings.Contains(string(a.body), `"Title":"x"`) {
		t.Errorf("read %s", a.body)
	}
	if e := b.journal.Entries()[0]; e.Path != data+"/sobjects/Contact/Id/"+id {
		t.Errorf("the journal has path %s", e.Path)
	}
	b.get(data+"/sobjects/Contact/Id/003000000000000AAA").refused(http.StatusNotFound, "NOT_FOUND")
	b.get(data+"/sobjects/Contact/"+id+"?fields=Secret__c").refused(http.StatusBadRequest, "INVALID_FIELD")
}

func TestAttributesOfASingleRow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.do(http.MethodPost, data+"/sobjects/Contact", `{"LastName":"x","attributes":{"type":"contact"}}`).id()
	b.do(http.MethodPost, data+"/sobjects/Contact", `{"attributes":{"type":"Account"},"LastName":"x"}`).refused(http.StatusBadRequest, "INVALID_TYPE")
	b.do(http.MethodPost, data+"/sobjects/Contact", `{"attributes":{},"LastName":"x"}`).refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
}

func TestDuplicatesDetected(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.insert("Contact", map[string]string{"LastName": "A", "Phone": "1"})
	row := `{"LastName":"B","Phone":"1"}`
	single := b.do(http.MethodPost, data+"/sobjects/Contact", row).want(http.StatusBadRequest)
	result := `{"allowSave":true,"duplicateRule":"Same_Phone","duplicateRuleEntityType":"Contact","errorMessage":"Use one of these records?",` +
		`"matchResults":[{"entityType":"Contact","errors":[],"matchEngine":"ExactMatchEngine","matchRecords":[{"additionalInformation":[],"fieldDiffs":[],` +
		`"matchConfidence":100.0,"record":{"attributes":{"type":"Contact","url":"` + data + `/sobjects/Contact/` + id + `"},"Id":"` + id + `"}}],` +
		`"rule":"Same_Phone","size":1,"success":true}]}`
	if want := `[{"duplicateResut":` + result + `,"errorCode":"DUPLICATES_DETECTED","message":"Use one of these records?"}]`; string(single.body) != want {
		t.Errorf("single row: %s\nwant %s", single.body, want)
	}
	rows := `{"records":[{"attributes":{"type":"Contact"},` + row[1:] + `]}`
	collection := b.do(http.MethodPost, data+"/composite/sobjects", rows).want(http.StatusOK)
	if want := `[{"success":false,"errors":[{"statusCode":"DUPLICATES_DETECTED","message":"Use one of these records?","fields":[],"duplicateResult":` + result + `}]}]`; string(collection.body) != want {
		t.Errorf("collection: %s\nwant %s", collection.body, want)
	}
	for _, header := range []string{"allowSave=true", "includeRecordDetails=true; allowSave=TRUE", "runAsCurrentUser=false,allowSave=true"} {
		b.do(http.MethodPost, data+"/sobjects/Contact", row, "Sforce-Duplicate-Rule-Header", header).id()
	}
	b.do(http.MethodPost, data+"/sobjects/Contact", row, "Sforce-Duplicate-Rule-Header", "allowSave=false").want(http.StatusBadRequest)
}

// Assignment rules run unless they are told not to.
func TestAutoAssign(t *testing.T) {
	t.Parallel()
	b := setup(t)
	bob := b.insert("User", map[string]string{"Username": "bob@example.com", "LastName": "Bob", "Email": "bob@example.com"})
	for header, owner := range map[string]string{"": bob, "TRUE": bob, "false": b.user} {
		var headers []string
		if header != "" {
			headers = []string{"Sforce-Auto-Assign", header}
		}
		id := b.do(http.MethodPost, data+"/sobjects/Case", `{"Subject":"Bob's"}`, headers...).id()
		if got := b.value("Case", id, "OwnerId"); got != owner {
			t.Errorf("Sforce-Auto-Assign %q: owner %s, want %s", header, got, owner)
		}
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, header := range [][2]string{
		{"Sforce-Auto-Assign", "FALSE"},
		{"Sforce-Auto-Assign", "true"},
		{"Sforce-Call-Options", "client=x/1, defaultNamespace=ns"},
		{"Sforce-Mru", "updateMru=false"},
	} {
		b.do(http.MethodPost, data+"/sobjects/Account", `{"Name":"A"}`, header[0], header[1]).id()
	}
	for _, header := range [][2]string{
		{"Sforce-Auto-Assign", "no"},
		{"Sforce-Auto-Assign", "003000000000000AAA"},
		{"Sforce-Call-Options", "x"},
		{"Sforce-Mru", "updateMru=maybe"},
		{"Sforce-Duplicate-Rule-Header", "allow=true"},
	} {
		b.do(http.MethodPost, data+"/sobjects/Account", `{"Name":"A"}`, header[0], header[1]).refused(http.StatusBadRequest, "INVALID_HEADER")
	}
}
