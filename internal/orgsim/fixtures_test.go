package orgsim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// What may differ between two orgs' answers to the same request: ids, which also
// stand in messages and URLs, and the version that the client called.
var (
	recordID   = regexp.MustCompile(`\b[0a][0-9A-Za-z]{14}(?:[A-Z0-5]{3})?\b`)
	versionURL = regexp.MustCompile(`/services/data/v[0-9x.]+/`)
)

// portable is an answer without what may differ. Names that this org cannot have
// are replaced, in pairs of old and new.
func portable(t *testing.T, body []byte, replace ...string) any {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(string(body))
	text = versionURL.ReplaceAllString(recordID.ReplaceAllString(text, "ID"), "/services/data/vXX.X/")
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("decode %s: %v", text, err)
	}
	return value
}

// recorded is the body of a recorded answer, which may stand in a wrapper.
func recorded(t *testing.T, name string) []byte {
	t.Helper()
	var body json.RawMessage
	decodeRecorded(t, name, &body)
	return body
}

// as compares the answer with a recorded one: same status, members, values and
// wording, save for what may differ.
func (a *answer) as(status int, name string, replace ...string) {
	a.t.Helper()
	want := portable(a.t, recorded(a.t, name), replace...)
	if diff := cmp.Diff(want, portable(a.t, []byte(a.want(status).body))); diff != "" {
		a.t.Errorf("%s:\n%s", name, diff)
	}
}

func TestErrorsAreAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id, gone := b.insert(nil), b.insert(nil)
	if err := b.org.Delete("Contact", gone); err != nil {
		t.Fatal(err)
	}
	contacts := data + "/sobjects/Contact/"
	b.do(http.MethodDelete, contacts+gone, nil).as(http.StatusNotFound, "error-entity-is-deleted-404.json")
	b.do(http.MethodDelete, contacts+gone, nil).as(http.StatusNotFound, "rest-delete-already-deleted-404.json")
	b.get(contacts + id[:12] + "zzzAAA").want(http.StatusNotFound) // no such id at all
	b.get(contacts+"003"+id[3:5]+"zzzzzzzzzz").as(http.StatusNotFound, "rest-get-missing-record-404.json")
	b.do(http.MethodPatch, contacts+id, `{"CreatedDate":"2026-01-01T00:00:00Z"}`).
		as(http.StatusBadRequest, "error-invalid-field-for-insert-update-400.json", "MasterRecordId", "CreatedDate")
	b.get(contacts+id+"?fields=Id,AccountNumer").as(http.StatusBadRequest, "error-invalid-field-soql-400.json", "type Account", "type Contact")
	b.query("SELECT Id,Name,BillingCity,IsDeleted FROM Accout").as(http.StatusBadRequest, "error-invalid-type-soql-400.json")
	b.get(contacts+id, "Authorization", "Bearer expired").as(http.StatusUnauthorized, "error-invalid-session-id-401.json")
	b.do(http.MethodPatch, contacts+"Namez/y", `{}`).as(http.StatusNotFound, "error-upsert-unknown-external-id-field-404.json")
}

func TestSeveralMatchesAreAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	one, two := b.insert(map[string]string{"Loose__c": "y"}), b.insert(map[string]string{"Loose__c": "y"})
	b.do(http.MethodPatch, data+"/sobjects/Contact/Loose__c/y", `{}`).
		as(http.StatusMultipleChoices, "error-upsert-multiple-matches-300.json", "Whizbang/foo", "Contact/"+one, "Whizbang/bar", "Contact/"+two)
}

func TestDuplicateAssignmentIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	assignment := map[string]any{"AssigneeId": b.userID(), "PermissionSetId": b.create("PermissionSet", map[string]any{"Name": "Sync", "Label": "Sync"})}
	b.create("PermissionSetAssignment", assignment)
	b.do(http.MethodPost, data+"/sobjects/PermissionSetAssignment", assignment).as(http.StatusBadRequest, "error-duplicate-value-400.json")
}

func TestConvertedLeadIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id, err := b.org.Insert("Lead", map[string]string{"LastName": "Doe", "Company": "Acme", "IsConverted": "true"})
	if err != nil {
		t.Fatal(err)
	}
	b.do(http.MethodPatch, data+"/composite/sobjects", `{"records":[{"attributes":{"type":"Lead"},"Id":"`+id+`","Title":"x"}]}`).
		as(http.StatusOK, "collections-patch-200-converted-lead.json")
}

// request is a recorded request.
type request struct {
	Method string          `json:"method"`
	URI    string          `json:"uri"`
	Body   json.RawMessage `json:"body"`
}

