package work_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// engine opens stores of one database engine, all of one test on the same database.
type engine struct {
	name string
	open func(t *testing.T) func(t *testing.T) *store.Store
}

// engines are what every behaviour of a node must hold on. SQLite takes one store at a time.
var engines = []engine{
	{"sqlite", func(t *testing.T) func(*testing.T) *store.Store {
		dir := t.TempDir()
		return opener(dir, "sqlite://"+filepath.Join(dir, "reportsync.db"))
	}},
	{"postgres", func(t *testing.T) func(*testing.T) *store.Store {
		return opener(t.TempDir(), testenv.Postgres(t))
	}},
}

func opener(dir, url string) func(*testing.T) *store.Store {
	return func(t *testing.T) *store.Store {
		t.Helper()
		key, _, err := store.LoadOrCreateKey(filepath.Join(dir, "encryption.key"))
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), store.Options{URL: url, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}

// eachEngine runs a test on SQLite and on PostgreSQL.
func eachEngine(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			test(t, e.open(t)(t))
		})
	}
}

// brisk is a node in a hurry, for tests that run in real time.
var brisk = work.Timing{
	Lease: 1500 * time.Millisecond, Renew: 200 * time.Millisecond, Sweep: 50 * time.Millisecond,
	Schedule: 50 * time.Millisecond, Redeliver: 500 * time.Millisecond, Poll: 50 * time.Millisecond,
}

// patience is for what must happen soon; it is used up only when a test fails.
const patience = 30 * time.Second

// startNode starts a node that is stopped when the test ends.
func startNode(t *testing.T, cfg work.Config) *work.Node {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = hclog.NewNullLogger()
	}
	n, err := work.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopNode(t, n) })
	return n
}

func stopNode(t *testing.T, n *work.Node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if err := n.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// names makes what is created in one process unique.
var names atomic.Int64

// addIntegration stores an integration with all that it needs.
func addIntegration(t *testing.T, s *store.Store, schedule string) reportsync.Integration {
	t.Helper()
	name := fmt.Sprintf("test-%d", names.Add(1))
	login := "https://acme.my.salesforce.com"
	connection, err := s.CreateConnection(t.Context(), reportsync.ConnectionSpec{
		Name: name, Environment: reportsync.Production, LoginURL: &login,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "id", ClientSecret: "secret"},
	})
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.CreateSource(t.Context(), reportsync.SourceSpec{Name: name, Files: &reportsync.FilesSource{URL: "file:///srv/reports"}})
	if err != nil {
		t.Fatal(err)
	}
	column := "Status"
	in, err := s.CreateIntegration(t.Context(), reportsync.IntegrationSpec{
		Name: name, SourceID: source.ID, ConnectionID: connection.ID, Report: "report.csv", Object: "Contact",
		Match:    reportsync.Match{Column: "Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Status__c": {Column: &column}},
		Schedule: &schedule,
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// completed is an execution that has nothing to do.
func completed(context.Context, store.Claim, *store.Journal) (sync.Result, error) {
	return sync.Result{Status: reportsync.RunCompleted}, nil
}

// attempt is an execution that has begun and is held until the test decides.
type attempt struct {
	claim store.Claim
	ctx   context.Context
	end   func(sync.Result, error)
}

// held returns an execution whose attempts a test receives and ends.
func held() (work.Execute, <-chan attempt) {
	began := make(chan attempt, 100)
	type ending struct {
		result sync.Result
		err    error
	}
	return func(ctx context.Context, claim store.Claim, _ *store.Journal) (sync.Result, error) {
		end := make(chan ending, 1)
		began <- attempt{claim: claim, ctx: ctx, end: func(r sync.Result, err error) { end <- ending{r, err} }}
		select {
		case e := <-end:
			return e.result, e.err
		case <-ctx.Done():
		}
		cause := context.Cause(ctx)
		if errors.Is(cause, reportsync.ErrCancelled) {
			return sync.Result{Status: reportsync.RunCancelled}, nil
		}
		return sync.Result{}, cause
	}, began
}

func receive[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("%s: did not happen within %s", what, patience)
		panic("unreachable")
	}
}

// eventually waits for what only the database can tell.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.After(patience)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("%s: did not happen within %s", what, patience)
		}
	}
}

// awaitStatus waits until a run has a status.
func awaitStatus(t *testing.T, s *store.Store, id string, want reportsync.RunStatus) (run reportsync.Run) {
	t.Helper()
	eventually(t, "run "+string(want), func() bool {
		var err error
		if run, err = s.Run(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if run.Status != want && !run.Status.Live() {
			t.Fatalf("run ended as %s (%v), want %s", run.Status, run.Error, want)
		}
		return run.Status == want
	})
	return run
}

func startRun(t *testing.T, n *work.Node, in reportsync.Integration) reportsync.Run {
	t.Helper()
	run, err := n.StartRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerManual})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
