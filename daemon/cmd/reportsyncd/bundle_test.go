package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// patience is for what must happen soon; it is used up only when a test fails.
const patience = 30 * time.Second

const orgSchema = `
object "Contact" {
  field "Status__c" {
    type   = "text"
    length = 40
  }
}
`

// org is a simulated org that listens, with contacts in it.
type org struct {
	*orgsim.Org

	url  string
	ids  []string // of the contacts, in the order of their numbers
	stop func() error
}

func startOrg(contacts int) (*org, error) {
	s, err := schema.Parse("schema.hcl", []byte(orgSchema))
	if err != nil {
		return nil, err
	}
	sim, err := orgsim.New(orgsim.Config{Schema: s})
	if err != nil {
		return nil, err
	}
	server, err := orgsim.Start(sim, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &org{Org: sim, url: server.URL(), stop: func() error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return server.Stop(ctx)
	}}
	for i := range contacts {
		id, err := sim.Insert("Contact", map[string]string{"LastName": fmt.Sprint("Doe ", i), "Email": email(i), "Status__c": "old"})
		if err != nil {
			return nil, err
		}
		o.ids = append(o.ids, id)
	}
	return o, nil
}

func email(i int) string { return fmt.Sprintf("person%d@example.com", i) }

// writeReport puts a report for the first contacts into a state folder, followed by further lines.
func writeReport(stateDir string, rows int, further ...string) error {
	var text strings.Builder
	text.WriteString("User Email,Status\n")
	for i := range rows {
		fmt.Fprintf(&text, "%s,new\n", email(i))
	}
	for _, line := range further {
		text.WriteString(line + "\n")
	}
	folder := filepath.Join(stateDir, "reports")
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "people.csv"), []byte(text.String()), 0o600)
}

// clientOf makes a client of the daemon with a state folder.
func clientOf(stateDir, url string) (*api.Client, error) {
	token, err := os.ReadFile(filepath.Join(stateDir, "admin.token"))
	if err != nil {
		return nil, err
	}
	return api.NewClient(api.ClientConfig{
		Endpoint: url, Token: reportsync.Secret(strings.TrimSpace(string(token))), Client: api.ClientCLI, MaxRetries: -1,
	})
}

// configure makes the integration people-to-contacts, on demand only, and all that it needs.
func configure(ctx context.Context, c *api.Client, o *org, stateDir string) (in reportsync.Integration, err error) {
	connection, err := c.CreateConnection(ctx, reportsync.ConnectionSpec{
		Name: "production", Environment: reportsync.Production, LoginURL: &o.url,
		ClientCredentials: &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret},
	})
	if err != nil {
		return in, err
	}
	source, err := c.CreateSource(ctx, reportsync.SourceSpec{
		Name: "people", Files: &reportsync.FilesSource{URL: "file://" + filepath.Join(stateDir, "reports")},
	})
	if err != nil {
		return in, err
	}
	column, schedule := "Status", reportsync.ManualSchedule
	return c.CreateIntegration(ctx, reportsync.IntegrationSpec{
		Name: "people-to-contacts", SourceID: source.ID, ConnectionID: connection.ID, Report: "*.csv", Object: "Contact",
		Match:    reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{"Status__c": {Column: &column}},
		Schedule: &schedule,
	})
}

// must fails a test on an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
