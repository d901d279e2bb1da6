package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	clientSecret = "s3cr3t-of-the-app"
	lease        = time.Hour // long enough for no test to outlive it
)

// onEach runs a test on every engine, each time with a database of its own.
func onEach(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	for name, databaseURL := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, setup(t, databaseURL(t)))
		})
	}
}

var engines = map[string]func(testing.TB) string{
	"sqlite":   func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "test.db") },
	"postgres": testenv.Postgres,
}

// bundle is a store and what most tests need in it.
type bundle struct {
	*store.Store
	t   testing.TB
	url string
	key *store.Keyring
}

func setup(t testing.TB, url string) *bundle {
	t.Helper()
	b := &bundle{t: t, url: url, key: newKey(t)}
	b.Store = b.open()
	return b
}

// open opens the database once more, as another node does.
func (b *bundle) open() *store.Store {
	b.t.Helper()
	s, err := store.Open(b.t.Context(), store.Options{URL: b.url, Key: b.key})
	if err != nil {
		b.t.Fatalf("open the store: %v", err)
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Errorf("close the store: %v", err)
		}
	})
	return s
}

// nodes returns the stores of all nodes that share the database: two on PostgreSQL, one on SQLite.
func (b *bundle) nodes() []*store.Store {
	b.t.Helper()
	if b.Dialect() == store.SQLite {
		return []*store.Store{b.Store}
	}
	return []*store.Store{b.Store, b.open()}
}

func newKey(t testing.TB) *store.Keyring {
	t.Helper()
	key, created, err := store.LoadOrCreateKey(filepath.Join(t.TempDir(), "encryption.key"))
	if err != nil || !created {
		t.Fatalf("make a key: created %v, %v", created, err)
	}
	return key
}

func connectionSpec(name string) reportsync.ConnectionSpec {
	return reportsync.ConnectionSpec{
		Name: name, Environment: reportsync.Production, LoginURL: new("https://acme.my.salesforce.com"),
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "3MVG9", ClientSecret: clientSecret},
	}
}

func sourceSpec(name string) reportsync.SourceSpec {
	return reportsync.SourceSpec{Name: name, Files: &reportsync.FilesSource{URL: "file:///reports"}}
}

func (b *bundle) connection(name string) reportsync.Connection {
	b.t.Helper()
	return must(b.CreateConnection(b.t.Context(), connectionSpec(name)))(b.t)
}

func (b *bundle) source(name string) reportsync.Source {
	b.t.Helper()
	return must(b.CreateSource(b.t.Context(), sourceSpec(name)))(b.t)
}

// integrationSpec comes with a source and a connection of its own.
func (b *bundle) integrationSpec(name string) reportsync.IntegrationSpec {
	b.t.Helper()
	return reportsync.IntegrationSpec{
		Name: name, SourceID: b.source("source of " + name).ID, Report: "onboarding/*.csv",
		ConnectionID: b.connection("connection of " + name).ID, Object: "Contact",
		Match:    reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Sessions__c": {Column: new("Sessions")}},
	}
}

func (b *bundle) integration(name string) reportsync.Integration {
	b.t.Helper()
	return must(b.CreateIntegration(b.t.Context(), b.integrationSpec(name)))(b.t)
}

// run queues a run of a new integration.
func (b *bundle) run(name string) reportsync.Run {
	b.t.Helper()
	return b.runOf(b.integration(name).ID)
}

func (b *bundle) runOf(integrationID string) reportsync.Run {
	b.t.Helper()
	return must(b.CreateRun(b.t.Context(), reportsync.NewRun{IntegrationID: integrationID, Trigger: reportsync.TriggerManual}))(b.t)
}

// claimed queues and claims a run of a new integration, as node-1.
func (b *bundle) claimed(name string) (store.Claim, *store.Journal) {
	b.t.Helper()
	return b.claim(b.run(name).ID, "node-1", lease)
}

func (b *bundle) claim(runID, owner string, lease time.Duration) (store.Claim, *store.Journal) {
	b.t.Helper()
	c := must(b.ClaimRun(b.t.Context(), runID, owner, lease))(b.t)
	return c, b.Journal(runID, owner, c.Run.Attempt)
}

// outcomes returns all that the store shows of a run.
func (b *bundle) outcomes(runID string, kinds ...reportsync.OutcomeKind) []reportsync.Outcome {
	b.t.Helper()
	all, next, err := b.Outcomes(b.t.Context(), runID, store.OutcomeFilter{Kinds: kinds, Limit: 1000})
	if err != nil || next != "" {
		b.t.Fatalf("read the outcomes: next %q, %v", next, err)
	}
	return all
}

// count asks the database itself.
func (b *bundle) count(query string) (n int) {
	b.t.Helper()
	var err error
	if pool := b.Postgres(); pool != nil {
		err = pool.QueryRow(b.t.Context(), query).Scan(&n)
	} else {
		err = b.SQLite().QueryRowContext(b.t.Context(), query).Scan(&n)
	}
	noError(b.t, err)
	return n
}

// queuedIDs returns the runs that wait to be claimed.
func queuedIDs(t testing.TB, s *store.Store) []string {
	t.Helper()
	var ids []string
	for _, r := range must(s.QueuedRuns(t.Context(), 0))(t) {
		ids = append(ids, r.ID)
	}
	return ids
}

// reading is a method of a journal that reads rows.
type reading = func(ctx context.Context, each func(seq int, rows []reportsync.Outcome) error) error

// rowsOf makes outcomes of one kind with a change each, from row first on.
func rowsOf(kind reportsync.OutcomeKind, first, n int) []reportsync.Outcome {
	rows := make([]reportsync.Outcome, n)
	for i := range rows {
		row := first + i
		rows[i] = reportsync.Outcome{
			Row: int64(row), Line: int64(row + 1), Key: fmt.Sprintf("user%d@example.com", row), Kind: kind, RecordID: fmt.Sprintf("003%015d", row),
			Changes: []reportsync.Change{{Field: "Sessions__c", Before: new("1"), After: new("2")}},
		}
	}
	return rows
}

// planned are rows without an outcome.
func planned(first, n int) []reportsync.Outcome { return rowsOf("", first, n) }

func batchOf(seq int, rows []reportsync.Outcome) []reportsync.PlannedBatch {
	return []reportsync.PlannedBatch{{
		Batch: reportsync.WriteBatch{Seq: seq, Route: reportsync.RouteBulk, State: reportsync.BatchPlanned, Rows: len(rows)}, Rows: rows,
	}}
}

// must unpacks what has to succeed: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode checks that err carries the code, and names all that its message must name. It returns the message.
func wantCode(t testing.TB, err error, code reportsync.Code, naming ...string) string {
	t.Helper()
	e, ok := errors.AsType[*reportsync.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("got the error %v, want one of code %s", err, code)
	}
	message := e.Error()
	for _, name := range naming {
		if !strings.Contains(message, name) {
			t.Errorf("the error %q does not name %q", message, name)
		}
	}
	return message
}

func wantPointer(t testing.TB, err error, pointers ...string) {
	t.Helper()
	e, ok := errors.AsType[*reportsync.Error](err)
	if !ok || len(e.Fields) != len(pointers) {
		t.Fatalf("got the error %v, want one that blames %v", err, pointers)
	}
	for i, p := range pointers {
		if e.Fields[i].Pointer != p {
			t.Errorf("blames %s, want %s", e.Fields[i].Pointer, p)
		}
	}
}
