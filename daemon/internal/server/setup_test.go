package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// world is a config API on a real store; what lies beyond the daemon is stubbed.
type world struct {
	t      *testing.T
	store  *store.Store
	checks *checks
	cfg    server.Config
	url    string
	close  func() // waits for requests that are being answered; may be called twice
	log    *logBuffer
	tokens map[reportsync.Role]string

	artifacts *artifact.Bucket
}

// checks answers as its fields say, and contentedly where they are nil.
type checks struct {
	connection  func(reportsync.ConnectionSpec) error
	source      func(reportsync.SourceSpec) error
	integration func(reportsync.IntegrationSpec) (api.Validation, error)
	test        func(id string) error
}

var login = api.ConnectionTest{
	OrganizationID: "00D000000000001AAA", Username: "sync@acme.example", InstanceURL: "https://acme.my.salesforce.com",
}

func (c *checks) CheckConnection(_ context.Context, spec reportsync.ConnectionSpec) (api.ConnectionTest, error) {
	if c.connection != nil {
		return login, c.connection(spec)
	}
	return login, nil
}

func (c *checks) CheckSource(_ context.Context, spec reportsync.SourceSpec) error {
	if c.source != nil {
		return c.source(spec)
	}
	return nil
}

func (c *checks) CheckIntegration(_ context.Context, spec reportsync.IntegrationSpec) (api.Validation, error) {
	if c.integration != nil {
		return c.integration(spec)
	}
	return api.Validation{}, nil
}

func (c *checks) TestConnection(_ context.Context, id string) (api.ConnectionTest, error) {
	if c.test != nil {
		return login, c.test(id)
	}
	return login, nil
}

// runs starts and cancels runs in the store, where nobody takes them up.
type runs struct{ store *store.Store }

func (r runs) StartRun(ctx context.Context, n reportsync.NewRun) (reportsync.Run, error) {
	return r.store.CreateRun(ctx, n)
}

func (r runs) CancelRun(ctx context.Context, id, by string) (reportsync.Run, error) {
	return r.store.RequestCancel(ctx, id, by)
}

// logBuffer holds what the server logged; it logs from its own goroutines.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func setup(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	key, _, err := store.LoadOrCreateKey(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), store.Options{URL: "sqlite://" + filepath.Join(dir, "test.db"), Key: key, Logger: hclog.NewNullLogger()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	w := &world{t: t, store: st, checks: &checks{}, log: &logBuffer{}, tokens: map[reportsync.Role]string{}}
	w.openArtifacts(filepath.Join(dir, "artifacts"))
	w.cfg = server.Config{
		Store: st, Artifacts: w.artifacts, Runs: runs{st}, Checks: w.checks, Version: "1.2.3",
		Logger: hclog.New(&hclog.LoggerOptions{Output: w.log, Level: hclog.Trace}),
	}
	for _, role := range []reportsync.Role{reportsync.RoleViewer, reportsync.RoleOperator, reportsync.RoleAdmin} {
		_, secret, err := st.CreateToken(t.Context(), reportsync.TokenSpec{Name: string(role), Role: role})
		if err != nil {
			t.Fatal(err)
		}
		w.tokens[role] = secret
	}
	w.listen()
	return w
}

// openArtifacts opens the bucket that outcomes of ended runs are read from.
func (w *world) openArtifacts(folder string) {
	bucket, err := artifact.Open(w.t.Context(), artifact.SchemeFile+folder)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := bucket.Close(); err != nil {
			w.t.Errorf("close bucket: %v", err)
		}
	})
	w.artifacts = bucket
}

// listen serves what the configuration says.
func (w *world) listen() {
	s := httptest.NewServer(server.New(w.cfg))
	w.t.Cleanup(s.Close)
	w.url, w.close = s.URL, s.Close
}

// serve serves the same store once more, with another readiness.
func (w *world) serve(ready func(context.Context) error) *world {
	other := *w
	other.cfg.Ready = ready
	other.listen()
	return &other
}

