package api_test

import (
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestConfigurationMistakes(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		cfg  api.ClientConfig
		want string
	}{
		"no scheme":   {api.ClientConfig{Endpoint: "127.0.0.1:8627"}, `"127.0.0.1:8627" is no http or https URL`},
		"other":       {api.ClientConfig{Endpoint: "ftp://host"}, "http or https"},
		"empty":       {api.ClientConfig{}, "http or https"},
		"query":       {api.ClientConfig{Endpoint: "http://host?x=1"}, "query"},
		"no CA file":  {api.ClientConfig{Endpoint: "https://host", CACertFile: filepath.Join(t.TempDir(), "gone.pem")}, "gone.pem"},
		"no CA in it": {api.ClientConfig{Endpoint: "https://host", CACertFile: empty}, "holds no PEM certificate"},
	} {
		if _, err := api.NewClient(tc.cfg); reportsync.CodeOf(err) != reportsync.CodeInvalid || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := api.NewClient(api.ClientConfig{Endpoint: "http://user:hunter2@host"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("password in the endpoint: %v", err)
	}
}

// serve starts a server that is ended with the test, and a client for it that does not repeat itself.
func serve(t *testing.T, handler http.HandlerFunc) *api.Client {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	c, err := api.NewClient(api.ClientConfig{
		Endpoint: s.URL + "/", Token: "rst_token", UserAgent: "test/1", Client: api.ClientTerraform, MaxRetries: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestRequestsAsSent(t *testing.T) {
	t.Parallel()
	var got []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("If-Match"))
		if r.Header.Get("Authorization") != "Bearer rst_token" || r.Header.Get("User-Agent") != "test/1" || r.Header.Get(api.HeaderClient) != api.ClientTerraform {
			t.Errorf("headers %v", r.Header)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{}`)) //nolint:errcheck // the client tells
	})
	ctx := t.Context()
	calls := []func() error{
		func() error { _, err := c.Connection(ctx, "con_1/../x"); return err },
		func() error { _, err := c.ReplaceConnection(ctx, "con_1", 3, reportsync.ConnectionSpec{}); return err },
		func() error { return c.DeleteSource(ctx, "src_1", 0) },
		func() error { _, err := c.WaitRun(ctx, "run_1", time.Hour); return err },
		func() error { return c.Health(ctx) },
	}
	for _, call := range calls {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
	want := []string{
		"GET /v1/connections/con_1%2F..%2Fx ", `PUT /v1/connections/con_1 "3"`, "DELETE /v1/sources/src_1 ",
		"GET /v1/runs/run_1?wait=30s ", "GET /readyz ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// Whatever else may listen at the endpoint, the error says that it is not reportsyncd, and none is taken for "gone".
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status      int
		contentType string
		body        string
		code        reportsync.Code
	}{
		"page":              {200, "text/html", "<h1>Welcome</h1>", reportsync.CodeInternal},
		"not found":         {404, "text/plain", "404 page not found", reportsync.CodeInternal},
		"gateway":           {502, "text/html", "<h1>Bad Gateway</h1>", reportsync.CodeUnavailable},
		"login wall":        {401, "text/html", "who are you", reportsync.CodeUnauthorized},
		"firewall":          {403, "text/html", "no", reportsync.CodeForbidden},
		"broken JSON":       {200, "application/json", `{"id": `, reportsync.CodeInternal},
		"broken problem":    {422, api.ProblemContentType, `{"code": `, reportsync.CodeInternal},
		"somebody's else's": {422, api.ProblemContentType, `{"title": "no"}`, reportsync.CodeInternal},
		"endless":           {200, "application/json", `{"id": "` + strings.Repeat("x", 33<<20) + `"}`, reportsync.CodeInternal},
		"redirect":          {307, "text/html", "elsewhere", reportsync.CodeInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tc.contentType)
				w.Header().Set("Location", "https://elsewhere.example/")
				w.WriteHeader(tc.status)
				w.Write([]byte(tc.body)) //nolint:errcheck // the client hangs up on endless ones
			})
			_, err := c.Source(t.Context(), "src_1")
			answer, ok := errors.AsType[*api.ResponseError](err)
			if !ok || answer.Status != tc.status || reportsync.CodeOf(err) != tc.code || !strings.Contains(err.Error(), c.Endpoint()) {
				t.Errorf("error %v, code %s", err, reportsync.CodeOf(err))
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	c, err := api.NewClient(api.ClientConfig{Endpoint: s.URL, MaxRetries: -1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Meta(t.Context())
	if reportsync.CodeOf(err) != reportsync.CodeUnavailable || !strings.Contains(err.Error(), "can't reach reportsyncd at "+s.URL) || !strings.Contains(err.Error(), "check that the daemon is running") {
		t.Errorf("error %v", err)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"version": "1"}`)) //nolint:errcheck // the client tells
	}))
	t.Cleanup(s.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	trusting, err := api.NewClient(api.ClientConfig{Endpoint: s.URL, CACertFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer trusting.Close()
	if meta, err := trusting.Meta(t.Context()); err != nil || meta.Version != "1" {
		t.Errorf("with the CA: %+v, %v", meta, err)
	}
	other, err := api.NewClient(api.ClientConfig{Endpoint: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Meta(t.Context()); err == nil || !strings.Contains(err.Error(), "authority") {
		t.Errorf("without the CA: %v", err)
	}
	plain := serve(t, http.NotFound)
	wrong, err := api.NewClient(api.ClientConfig{Endpoint: strings.Replace(plain.Endpoint(), "http:", "https:", 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer wrong.Close()
	if _, err := wrong.Meta(t.Context()); err == nil || !strings.Contains(err.Error(), "speaks plain http") {
		t.Errorf("https to plain http: %v", err)
	}
}

// The answer's words reach the user, with the hint and the request id that leads to the daemon's log.
func TestProblemBecomesError(t *testing.T) {
	t.Parallel()
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", api.ProblemContentType)
		w.Header().Set(api.HeaderRequestID, "r-1")
		w.WriteHeader(http.StatusConflict)
		w.Write([]byte(`{"code": "in_use", "detail": "connection a is in use by b", "hint": "delete b first", "errors": [{"pointer": "/x", "code": "in_use", "detail": "y"}]}`)) //nolint:errcheck // the client tells
	})
	err := c.DeleteConnection(t.Context(), "con_1", 0)
	if want := "connection a is in use by b; /x: y (delete b first) [request r-1]"; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
	domain, _ := errors.AsType[*reportsync.Error](err)
	want := &reportsync.Error{
		Code: reportsync.CodeInUse, Message: "connection a is in use by b", Hint: "delete b first",
		Fields: []reportsync.FieldError{{Pointer: "/x", Code: reportsync.CodeInUse, Detail: "y"}},
	}
	if diff := cmp.Diff(want, domain); diff != "" {
		t.Errorf("domain error (-want +got):\n%s", diff)
	}
}
