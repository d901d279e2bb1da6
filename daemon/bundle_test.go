package daemon_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// patience is for what must happen soon; it is used up only when a test fails.
const patience = 30 * time.Second

// brisk is a daemon in a hurry.
var brisk = work.Timing{
	Lease: 3 * time.Second, Renew: 200 * time.Millisecond, Sweep: 50 * time.Millisecond, Poll: 50 * time.Millisecond,
}

// org is a simulated org that listens, with contacts in it.
type org struct {
	*orgsim.Org

	url string
	ids []string // of the contacts, in the order of their numbers
}

func startOrg(t *testing.T, contacts int) *org {
	t.Helper()
	s, err := schema.Parse("schema.hcl", []byte(`
object "Contact" {
  field "Status__c" {
    type   = "text"
    length = 40
  }
}
`))
	if err != nil {
		t.Fatal(err)
	}
	sim, err := orgsim.New(orgsim.Config{Schema: s})
	if err != nil {
		t.Fatal(err)
	}
	server, err := orgsim.Start(sim, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	o := &org{Org: sim, url: server.URL()}
	for i := range contacts {
		id, err := sim.Insert("Contact", map[string]string{"LastName": fmt.Sprint("Doe ", i), "Email": email(i), "Status__c": "old"})
		if err != nil {
			t.Fatal(err)
		}
		o.ids = append(o.ids, id)
	}
	return o
}

func email(i int) string { return fmt.Sprintf("person%d@example.com", i) }

// writeReport puts a report for the first contacts, and for one person who is none, into the folder of a daemon.
func writeReport(t *testing.T, stateDir string, rows int) {
	t.Helper()
	var text strings.Builder
	text.WriteString("User Email,Status\n")
	for i := range rows {
		fmt.Fprintf(&text, "%s,new\n", email(i))
	}
	text.WriteString("nobody@example.com,new\n")
	folder := filepath.Join(stateDir, "reports")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "people.csv"), []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// startDaemon starts a daemon that is stopped when the test ends.
func startDaemon(t *testing.T, o daemon.Options) *daemon.Daemon {
	t.Helper()
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Timing == (work.Timing{}) {
		o.Timing = brisk
	}
	d, err := daemon.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopDaemon(t, d) })
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func stopDaemon(t *testing.T, d *daemon.Daemon) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	if err := d.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// clientOf makes a client with the daemon's admin token.
func clientOf(t *testing.T, d *daemon.Daemon) *api.Client {
	t.Helper()
	token, err := os.ReadFile(d.AdminTokenFile())
	if err != nil {
		t.Fatal(err)
	}
	c, err := api.NewClient(api.ClientConfig{
		Endpoint: d.URL(), Token: reportsync.Secret(strings.TrimSpace(string(token))), Client: api.ClientCLI, MaxRetries: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// connectionTo describes a connection to the org.
func connectionTo(o *org) reportsync.ConnectionSpec {
	return reportsync.ConnectionSpec{
		Name: "production", Environment: reportsync.Production, LoginURL: &o.url,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret},
	}
}

// configure makes a connection, a source and an integration that feeds Status__c.
func configure(t *testing.T, c *api.Client, o *org, stateDir string) reportsync.Integration {
	t.Helper()
	connection, err := c.CreateConnection(t.Context(), connectionTo(o))
	if err != nil {
		t.Fatal(err)
	}
	source, err := c.CreateSource(t.Context(), reportsync.SourceSpec{
		Name: "people", Files: &reportsync.FilesSource{URL: "file://" + filepath.Join(stateDir, "reports")},
	})
	if err != nil {
		t.Fatal(err)
	}
	column, schedule := "Status", reportsync.ManualSchedule
	in, err := c.CreateIntegration(t.Context(), reportsync.IntegrationSpec{
		Name: "people-to-contacts", SourceID: source.ID, ConnectionID: connection.ID, Report: "*.csv", Object: "Contact",
		Match:    reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Status__c": {Column: &column}},
		Schedule: &schedule,
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// runToEnd starts a run and waits for its end.
func runToEnd(t *testing.T, c *api.Client, in reportsync.Integration) reportsync.Run {
	t.Helper()
	return awaitEnd(t, c, startRun(t, c, in).ID)
}

func awaitEnd(t *testing.T, c *api.Client, id string) reportsync.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		run, err := c.WaitRun(ctx, id, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if !run.Status.Live() {
			return run
		}
	}
}

// assertStatuses checks what the first contacts hold.
func assertStatuses(t *testing.T, o *org, contacts int, want string) {
	t.Helper()
	for i := range contacts {
		record, ok := o.Record("Contact", o.ids[i])
		if !ok || record["Status__c"] != want {
			t.Errorf("contact %d holds %q, want %q", i, record["Status__c"], want)
		}
	}
}

func startRun(t *testing.T, c *api.Client, in reportsync.Integration) reportsync.Run {
	t.Helper()
	run, err := c.StartRun(t.Context(), in.ID, api.StartRun{}, "")
	if err != nil {
		t.Fatal(err)
	}
	return run
}