func runsOf(integrationID string) store.RunFilter {
	return store.RunFilter{IntegrationID: integrationID, Limit: 100}
}

// call is a request; the token defaults to the admin's.
type call struct {
	method, path string
	body         any // a string is sent as it stands
	header       map[string]string
	token        string
	anonymous    bool
	ctx          context.Context // nil for the test's own
}

// reply is an answer that was read.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) do(c call) reply {
	w.t.Helper()
	r, err := w.send(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// send is do for goroutines, which must not end the test.
func (w *world) send(c call) (reply, error) {
	var body io.Reader
	switch b := c.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return reply{}, err
		}
		body = bytes.NewReader(text)
	}
	if c.ctx == nil {
		c.ctx = w.t.Context()
	}
	req, err := http.NewRequestWithContext(c.ctx, c.method, w.url+c.path, body)
	if err != nil {
		return reply{}, err
	}
	if c.token == "" {
		c.token = w.tokens[reportsync.RoleAdmin]
	}
	if !c.anonymous {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: text}, err
}

// decode reads the body of an answer that must have the status.
func decode[T any](t *testing.T, r reply, status int) T {
	t.Helper()
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	var v T
	if err := json.Unmarshal(r.body, &v); err != nil {
		t.Fatalf("decode %s: %v", r.body, err)
	}
	return v
}

// problem checks the form of an error answer and returns it without what differs from one to the next.
func problem(t *testing.T, r reply, status int) api.Problem {
	t.Helper()
	p := decode[api.Problem](t, r, status)
	if got := r.header.Get("Content-Type"); got != api.ProblemContentType {
		t.Errorf("content type %q of %s", got, r.body)
	}
	if p.Status != status || p.RequestID == "" || p.RequestID != r.header.Get(api.HeaderRequestID) || p.Type == "" || p.Title == "" || p.Detail == "" {
		t.Errorf("incomplete problem (request id %q): %s", r.header.Get(api.HeaderRequestID), r.body)
	}
	p.RequestID = ""
	return p
}

// pointers returns the values that a problem blames.
func pointers(p api.Problem) []string {
	var all []string
	for _, e := range p.Errors {
		all = append(all, e.Pointer)
	}
	return all
}

func wantPointers(t *testing.T, p api.Problem, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, pointers(p)); diff != "" {
		t.Errorf("pointers of %+v (-want +got):\n%s", p, diff)
	}
}

func connectionSpec(name string) reportsync.ConnectionSpec {
	url := "https://acme.my.salesforce.com"
	return reportsync.ConnectionSpec{
		Name: name, Environment: reportsync.Production, LoginURL: &url,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "3MVG9", ClientSecret: "s3cr3t-of-" + reportsync.Secret(name)},
	}
}

func sourceSpec(name string) reportsync.SourceSpec {
	return reportsync.SourceSpec{Name: name, Files: &reportsync.FilesSource{URL: "file:///srv/reports"}}
}

func (w *world) integrationSpec(name string) reportsync.IntegrationSpec {
	w.t.Helper()
	c, err := w.store.CreateConnection(w.t.Context(), connectionSpec("of "+name))
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := w.store.CreateSource(w.t.Context(), sourceSpec("of "+name))
	if err != nil {
		w.t.Fatal(err)
	}
	column := "Status"
	return reportsync.IntegrationSpec{
		Name: name, SourceID: s.ID, Report: "onboarding/*.csv", ConnectionID: c.ID, Object: "Contact",
		Match:    reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Onboarding_Status__c": {Column: &column}},
	}
}

func (w *world) integration(name string) reportsync.Integration {
	w.t.Helper()
	i, err := w.store.CreateIntegration(w.t.Context(), w.integrationSpec(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func (w *world) run(integrationID string) reportsync.Run {
	w.t.Helper()
	r, err := w.store.CreateRun(w.t.Context(), reportsync.NewRun{IntegrationID: integrationID, Trigger: reportsync.TriggerManual})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}
