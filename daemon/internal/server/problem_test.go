package server_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := problem(t, w.do(call{method: http.MethodGet, path: "/v1/integration", anonymous: true}), http.StatusNotFound)
	if p.Code == reportsync.CodeNotFound || !strings.Contains(p.Detail, `did you mean "/v1/integrations"`) {
		t.Errorf("an unknown path must not look like a deleted object, and name the nearest: %+v", p)
	}
	r := w.do(call{method: http.MethodPatch, path: "/v1/sources/src_1", anonymous: true})
	p = problem(t, r, http.StatusMethodNotAllowed)
	if allow := r.header.Get("Allow"); allow != "DELETE, GET, HEAD, PUT" || !strings.Contains(p.Hint, "PUT") {
		t.Errorf("Allow %q, hint %q", allow, p.Hint)
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, tc := range map[string]struct {
		body   string
		status int
	}{
		"empty":            {"", http.StatusBadRequest},
		"no JSON":          {"name = a", http.StatusBadRequest},
		"two values":       {`{} {}`, http.StatusBadRequest},
		"no object":        {`[]`, http.StatusUnprocessableEntity},
		"bad UTF-8":        {"{\"name\": \"\xff\"}", http.StatusBadRequest},
		"longer than 1MiB": {`{"name": "` + strings.Repeat("x", 1<<20) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/sources", body: tc.body}), tc.status); p.Code != reportsync.CodeInvalid {
				t.Errorf("code %q", p.Code)
			}
		})
	}
	p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/sources", body: "a=b", header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}), http.StatusUnsupportedMediaType)
	if p.Code != reportsync.CodeInvalid {
		t.Errorf("code %q", p.Code)
	}
}

// What is wrong with a body is blamed where it stands, in words that offer the way out.
func TestSchemaMistakes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	valid := `"name": "a", "source_id": "src_1", "report": "a.csv", "connection_id": "con_1", "object": "Contact"`
	match, mappings := `"match": {"column": "Key", "field": "Email"}`, `"mappings": {"Title": {"column": "Title"}}`
	for name, tc := range map[string]struct{ body, pointer, detail string }{
		"missing within":    {`{` + valid + `, ` + mappings + `, "match": {"field": "Email"}}`, "/match/column", "is required"},
		"missing":           {`{` + valid + `, ` + match + `}`, "/mappings", "is required"},
		"wrong type":        {`{` + valid + `, ` + mappings + `, "match": {"column": 7, "field": "Email"}}`, "/match/column", "expected string"},
		"wrong value":       {`{` + valid + `, ` + match + `, "mappings": {"Title": {"column": "x", "on_null": "cleer"}}}`, "/mappings/Title/on_null", `"cleer" is not one of skip, clear; did you mean "clear"?`},
		"key with dot":      {`{` + valid + `, ` + match + `, "mappings": {"A.b/c": {"column": 1}}}`, "/mappings/A.b~1c/column", "expected string"},
		"unknown":           {`{` + valid + `, ` + match + `, ` + mappings + `, "shedule": "manual"}`, "/shedule", `did you mean "schedule"?`},
		"unknown in a map":  {`{` + valid + `, ` + match + `, "mappings": {"Title": {"colum": "x"}}}`, "/mappings/Title/colum", `did you mean "column"?`},
		"case of a name":    {`{` + valid + `, ` + match + `, ` + mappings + `, "Schedule": "manual"}`, "/Schedule", `did you mean "schedule"?`},
		"domain rule":       {`{` + valid + `, ` + match + `, ` + mappings + `, "schedule": "daily"}`, "/schedule", `"daily"`},
		"domain rule in it": {`{` + valid + `, "match": {"column": "", "field": "Email"}, ` + mappings + `}`, "/match/column", "must not be empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/integrations", body: tc.body}), http.StatusUnprocessableEntity)
			wantPointers(t, p, tc.pointer)
			if len(p.Errors) == 1 && !strings.Contains(p.Errors[0].Detail, tc.detail) {
				t.Errorf("detail %q does not hold %q", p.Errors[0].Detail, tc.detail)
			}
		})
	}
	for name, tc := range map[string]struct {
		body     string
		pointers []string
	}{
		"schema and domain": {
			`{` + valid + `, "match": {"column": "", "field": "Email"}, "mappings": {"Title": {"column": "x", "on_null": "cleer"}}, "operation": "upsrt", "schedule": "daily"}`,
			[]string{"/mappings/Title/on_null", "/operation", "/match/column", "/schedule"},
		},
		"what follows from what is blamed": { // is not told: that the mapping has no source, that the object is empty
			`{"name": "a", "source_id": "src_1", "report": "a.csv", "connection_id": "con_1", ` + match + `, "mappings": {"Title": {"colum": "x"}}, "schedule": "daily"}`,
			[]string{"/mappings/Title/colum", "/object", "/schedule"},
		},
		"no JSON": {`{"name": `, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := tc.body
			for _, c := range []call{
				{method: http.MethodPost, path: "/v1/integrations", body: body}, {method: http.MethodPut, path: "/v1/integrations/int_1", body: body},
				{method: http.MethodPost, path: "/v1/integrations:validate", body: body},
			} {
				r := w.do(c)
				p := problem(t, r, r.status)
				wantPointers(t, p, tc.pointers...)
			}
		})
	}
	p := problem(t, w.do(call{method: http.MethodGet, path: "/v1/runs?limt=3&limit=9999"}), http.StatusUnprocessableEntity)
	if len(p.Errors) == 0 || !strings.Contains(p.Errors[0].Detail, "limt") {
		t.Errorf("unknown query parameter: %+v", p)
	}
}

