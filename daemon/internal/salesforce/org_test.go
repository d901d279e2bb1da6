package salesforce_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	host   = "acme.my.salesforce.com"
	orgID  = "00D1a000000H3O9EAK"
	userID = "0051a000000UGT8AAO"
	data   = "/services/data/v62.0"
)

// exchange is one request as the scripted org saw it.
type exchange struct {
	Method string
	Path   string
	Query  url.Values
	Header http.Header
	Body   string
	// Nth counts the requests with this method and path, from 1.
	Nth int
}

// handler answers one kind of request.
type handler func(w http.ResponseWriter, x exchange)

// scriptedOrg is a round tripper that answers from a script, within the process: fake time keeps
// running while a client waits. What the script doesn't know fails the test.
type scriptedOrg struct {
	t      *testing.T
	routes map[string]handler

	mu     sync.Mutex
	log    []exchange
	tokens int
}

// newOrg returns an org that logs in, and whose other routes are "METHOD path" to handler.
func newOrg(t *testing.T, routes map[string]handler) *scriptedOrg {
	t.Helper()
	o := &scriptedOrg{t: t, routes: map[string]handler{}}
	o.routes["POST /services/oauth2/token"] = o.token
	maps.Copy(o.routes, routes)
	return o
}

// client returns a client of the org; change may be nil.
func (o *scriptedOrg) client(change func(*salesforce.Config)) *salesforce.Client {
	o.t.Helper()
	cfg := salesforce.Config{
		LoginURL: "https://" + host, ClientID: "3MVG9.test", ClientSecret: "s3cret", Transport: o,
	}
	if change != nil {
		change(&cfg)
	}
	client, err := salesforce.New(cfg)
	if err != nil {
		o.t.Fatal(err)
	}
	return client
}

// token issues a new token with every login.
func (o *scriptedOrg) token(w http.ResponseWriter, _ exchange) {
	o.mu.Lock()
	o.tokens++
	n := o.tokens
	o.mu.Unlock()
	reply(w, 200, fmt.Sprintf(`{"access_token":"%s!token%d","instance_url":"https://%s","token_type":"Bearer",
		"id":"https://login.salesforce.com/id/%s/%s","issued_at":"1435269208465","signature":"x"}`, orgID, n, host, orgID, userID))
}

func (o *scriptedOrg) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		_ = req.Body.Close()
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	route := req.Method + " " + req.URL.Path
	h, ok := o.routes[route]
	if !ok {
		o.t.Errorf("unexpected request %s", route)
		h = answer(http.StatusNotImplemented, "")
	}
	x := o.note(exchange{
		Method: req.Method, Path: req.URL.Path, Query: req.URL.Query(), Header: req.Header.Clone(), Body: string(body),
	})
	w := &recorder{ResponseRecorder: httptest.NewRecorder()}
	h(w, x)
	if w.failure != nil {
		return nil, w.failure
	}
	resp := w.Result()
	resp.Request = req
	resp.Body = &cuttable{Reader: bytes.NewReader(w.Body.Bytes()), header: resp.Header, sent: req}
	return resp, nil
}

func (o *scriptedOrg) note(x exchange) exchange {
	o.mu.Lock()
	defer o.mu.Unlock()
	x.Nth = 1
	for _, before := range o.log {
		if before.Method == x.Method && before.Path == x.Path {
			x.Nth++
		}
	}
	o.log = append(o.log, x)
	return x
}

// seen returns the requests of one route so far.
func (o *scriptedOrg) seen(route string) []exchange {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []exchange
	for _, x := range o.log {
		if x.Method+" "+x.Path == route {
			found = append(found, x)
		}
	}
	return found
}

// calls lists all requests but logins, as "METHOD path".
func (o *scriptedOrg) calls() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var calls []string
	for _, x := range o.log {
		if x.Path != "/services/oauth2/token" {
			calls = append(calls, x.Method+" "+x.Path)
		}
	}
	return calls
}

// recorder lets a handler fail the exchange instead of answering.
type recorder struct {
	*httptest.ResponseRecorder
	failure error
}

// failWith is a handler whose exchange breaks with err.
func failWith(err error) handler {
	return func(w http.ResponseWriter, _ exchange) {
		if r, ok := w.(*recorder); ok {
			r.failure = err
		}
	}
}

// cutHeader makes a body break off after so many bytes.
const cutHeader = "X-Test-Cut"

// cuttable is a body that may break off, and that ends with its request's context as real ones do.
type cuttable struct {
	*bytes.Reader
	header http.Header
	sent   *http.Request
	read   int
}

func (c *cuttable) Read(p []byte) (int, error) {
	if err := c.sent.Context().Err(); err != nil {
		return 0, err
	}
	if text := c.header.Get(cutHeader); text != "" {
		limit, _ := strconv.Atoi(text)
		if c.read >= limit {
			return 0, io.ErrUnexpectedEOF
		}
		p = p[:min(len(p), limit-c.read)]
	}
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func (c *cuttable) Close() error { return nil }

// reply writes a JSON answer, HTML where body begins with "<".
func reply(w http.ResponseWriter, status int, body string) {
	kind := "application/json;charset=UTF-8"
	if strings.HasPrefix(body, "<") {
		kind = "text/html"
	}
	w.Header().Set("Content-Type", cmp.Or(w.Header().Get("Content-Type"), kind))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answer is a handler that always says the same.
func answer(status int, body string) handler {
	return func(w http.ResponseWriter, _ exchange) { reply(w, status, body) }
}

// answers is a handler that goes through its list and stays at the last.
func answers(list ...handler) handler {
	return func(w http.ResponseWriter, x exchange) { list[min(x.Nth, len(list))-1](w, x) }
}

// refusal is an error body of the data APIs.
func refusal(code, message string) string {
	return fmt.Sprintf(`[{"message":%q,"errorCode":%q}]`, message, code)
}

// collect reads a sequence of rows up to its error.
func collect[Row any](seq func(func(Row, error) bool)) ([]Row, error) {
	var rows []Row
	for row, err := range seq {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}
