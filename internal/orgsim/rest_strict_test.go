package orgsim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestBodiesAreReadStrictly(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	row := contact(`"LastName":"x"`)
	get := `{"method":"GET","url":"` + data + `/sobjects/Contact","referenceId":"a"}`
	for body, path := range map[string]string{
		`{"records":[` + row + `],"foo":1}`:                                                      "/composite/sobjects",
		`{"Records":[` + row + `],"ALLORNONE":true}`:                                             "/composite/sobjects",
		`{"allOrNone":null,"records":[` + row + `]}`:                                             "/composite/sobjects",
		`{"allOrNone":"yes","records":[` + row + `]}`:                                            "/composite/sobjects",
		`{"allOrNone":true,"allOrNone":true,"records":[]}`:                                       "/composite/sobjects",
		`{"ids":["x"],"Fields":["Id"]}`:                                                          "/composite/sobjects/Contact",
		`{"CompositeRequest":[` + get + `]}`:                                                     "/composite",
		`{"compositeRequest":[` + strings.Replace(get, "method", "METHOD", 1) + `]}`:             "/composite",
		`{"compositeRequest":[` + strings.Replace(get, `"method":"GET",`, "", 1) + `]}`:          "/composite",
		`{"compositeRequest":[` + strings.Replace(get, `}`, `,"body":{}}`, 1) + `]}`:             "/composite",
		`{"compositeRequest":[` + strings.Replace(get, `GET`, `FETCH`, 1) + `]}`:                 "/composite",
		`{"graphs":[{"graphId":"g","compositeRequest":[{"url":"/","referenceId":"a"}]}]}`:        "/composite/graph",
		`{"batchRequests":[{"url":"v60.0/limits"}]}`:                                             "/composite/batch",
		`{"batchRequests":[{"method":"GET","url":"v60.0/limits","richInput":{}}]}`:               "/composite/batch",
		`{"LastName":"a","lastname":"b"}`:                                                        "/sobjects/Contact",
		`{"LastName":"a","Account":{"attributes":{"type":"Account"},"Key__c":"1","KEY__C":"2"}}`: "/sobjects/Contact",
		"{\"LastName\":\"\xff\"}":                                                                "/sobjects/Contact",
		`{"LastName":"\udc00"}`:                                                                  "/sobjects/Contact",
		`{"LastName":"nul\u0000"}`:                                                               "/sobjects/Contact",
		`{"LastName":"a"`:                                                                        "/sobjects/Contact",
		`{"operation":"insert"}{}`:                                                               "/jobs/ingest",
		`{"operation":true}`:                                                                     "/jobs/ingest",
		`{"operation":"a","operation"}`:                                                          "/jobs/ingest",
	} {
		refused := b.do(http.MethodPost, data+path, body).refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
		if strings.Contains(refused.Message, "Go ") || strings.Contains(refused.Message, "json:") {
			t.Errorf("%s: %s", body, refused.Message)
		}
	}
	// Attributes have one case; a row that has a field twice fails alone.
	rows := b.collection(http.MethodPost, "", false, `{"Attributes":{"type":"Contact"},"LastName":"x"}`, contact(`"LastName":"a","LASTNAME":"b"`), row)
	for i, code := range []string{"JSON_PARSER_ERROR", "JSON_PARSER_ERROR", ""} {
		if rows[i].code() != code {
			t.Errorf("row %d: %+v", i, rows[i])
		}
	}
	if got := b.rows("SELECT Id FROM Contact"); len(got) != 1 {
		t.Errorf("%d contacts, want that of the one good row", len(got))
	}
}