// A cause that is ours alone stands in the log, once, under the id that the user is given.
func TestInternalErrorsAreHidden(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.checks.source = func(reportsync.SourceSpec) error {
		return fmt.Errorf("look at folder: %w", errors.New("disk sda1 has burnt"))
	}
	r := w.do(call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a"), header: map[string]string{api.HeaderRequestID: "trace-4711"}})
	p := problem(t, r, http.StatusInternalServerError)
	if p.Code != reportsync.CodeInternal || strings.Contains(string(r.body), "sda1") || !strings.Contains(p.Detail, "trace-4711") {
		t.Errorf("answer %s", r.body)
	}
	if n := strings.Count(w.log.String(), "disk sda1 has burnt"); n != 1 {
		t.Errorf("the cause stands in the log %d times:\n%s", n, w.log)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.checks.source = func(reportsync.SourceSpec) error { panic("at the disco") }
	spec := call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a"), header: map[string]string{api.HeaderIdempotencyKey: "once"}}
	r := w.do(spec)
	problem(t, r, http.StatusInternalServerError)
	if strings.Contains(string(r.body), "disco") || !strings.Contains(w.log.String(), "disco") {
		t.Errorf("answer %s, log %s", r.body, w.log)
	}
	w.checks.source = nil
	if r := w.do(spec); r.status != http.StatusCreated {
		t.Errorf("the key stayed taken by the panic: %d %s", r.status, r.body)
	}
}

func TestStatusOfCodes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.integration("a")
	blamed := []reportsync.FieldError{{Pointer: "/files/url", Code: reportsync.CodeSalesforce, Detail: "x"}}
	for _, tc := range []struct {
		err    *reportsync.Error
		status int
	}{
		{&reportsync.Error{Code: reportsync.CodeInvalid}, http.StatusUnprocessableEntity},
		{&reportsync.Error{Code: reportsync.CodeNotFound}, http.StatusNotFound},
		{&reportsync.Error{Code: reportsync.CodeConflict}, http.StatusConflict},
		{&reportsync.Error{Code: reportsync.CodeInUse}, http.StatusConflict},
		{&reportsync.Error{Code: reportsync.CodePreconditionFailed}, http.StatusPreconditionFailed},
		{&reportsync.Error{Code: reportsync.CodeUnauthorized}, http.StatusUnauthorized},
		{&reportsync.Error{Code: reportsync.CodeForbidden}, http.StatusForbidden},
		{&reportsync.Error{Code: reportsync.CodeUnavailable}, http.StatusServiceUnavailable},
		{&reportsync.Error{Code: reportsync.CodeInternal}, http.StatusInternalServerError},
		{&reportsync.Error{Code: reportsync.CodeReportNotFound}, http.StatusUnprocessableEntity},
		{&reportsync.Error{Code: reportsync.CodeCredentials}, http.StatusUnprocessableEntity},
		{&reportsync.Error{Code: reportsync.CodeSalesforce}, http.StatusBadGateway},
		{&reportsync.Error{Code: reportsync.CodeSalesforce, Fields: blamed}, http.StatusUnprocessableEntity},
		{&reportsync.Error{Code: reportsync.CodeSalesforceLimit}, http.StatusServiceUnavailable},
	} {
		tc.err.Message = "what went wrong"
		w.checks.test = func(string) error { return fmt.Errorf("wrapped: %w", tc.err) }
		page := decode[api.Page[reportsync.Connection]](t, w.do(call{method: http.MethodGet, path: "/v1/connections"}), http.StatusOK)
		r := w.do(call{method: http.MethodPost, path: "/v1/connections/" + page.Items[0].ID + "/test"})
		p := problem(t, r, tc.status)
		if diff := cmp.Diff("urn:reportsync:problem:"+string(tc.err.Code), p.Type); diff != "" || p.Code != tc.err.Code {
			t.Errorf("%s: %+v", tc.err.Code, p)
		}
	}
}

func TestRequestID(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for sent, kept := range map[string]bool{"trace-1:a/b=c": true, "": false, "with blank": false, strings.Repeat("x", 101): false, "new\tline": false} {
		r := w.do(call{method: http.MethodGet, path: "/v1/meta", header: map[string]string{api.HeaderRequestID: sent}})
		got := r.header.Get(api.HeaderRequestID)
		if got == "" || (got == sent) != kept {
			t.Errorf("request id %q is answered with %q", sent, got)
		}
	}
}

// A client that promises a body and does not send it holds up nobody: its request ends when it goes.
func TestBodyCutShort(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/sources HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 100\r\n\r\n{\"name\"", w.tokens[reportsync.RoleAdmin])
	half, ok := conn.(*net.TCPConn)
	if !ok {
		t.Fatalf("%T is no TCP connection", conn)
	}
	if err := half.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 512)
	n, err := conn.Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 400 ") {
		t.Errorf("answer %q, %v", answer[:n], err)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sick := w.serve(func(ctx context.Context) error { return errors.New("lease keeper died of old age") })
	if r := w.do(call{method: http.MethodGet, path: "/readyz", anonymous: true}); r.status != http.StatusOK {
		t.Errorf("ready: %d", r.status)
	}
	r := sick.do(call{method: http.MethodGet, path: "/readyz", anonymous: true})
	problem(t, r, http.StatusServiceUnavailable)
	if strings.Contains(string(r.body), "old age") || !strings.Contains(w.log.String(), "old age") {
		t.Errorf("answer %s, log %s", r.body, w.log)
	}
	if r := sick.do(call{method: http.MethodGet, path: "/healthz", anonymous: true}); r.status != http.StatusOK {
		t.Errorf("a daemon that is not ready is up all the same: %d", r.status)
	}
}

// Probes come every few seconds: the log tells when readiness is lost and when it is back, not how often that was seen.
func TestReadinessIsLoggedOnChange(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var sick atomic.Bool
	probed := w.serve(func(context.Context) error {
		if sick.Load() {
			return errors.New("lease keeper died of old age")
		}
		return nil
	})
	for _, ill := range []bool{false, true, true, false, false, true} {
		sick.Store(ill)
		want := http.StatusOK
		if ill {
			want = http.StatusServiceUnavailable
		}
		if r := probed.do(call{method: http.MethodGet, path: "/readyz", anonymous: true}); r.status != want {
			t.Errorf("sick %t: %d", ill, r.status)
		}
	}
	log := w.log.String()
	if lost, back := strings.Count(log, "not ready"), strings.Count(log, "ready again"); lost != 2 || back != 1 {
		t.Errorf("lost %d times and back %d times in the log:\n%s", lost, back, log)
	}
}