// replay sends a recorded request to this org.
func (b *testBundle) replay(r request) *answer {
	b.t.Helper()
	_, path, _ := strings.Cut(strings.ReplaceAll(r.URI, "vxx.0", "v60.0"), ".com")
	var body any
	if len(r.Body) > 0 && string(r.Body) != "null" {
		body = strings.ReplaceAll(string(r.Body), "vxx.0", "v60.0")
	}
	return b.do(r.Method, path, body)
}

func TestUpsertByEmailIsAsRecorded(t *testing.T) {
	t.Parallel()
	const name = "collections-upsert-by-email-200-mixed-created.json"
	b := setup(t, orgsim.Config{})
	var recording struct {
		Request request `json:"request"`
	}
	if err := json.Unmarshal(fixture(t, name), &recording); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"michael.bluth@example.com", "gob.bluth@example.com", "lindsay.bluth@example.com"} {
		b.insert(map[string]string{"Email": email})
	}
	b.replay(recording.Request).as(http.StatusOK, name)
}

func TestEmailIsLoweredAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var recording struct {
		Interactions []struct {
			Request  request `json:"request"`
			Response struct {
				Status int             `json:"status"`
				Body   json.RawMessage `json:"body"`
			} `json:"response"`
		} `json:"interactions"`
	}
	if err := json.Unmarshal(fixture(t, "email-lowercased-on-save.json"), &recording); err != nil {
		t.Fatal(err)
	}
	for _, i := range recording.Interactions {
		// The recording keeps three of its org's sixteen contacts.
		want := portable(t, i.Response.Body, `"totalSize": 16`, `"totalSize": 3`)
		got := b.replay(i.Request).want(i.Response.Status)
		if diff := cmp.Diff(want, portable(t, []byte(got.body))); diff != "" {
			t.Errorf("%s:\n%s", i.Request.URI, diff)
		}
	}
}

func TestCompositeIsAsRecorded(t *testing.T) {
	t.Parallel()
	const name = "composite-200-with-failed-subrequest.json"
	b := setup(t, orgsim.Config{})
	var recording struct {
		Request request `json:"request"`
	}
	if err := json.Unmarshal(fixture(t, name), &recording); err != nil {
		t.Fatal(err)
	}
	for range 17 {
		if _, err := b.org.Insert("Account", map[string]string{"Name": "Acme"}); err != nil {
			t.Fatal(err)
		}
	}
	b.replay(recording.Request).as(http.StatusOK, name)
}

func TestUnknownParentIsAsRecorded(t *testing.T) {
	t.Parallel()
	s := schema.Standard()
	for _, o := range []schema.Object{
		{Name: "Invoice__c", Fields: []schema.Field{{Name: "Invoice_External_Id__c", Type: schema.Text, ExternalID: true}}},
		{Name: "Payment__c", Fields: []schema.Field{{Name: "Invoice__c", Type: schema.Reference, ReferenceTo: []string{"Invoice__c"}}}},
	} {
		if err := s.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	b := setup(t, orgsim.Config{Schema: s})
	payment := func(id, body string) string {
		return `{"method":"POST","url":"` + data + `/sobjects/Payment__c","referenceId":"` + id + `","body":` + body + `}`
	}
	// The name of a package's object, which begins with its namespace, is not one
	// that a schema file can define.
	b.do(http.MethodPost, data+"/composite", `{"allOrNone":true,"compositeRequest":[`+
		payment("NewPayment1", `{}`)+","+payment("NewPayment2", `{"Invoice__r":{"Invoice_External_Id__c":"0116"}}`)+`]}`).
		as(http.StatusOK, "composite-200-foreign-key-external-id-not-found.json", "blng__", "")
}

func TestFieldErrorIsAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	refused := b.do(http.MethodPost, customFields, `{"FullName":"Customer__c.IsReady__c","Metadata":{"label":"x","type":"Checkbox","defaultValue":"false","required":true}}`).
		refused(http.StatusBadRequest, "FIELD_INTEGRITY_EXCEPTION")
	text := string(fixture(t, "metadata-upsert-customfield-error-response.xml"))
	if !strings.Contains(text, "<message>"+refused.Message+"</message>") || !strings.Contains(text, "<statusCode>"+refused.Code+"</statusCode>") {
		t.Errorf("%s: %s is not in %s", refused.Code, refused.Message, text)
	}
}

func TestLoginErrorsAreAsRecorded(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var recording map[string]map[string]string
	if err := json.Unmarshal(fixture(t, "oauth-token-errors-400.json"), &recording); err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	b.form("/services/oauth2/token", url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {"unknown"},
		"client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
	}).want(http.StatusBadRequest).decode(&got)
	if want := recording["expired_refresh_token"]; !maps.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
}
