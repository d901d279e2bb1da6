package rest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/paging"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/rest"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const data = "/services/data/v60.0"

// testBundle is a REST API behind its gate, for one user whose token is "good".
type testBundle struct {
	t       *testing.T
	db      *store.DB
	journal journal.Journal
	gate    *web.Gate
	user    string
	now     time.Time // of the org's clock, which stands still
}

// setup makes an org with the schema of most tests.
func setup(t *testing.T) *testBundle {
	t.Helper()
	return setupLimited(t, 0)
}

// setupLimited is setup with a daily limit of calls; 0 for none.
func setupLimited(t *testing.T, dailyCalls int) *testBundle {
	t.Helper()
	s, err := schema.Parse("test.hcl", []byte(fields))
	if err != nil {
		t.Fatal(err)
	}
	b := &testBundle{t: t, now: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	now := func() time.Time { return b.now }
	db, err := store.New(s, "Ab", now)
	if err != nil {
		t.Fatal(err)
	}
	b.db = db
	b.user = b.insert("User", map[string]string{"Username": "ann@example.com", "LastName": "Ann", "Email": "ann@example.com"})
	faults, usage := &fault.Injector{}, quota.New(dailyCalls, 0)
	b.gate = &web.Gate{
		Journal: &b.journal, Faults: faults, Quota: usage, Sessions: session(b.user), View: func(u *store.Unit, userID string) *schema.Schema { return db.In(u).View(userID) },
		Running: t.Context(), Now: now, Logger: hclog.NewNullLogger(),
	}
	rest.New(rest.Config{
		DB: db, Quota: usage, Pages: paging.Pages{Steady: true}, PageSize: 2_000, Now: now,
		Org: func() string { return "00D000000000000AAA" },
	}).Register(b.gate)
	b.gate.Unknown()
	return b
}

// session is the one session there is: that of a user.
type session string

func (s session) Use(token string) (string, bool) { return string(s), token == "good" }
func (s session) Expire(string) bool              { return true }

// insert makes a record as an administrator does.
func (b *testBundle) insert(object string, values map[string]string) string {
	b.t.Helper()
	o, ok := b.db.Schema().Object(object)
	if !ok {
		b.t.Fatalf("no object %s", object)
	}
	m := store.Mutation{Op: store.Insert, Object: o}
	for name, text := range values {
		field, ok := o.AnyField(name)
		if !ok {
			b.t.Fatalf("no field %s", name)
		}
		m.Cells = append(m.Cells, store.Cell{Field: field, Text: text})
	}
	outcome := b.db.Apply(store.Actor{UserID: b.user, System: true, Loading: true}, true, []store.Mutation{m})[0]
	if outcome.Err != nil {
		b.t.Fatal(outcome.Err)
	}
	return outcome.ID
}

// value is a field of a live record; "" is null, and what a record that is gone
// has.
func (b *testBundle) value(object, id, name string) string {
	b.t.Helper()
	row, ok := b.db.Row(object, id)
	if !ok || b.db.Deleted(object, row) {
		return ""
	}
	o, _ := b.db.Schema().Object(object)
	field, ok := o.AnyField(name)
	if !ok {
		b.t.Fatalf("no field %s", name)
	}
	return row.At(field)
}

// count is how many live records an object has.
func (b *testBundle) count(object string) int { return len(b.db.Rows(object)) }

type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// do sends a request past the network. Headers come in pairs.
func (b *testBundle) do(method, target, body string, headers ...string) *answer {
	b.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(b.t.Context(), method, "http://org.example/", reader)
	parsed, err := url.Parse("http://org.example" + target)
	if err != nil {
		b.t.Fatal(err)
	}
	r.URL, r.RequestURI = parsed, target
	r.Header.Set("Authorization", "Bearer good")
	r.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	w := httptest.NewRecorder()
	b.gate.ServeHTTP(w, r)
	return &answer{t: b.t, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
}

func (b *testBundle) get(target string, headers ...string) *answer {
	b.t.Helper()
	return b.do(http.MethodGet, target, "", headers...)
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; body: %s", a.status, status, a.body)
	}
	return a
}

func (a *answer) decode(into any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, into); err != nil {
		a.t.Fatalf("decode %q: %v", a.body, err)
	}
}

// refused checks status and code of an error and returns its message.
func (a *answer) refused(status int, code string) string {
	a.t.Helper()
	var errs []struct {
		Message string `json:"message"`
		Code    string `json:"errorCode"`
	}
	a.want(status).decode(&errs)
	if len(errs) != 1 || errs[0].Code != code {
		a.t.Fatalf("got %s, want code %s", a.body, code)
	}
	return errs[0].Message
}

// id is the id of a record that was created.
func (a *answer) id() string {
	a.t.Helper()
	var created struct {
		ID string `json:"id"`
	}
	a.want(http.StatusCreated).decode(&created)
	return created.ID
}