func TestURLsAreReadStrictly(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"LastName": "a;b", "Key__c": "k"})
	b.get(data + "/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='a;b'").want(http.StatusOK)
	for path, words := range map[string]string{
		"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName+LIKE+'%'":     `invalid URL escape "%'"`,
		"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='%ff'":        "not UTF-8",
		"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='%00'":        "not UTF-8",
		"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='%5Cu0000'":   "Illegal character sequence",
		"/query?q=SELECT+Id+FROM+Contact+WHERE+LastName='%5C_'":       "Illegal character sequence",
		"/query?q=SELECT+Id+FROM+Contact+WHERE+Id='x'+AND+NOT+Id='y'": "unexpected token: 'NOT'",
	} {
		if refused := b.get(data+path).refused(http.StatusBadRequest, "MALFORMED_QUERY"); !strings.Contains(refused.Message, words) {
			t.Errorf("%s: %s", path, refused.Message)
		}
	}
	b.get(data+"/sobjects/Contact/Key__c/%ff").refused(http.StatusNotFound, "NOT_FOUND")
	b.do(http.MethodPatch, data+"/sobjects/Contact/Key__c/a%00", `{"LastName":"x"}`).refused(http.StatusNotFound, "NOT_FOUND")
	b.do(http.MethodPatch, data+"/sobjects/Contact/Key__c/%20", `{"LastName":"x"}`).refused(http.StatusBadRequest, "MISSING_ARGUMENT")
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		b.do(method, data+"/sobjects/Contact/Key__c/%20", nil).refused(http.StatusBadRequest, "MISSING_ARGUMENT")
	}

	b.get(data+"/sobjects/Contact/"+id+"?fields=Id,Id").refused(http.StatusBadRequest, "INVALID_FIELD")
	b.get(data + "/sobjects/Contact/" + id + "?fields=Id,LastName").want(http.StatusOK)
	for _, fields := range []string{`"Id","id"`, `"Id,LastName"`} {
		b.do(http.MethodPost, data+"/composite/sobjects/Contact", `{"ids":["`+id+`"],"fields":[`+fields+`]}`).refused(http.StatusBadRequest, "INVALID_FIELD")
	}

	b.do(http.MethodDelete, data+"/composite/sobjects?allOrNone=maybe&ids="+id, nil).refused(http.StatusBadRequest, "INVALID_ARGUMENT")
	b.do(http.MethodPatch, data+"/sobjects/Contact/Key__c/new?updateOnly=", `{"LastName":"x"}`).refused(http.StatusBadRequest, "INVALID_ARGUMENT")
	for _, options := range []string{"garbage", "batchSize=abc", "batchSize=200,x=1", "size=200"} {
		b.get(data+"/query?q=SELECT+Id+FROM+Contact", "Sforce-Query-Options", options).refused(http.StatusBadRequest, "INVALID_HEADER")
	}
	b.get(data+"/query?q=SELECT+Id+FROM+Contact", "Sforce-Query-Options", "batchSize=200").want(http.StatusOK)
	if got := b.rows("SELECT Id FROM Contact"); len(got) != 1 {
		t.Errorf("%d contacts, want the one there was", len(got))
	}
}

