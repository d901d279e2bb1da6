package orgsim_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const data = "/services/data/v60.0"

// testBundle is an org that listens, and a client that is logged in.
type testBundle struct {
	t      *testing.T
	org    *orgsim.Org
	server *httptest.Server
	client *http.Client
	token  string
}

// setup starts an org with the fields of allTypes on Contact.
func setup(t *testing.T, config orgsim.Config) *testBundle {
	t.Helper()
	if config.Schema == nil {
		config.Schema = allTypes(t)
	}
	org, err := orgsim.New(config)
	if err != nil {
		t.Fatal(err)
	}
	b := &testBundle{t: t, org: org, server: httptest.NewServer(org)}
	// A client of its own: connections that faults cut must not be shared.
	b.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	t.Cleanup(func() {
		org.Close()
		b.server.Close()
		b.client.CloseIdleConnections()
	})
	if !config.NoRunAsUser {
		b.login()
	}
	return b
}

// allTypes is the standard schema with a custom field of each type on Contact,
// and a custom object.
func allTypes(t *testing.T) *schema.Schema {
	t.Helper()
	s, err := schema.Load("testdata/all_types.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *testBundle) login() {
	b.t.Helper()
	answer := b.form("/services/oauth2/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
	})
	var token struct {
		AccessToken string `json:"access_token"`
	}
	answer.want(http.StatusOK).decode(&token)
	b.token = token.AccessToken
}

// answer is a response that has been read.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

// do sends a request with the bundle's token; a body that is no string is sent
// as JSON. Headers come in pairs.
func (b *testBundle) do(method, path string, body any, headers ...string) *answer {
	b.t.Helper()
	answer, err := b.try(method, path, body, headers...)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

// try is do for requests that may get no answer.
func (b *testBundle) try(method, path string, body any, headers ...string) (*answer, error) {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+path, reader(b.t, body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	for header := range slices.Chunk(headers, 2) {
		name, value := header[0], header[1]
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	response, err := b.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &answer{t: b.t, status: response.StatusCode, header: response.Header, body: string(text)}, nil
}

func reader(t *testing.T, body any) io.Reader {
	t.Helper()
	switch body := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(body)
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(string(text))
}

func (b *testBundle) form(path string, form url.Values, headers ...string) *answer {
	b.t.Helper()
	return b.do(http.MethodPost, path, form.Encode(), append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)...)
}

func (b *testBundle) get(path string, headers ...string) *answer {
	b.t.Helper()
	return b.do(http.MethodGet, path, nil, headers...)
}

func (b *testBundle) query(soql string) *answer {
	b.t.Helper()
	return b.get(data + "/query?q=" + url.QueryEscape(soql))
}

// insert makes a contact behind the API's back; LastName is given where fields
// do not.
func (b *testBundle) insert(fields map[string]string) string {
	b.t.Helper()
	with := map[string]string{"LastName": "Doe"}
	maps.Copy(with, fields)
	id, err := b.org.Insert("Contact", with)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// field is a contact's stored value; "" is null.
func (b *testBundle) field(id, name string) string {
	b.t.Helper()
	record, ok := b.org.Record("Contact", id)
	if !ok {
		b.t.Fatalf("contact %s is gone", id)
	}
	return record[name]
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; body: %s", a.status, status, a.body)
	}
	return a
}

func (a *answer) decode(into any) *answer {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		a.t.Fatalf("decode %q: %v", a.body, err)
	}
	return a
}

// apiError is an entry of a top-level error array.
type apiError struct {
	Message string    `json:"message"`
	Code    string    `json:"errorCode"`
	Fields  *[]string `json:"fields"`
}

// refused checks status and code of a top-level error and returns it.
func (a *answer) refused(status int, code string) apiError {
	a.t.Helper()
	var errs []apiError
	a.want(status).decode(&errs)
	if len(errs) != 1 || errs[0].Code != code {
		a.t.Fatalf("got %s, want code %s", a.body, code)
	}
	return errs[0]
}

// row is an entry of a collections answer.
type row struct {
	ID      string `json:"id"`
	Success bool   `json:"success"`
	Created *bool  `json:"created"`
	Errors  []struct {
		Code    string   `json:"statusCode"`
		Message string   `json:"message"`
		Fields  []string `json:"fields"`
	} `json:"errors"`
}

// code is the row's error code, or "".
func (r row) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Code
}

// collection sends rows, each the text of a JSON object, and returns the answers.
func (b *testBundle) collection(method, path string, allOrNone bool, rows ...string) []row {
	b.t.Helper()
	body := `{"allOrNone":false,"records":[` + strings.Join(rows, ",") + `]}`
	if allOrNone {
		body = strings.Replace(body, "false", "true", 1)
	}
	var got []row
	b.do(method, data+"/composite/sobjects"+path, body).want(http.StatusOK).decode(&got)
	if len(got) != len(rows) {
		b.t.Fatalf("%d answers to %d rows", len(got), len(rows))
	}
	return got
}

// contact is the JSON of a contact row with the given members.
func contact(members string) string {
	return `{"attributes":{"type":"Contact"},` + members + `}`
}

// fixture reads a recorded payload; without the recordings the test is skipped.
func fixture(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "..", "shared", "salesforce-fixtures", name))
		if err == nil {
			return text
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Skipf("the recorded payload %s is not beside this checkout", name)
	}
}
