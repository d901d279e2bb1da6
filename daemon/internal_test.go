package daemon

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The last that was set up is undone first, and a step that fails keeps none of the others.
func TestTeardown(t *testing.T) {
	t.Parallel()
	var order []string
	var down teardown
	for _, name := range []string{"first", "second", "third"} {
		down.onStop(name, func(context.Context) error {
			order = append(order, name)
			if name == "second" {
				return errors.New("stuck")
			}
			return nil
		})
	}
	err := down.run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "second: stuck") {
		t.Errorf("error %v, want one that names the step", err)
	}
	if want := []string{"third", "second", "first"}; !slices.Equal(order, want) {
		t.Errorf("undone in the order %q, want %q", order, want)
	}
	if err := down.run(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("a second time %d steps were undone (%v)", len(order)-3, err)
	}
}

// vault unseals the same secret for every connection.
type vault struct{}

func (vault) ConnectionSecret(context.Context, string) (reportsync.Secret, error) { return "s", nil }

func TestOrgsByRevision(t *testing.T) {
	t.Parallel()
	o := newOrgs(vault{}, hclog.NewNullLogger())
	defer o.close()
	connection := func(revision int64) reportsync.Connection {
		url := "https://acme.my.salesforce.com"
		return reportsync.Connection{ID: "con_1", Revision: revision, ConnectionSpec: reportsync.ConnectionSpec{
			LoginURL: &url, ClientCredentials: &reportsync.ClientCredentials{ClientID: "c"},
		}}
	}
	get := func(revision int64) any {
		c, err := o.client(t.Context(), connection(revision))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := get(1)
	if get(1) != first {
		t.Error("the same revision got another client")
	}
	second := get(2)
	if second == first {
		t.Error("a changed connection kept its client")
	}
	if old := get(1); old == first || old == second {
		t.Error("an older revision got a client that is not its own")
	}
	if get(2) != second {
		t.Error("an older revision displaced the newer one's client")
	}
}

// Runs are kept for as long as the settings say, and not longer.
func TestPrune(t *testing.T) {
	t.Parallel()
	d, err := New(t.Context(), Options{StateDir: t.TempDir(), RetentionDays: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	run := endedRun(t, d.store)
	d.prune(t.Context(), time.Now().AddDate(0, 0, 29))
	if _, err := d.store.Run(t.Context(), run.ID); err != nil {
		t.Errorf("after 29 days: %v", err)
	}
	d.prune(t.Context(), time.Now().AddDate(0, 0, 31))
	if _, err := d.store.Run(t.Context(), run.ID); reportsync.CodeOf(err) != reportsync.CodeNotFound {
		t.Errorf("after 31 days: %v, want that it is gone", err)
	}
}

// endedRun stores a run that was cancelled before it began.
func endedRun(t *testing.T, s *store.Store) reportsync.Run {
	t.Helper()
	url, column := "https://acme.my.salesforce.com", "Status"
	connection, err := s.CreateConnection(t.Context(), reportsync.ConnectionSpec{
		Name: "acme", Environment: reportsync.Production, LoginURL: &url,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "c", ClientSecret: "s"},
	})
	if err != nil {
		t.Fatal(err)
	}
	source, err := s.CreateSource(t.Context(), reportsync.SourceSpec{
		Name: "folder", Files: &reportsync.FilesSource{URL: "file://" + filepath.ToSlash(t.TempDir())},
	})
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.CreateIntegration(t.Context(), reportsync.IntegrationSpec{
		Name: "people", SourceID: source.ID, ConnectionID: connection.ID, Report: "*.csv", Object: "Contact",
		Match: reportsync.Match{Column: "Email", Field: "Email"}, Mappings: map[string]reportsync.Mapping{"Status__c": {Column: &column}},
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.CreateRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerManual})
	if err != nil {
		t.Fatal(err)
	}
	if run, err = s.RequestCancel(t.Context(), run.ID, "somebody"); err != nil {
		t.Fatal(err)
	}
	return run
}