// A POST may stand for another method, and a POST to the field Id for a create.
func TestMethodOverride(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	b.do(http.MethodPost, data+"/sobjects/Contact/"+id+"?_HttpMethod=PATCH", `{"LastName":"Roe"}`).want(http.StatusNoContent)
	if got := b.field(id, "LastName"); got != "Roe" {
		t.Errorf("LastName is %s", got)
	}
	for _, method := range []string{"PATCH", "patch", ""} {
		b.do(http.MethodPost, data+"/sobjects/Contact?_HttpMethod="+method, `{"LastName":"x"}`).refused(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	}
	b.do(http.MethodPost, data+"/sobjects/Contact/Id", `{"LastName":"x"}`).want(http.StatusCreated)
	b.do(http.MethodPost, data+"/sobjects/Contact/"+id, `{"LastName":"x"}`).refused(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	if got := b.rows("SELECT Id FROM Contact"); len(got) != 2 {
		t.Errorf("%d contacts, want 2", len(got))
	}
}

// HEAD is a GET without its body; who takes nothing but XML gets nothing.
func TestHeadAndAccept(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	if a := b.do(http.MethodHead, data+"/sobjects/Contact/"+id, nil).want(http.StatusOK); a.body != "" || a.header.Get("Content-Type") == "" {
		t.Errorf("HEAD answers %q, %v", a.body, a.header)
	}
	b.do(http.MethodHead, data+"/sobjects/Contact/003000000000001", nil).want(http.StatusNotFound)
	b.get(data+"/sobjects/Contact/"+id, "Accept", "application/xml").want(http.StatusNotAcceptable)
	b.get(data+"/sobjects/Contact/"+id, "Accept", "text/html, application/xml;q=0.9, */*;q=0.8").want(http.StatusOK)
	refused := b.do(http.MethodPost, data+"/sobjects/Contact/"+id, `{}`).want(http.StatusMethodNotAllowed)
	if !strings.Contains(refused.body, "HTTP Method 'POST' not allowed. Allowed are HEAD,GET,PATCH,DELETE") {
		t.Errorf("refused with %s", refused.body)
	}
}

func TestResourcesHaveVersions(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, test := range []struct{ method, before, since, path, body string }{
		{http.MethodPost, "41", "42", "/composite/sobjects", `{"records":[` + contact(`"LastName":"x"`) + `]}`},
		{http.MethodPatch, "45", "46", "/composite/sobjects/Contact/Key__c", `{"records":[` + contact(`"LastName":"x","Key__c":"k"`) + `]}`},
		{http.MethodPost, "37", "38", "/composite", `{"compositeRequest":[{"method":"GET","url":"` + data + `/sobjects","referenceId":"a"}]}`},
		{http.MethodPost, "33", "34", "/composite/batch", `{"batchRequests":[{"method":"GET","url":"v34.0/limits"}]}`},
		{http.MethodPost, "49", "50", "/composite/graph", `{"graphs":[{"graphId":"g","compositeRequest":[{"method":"GET","url":"` + data + `/sobjects","referenceId":"a"}]}]}`},
		{http.MethodGet, "39", "40", "/limits/recordCount", ""},
	} {
		var body any
		if test.body != "" {
			body = test.body
		}
		b.do(test.method, "/services/data/v"+test.before+".0"+test.path, body).refused(http.StatusNotFound, "NOT_FOUND")
		b.do(test.method, "/services/data/v"+test.since+".0"+test.path, body).want(http.StatusOK)
	}
}

func TestQueryLocators(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now, Users: []orgsim.User{
		{Username: orgsim.DefaultUsername, LastName: "User", Email: "a@orgsim.example", Password: orgsim.DefaultPassword},
		{Username: "other@orgsim.example", LastName: "Other", Email: "b@orgsim.example", Password: "other"},
	}})
	for range 700 {
		b.insert(nil)
	}
	gone := func(path string, headers ...string) {
		t.Helper()
		b.get(path, headers...).refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
	}
	var first, second page
	options := []string{"Sforce-Query-Options", "batchSize=200"}
	b.get(data+"/query?q="+url.QueryEscape("SELECT Id FROM Contact"), options...).want(http.StatusOK).decode(&first)
	next := first.Next
	b.get(next, options...).want(http.StatusOK).decode(&second)
	b.get(next, options...).want(http.StatusOK) // once more: nothing is used up
	gone(next + "0")
	gone(next[:strings.LastIndexByte(next, '-')] + "-1")
	gone(strings.Replace(next, "/query/", "/queryAll/", 1))
	gone(strings.Replace(next, "/v60.0/", "/v61.0/", 1))

	other := newPerson(t, b.server.URL)
	v := other.allow(other.login(other.authorize(), "other@orgsim.example", "other"))
	gone(next, "Authorization", "Bearer "+b.grants(exchange(v.callback.Get("code")))["access_token"])

	clock.advance(48*time.Hour - time.Second)
	b.login()
	b.get(second.Next, options...).want(http.StatusOK)
	clock.advance(time.Second)
	gone(second.Next)
}

// What a client may ask about its user is a matter of scope.
func TestIdentityNeedsScope(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: orgsim.App{RedirectURIs: []string{callback}}})
	p := newPerson(t, b.server.URL)
	for scope, status := range map[string]int{
		"api": http.StatusForbidden, "api refresh_token": http.StatusForbidden,
		"api id": http.StatusOK, "api openid": http.StatusOK, "profile": http.StatusOK, "api web refresh_token": http.StatusOK,
	} {
		tokens := b.grants(exchange(p.code("scope", scope)))
		for _, path := range []string{"/services/oauth2/userinfo", strings.TrimPrefix(tokens["id"], b.server.URL)} {
			got := b.get(path, "Authorization", "Bearer "+tokens["access_token"]).want(status)
			if status == http.StatusForbidden && got.body != "Bad_OAuth_Token" {
				t.Errorf("%s: %s", scope, got.body)
			}
		}
	}
}

// What is much too long is answered, and noted, like what is a little too long.
func TestVeryLongURI(t *testing.T) {
	t.Parallel()
	org, err := orgsim.New(orgsim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := orgsim.Start(org, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for length, status := range map[int]int{300_000: http.StatusRequestURITooLong, 3_000_000: http.StatusRequestURITooLong} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+data+"/query?q="+strings.Repeat("x", length), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != status || !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%d bytes: %s, %s", length, response.Status, response.Header.Get("Content-Type"))
		}
	}
	if entries := org.Journal().Entries(); len(entries) != 2 {
		t.Errorf("%d journal entries, want 2", len(entries))
	}
	if err := server.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
