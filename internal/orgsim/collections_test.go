package orgsim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestCollectionsUpdate(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	one, two := b.insert(nil), b.insert(map[string]string{"Text__c": "before"})
	three := b.insert(nil)
	gone := b.insert(nil)
	if err := b.org.Delete("Contact", gone); err != nil {
		t.Fatal(err)
	}
	account, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	got := b.collection(http.MethodPatch, "", false,
		contact(`"id":"`+one[:15]+`","EMAIL":" Ann@Example.COM "`),
		`{"Id":"`+two+`","Text__c":"","attributes":{"type":"contact"}}`,
		contact(`"Text__c":"no id"`),
		contact(`"Id":"`+one+`x","Text__c":"a"`),
		contact(`"Id":"`+account+`","Text__c":"a"`),
		contact(`"Id":"`+one[:12]+`zzzAAA","Text__c":"a"`),
		contact(`"Id":"003`+one[3:5]+`zzzzzzzzzz","Text__c":"a"`),
		contact(`"Id":"`+gone+`","Text__c":"a"`),
		contact(`"Id":"`+one+`","unknownField_LastName":"a"`),
		contact(`"Id":"`+one+`","Secret__c":"a"`),
		contact(`"Id":"`+three+`","Name":"a","CreatedDate":null,"Text__c":"a"`),
		`{"Id":"`+one+`","Text__c":"a"}`,
		`{"attributes":{"type":"Nope"},"Id":"`+one+`"}`,
		`5`,
	)
	var codes []string
	for _, r := range got {
		if r.Success != (r.code() == "") || r.Success == (r.ID == "") || r.Created != nil || r.Errors == nil {
			t.Errorf("row %+v", r)
		}
		codes = append(codes, r.code())
	}
	want := []string{
		"", "", "MISSING_ARGUMENT", "MALFORMED_ID", "MALFORMED_ID", "MALFORMED_ID", "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED",
		"INVALID_FIELD", "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "JSON_PARSER_ERROR", "INVALID_TYPE", "JSON_PARSER_ERROR",
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	if got[0].ID != one || b.field(one, "Email") != "ann@example.com" || b.field(two, "Text__c") != "" {
		t.Errorf("the org has %q and %q", b.field(one, "Email"), b.field(two, "Text__c"))
	}
	if diff := cmp.Diff([]string{"Name", "CreatedDate"}, got[10].Errors[0].Fields); diff != "" {
		t.Error(diff)
	}
	if n := b.org.Writes("Contact"); n != 2 {
		t.Errorf("%d writes", n)
	}
}

// What Salesforce answered to the same requests, where it was recorded.
func TestCollectionsAnswerAsRecorded(t *testing.T) {
	t.Parallel()
	s := schema.Standard()
	if err := s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{{Name: "email_field__c", Label: "email field", Type: schema.Email}}}); err != nil {
		t.Fatal(err)
	}
	b := setup(t, orgsim.Config{Schema: s})
	id, other := b.insert(nil), b.insert(nil)
	for name, test := range map[string]struct {
		method    string
		allOrNone bool
		rows      []string
	}{
		"collections-create-two-ok-200.json":                {http.MethodPost, false, []string{contact(`"LastName":"A"`), contact(`"LastName":"B"`)}},
		"collections-create-allornone-rolled-back-200.json": {http.MethodPost, true, []string{contact(`"FirstName":"A"`), contact(`"LastName":"B"`)}},
		"collections-update-missing-ids-200.json":           {http.MethodPatch, false, []string{contact(`"LastName":"A"`), contact(`"LastName":"B"`)}},
		"collections-update-unknown-field-200.json":         {http.MethodPatch, true, []string{contact(`"Id":"` + id + `","LastName":"A"`), contact(`"Id":"` + id + `","unknownField_LastName":"B"`)}},
		"collections-patch-200-partial-invalid-email.json":  {http.MethodPatch, false, []string{contact(`"Id":"` + id + `","LastName":"A"`), contact(`"Id":"` + other + `","email_field__c":"badone"`)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []map[string]any
			decodeRecorded(t, name, &want)
			text, err := json.Marshal(b.collection(test.method, "", test.allOrNone, test.rows...))
			if err != nil {
				t.Fatal(err)
			}
			var got []map[string]any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				delete(got[i], "created") // null: row prints what it has not read
				if got[i]["id"] == "" {
					delete(got[i], "id")
				}
				if want[i]["id"] != nil && got[i]["id"] != nil {
					want[i]["id"] = got[i]["id"] // another org's
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// decodeRecorded reads a recorded body, with or without its wrapper.
func decodeRecorded(t *testing.T, name string, into any) {
	t.Helper()
	text := fixture(t, name)
	var wrapped struct {
		Response struct {
			Body json.RawMessage `json:"body"`
		} `json:"response"`
	}
	if json.Unmarshal(text, &wrapped) == nil && wrapped.Response.Body != nil {
		text = wrapped.Response.Body
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func TestCollectionsRefuseRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	path := data + "/composite/sobjects"
	many := `{"records":[` + strings.TrimSuffix(strings.Repeat(contact(`"LastName":"A"`)+",", 201), ",") + `]}`
	empty := b.do(http.MethodPost, path, `{"allOrNone":false,"records":[]}`)
	if text := string(fixture(t, "collections-create-empty-records-400.json")); !sameJSON(t, text, empty.body) {
		t.Errorf("got %s, want %s", empty.body, text)
	}
	mixed := `{"records":[` + strings.TrimSuffix(strings.Repeat(contact(`"LastName":"A"`)+`,{"attributes":{"type":"Account"},"Name":"A"},`, 6), ",") + `]}`
	for name, test := range map[string]struct {
		method, path, body, contentType string
		status                          int
		code                            string
	}{
		"201 rows":         {http.MethodPatch, path, many, "application/json", http.StatusBadRequest, "EXCEEDED_ID_LIMIT"},
		"12 runs of types": {http.MethodPost, path, mixed, "application/json", http.StatusBadRequest, "LIMIT_EXCEEDED"},
		"no JSON":          {http.MethodPatch, path, `{"records":[`, "application/json", http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"two documents":    {http.MethodPatch, path, `{"records":[]}{}`, "application/json", http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"another type":     {http.MethodPatch, path, `records`, "text/csv", http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"},
		"no external id":   {http.MethodPatch, path + "/Contact/Text__c", `{"records":[{}]}`, "application/json", http.StatusNotFound, "NOT_FOUND"},
		"delete nothing":   {http.MethodDelete, path + "?ids=", ``, "application/json", http.StatusBadRequest, "REQUIRED_FIELD_MISSING"},
		"delete too much":  {http.MethodDelete, path + "?ids=" + strings.Repeat("003000000000001,", 201), ``, "application/json", http.StatusBadRequest, "EXCEEDED_ID_LIMIT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.do(test.method, test.path, test.body, "Content-Type", test.contentType).refused(test.status, test.code)
		})
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("no JSON: %s, %s", a, b)
	}
	return cmp.Equal(x, y)
}

func TestAllOrNoneLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"Text__c": "before", "Key__c": "k1"})
	got := b.collection(http.MethodPatch, "/Contact/Key__c", true,
		contact(`"Key__c":"K1","Text__c":"after"`), contact(`"Key__c":"k2","LastName":"New"`), contact(`"Key__c":"k3","LastName":"New","Mail__c":"bad"`))
	var codes []string
	for _, r := range got {
		codes = append(codes, r.code())
	}
	want := []string{"ALL_OR_NONE_OPERATION_ROLLED_BACK", "ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_EMAIL_ADDRESS"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	if b.field(id, "Text__c") != "before" || b.field(id, "Key__c") != "k1" || len(b.org.History("Contact", id)) != 0 || b.org.Writes("Contact") != 0 {
		t.Errorf("something is left: %v", b.org.History("Contact", id))
	}
	if rows := b.rows("SELECT Id FROM Contact WHERE Key__c IN ('k1','k2')"); len(rows) != 1 {
		t.Errorf("the index finds %v", rows)
	}
	// Numbers that undone inserts had are gone for good.
	if next := b.insert(map[string]string{"Key__c": "k2"}); b.field(next, "Serial__c") != "C-0004" {
		t.Errorf("the next serial is %s", b.field(next, "Serial__c"))
	}
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	ids := map[string]string{}
	for _, key := range []string{"Loose", "loose", "same", "same"} {
		ids[key] = b.insert(map[string]string{"Loose__c": key})
	}
	ids["Key"] = b.insert(map[string]string{"Key__c": "Key", "Email": "michael@example.com"})
	ids["Exact"] = b.insert(map[string]string{"Exact__c": "Exact"})

	check := func(field string, r row, id, code string, created bool) {
		t.Helper()
		if r.code() != code || id != "" && r.ID != id || code == "" && (r.Created == nil || *r.Created != created) {
			t.Errorf("%s: got %+v", field, r)
		}
	}
	rows := b.collection(http.MethodPatch, "/Contact/Loose__c", false,
		contact(`"Loose__c":"LOOSE","LastName":"New"`), contact(`"Loose__c":"loose","Text__c":"x"`), contact(`"Loose__c":"same","Text__c":"x"`))
	check("not unique: another case is another key", rows[0], "", "", true)
	check("not unique: the same key", rows[1], ids["loose"], "", false)
	check("not unique: two matches", rows[2], "", "DUPLICATE_EXTERNAL_ID", false)

	rows = b.collection(http.MethodPatch, "/Contact/Key__c", false, contact(`"Key__c":"KEY","Text__c":"x"`))
	check("unique: case is ignored", rows[0], ids["Key"], "", false)

	rows = b.collection(http.MethodPatch, "/Contact/Exact__c", false, contact(`"Exact__c":"EXACT","LastName":"New"`), contact(`"Exact__c":"Exact","Text__c":"x"`))
	check("case-sensitive: another case is another key", rows[0], "", "", true)
	check("case-sensitive: the same key", rows[1], ids["Exact"], "", false)

	rows = b.collection(http.MethodPatch, "/Contact/Email", false, contact(`"Email":"Michael@Example.com","Text__c":"x"`), contact(`"Email":"new@example.com","LastName":"New"`), contact(`"Email":"other@example.com"`))
	check("by e-mail", rows[0], ids["Key"], "", false)
	check("by a new e-mail", rows[1], "", "", true)
	check("a new one without its required fields", rows[2], "", "REQUIRED_FIELD_MISSING", false)

	rows = b.collection(http.MethodPatch, "/Contact/Key__c", false, contact(`"Key__c":"twice","LastName":"A"`), contact(`"Key__c":" TWICE ","LastName":"B"`), contact(`"Key__c":"once","LastName":"C"`))
	check("a key twice, first", rows[0], "", "DUPLICATE_VALUE", false)
	check("a key twice, second", rows[1], "", "DUPLICATE_VALUE", false)
	check("a key once", rows[2], "", "", true)
	if rows[0].Errors[0].Message != "Duplicate external id specified: twice" {
		t.Errorf("message %q", rows[0].Errors[0].Message)
	}

	rows = b.collection(http.MethodPatch, "/Contact/Id", false, contact(`"Id":null,"LastName":"New"`), contact(`"Id":"`+ids["Key"]+`","Text__c":"y"`), contact(`"Id":"003000000000000AAA"`))
	check("by Id null", rows[0], "", "", true)
	check("by Id", rows[1], ids["Key"], "", false)
	check("by Id of nothing", rows[2], "", "INVALID_CROSS_REFERENCE_KEY", false)
}

func TestCollectionsDelete(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	var got []row
	b.do(http.MethodDelete, data+"/composite/sobjects?allOrNone=false&ids="+id+","+id+",xyz", nil).want(http.StatusOK).decode(&got)
	codes := []string{got[0].code(), got[1].code(), got[2].code()}
	if diff := cmp.Diff([]string{"", "ENTITY_IS_DELETED", "MALFORMED_ID"}, codes); diff != "" {
		t.Error(diff)
	}
	if _, ok := b.org.Record("Contact", id); ok {
		t.Error("the record is still there")
	}
}
