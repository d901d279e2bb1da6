//go:build clients

package clients_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// stopTimeout is how long the requests of a client that is gone may take.
const stopTimeout = 10 * time.Second

// testBundle is an org that listens, and the programs that are to talk to it.
type testBundle struct {
	t       *testing.T
	org     *orgsim.Org
	url     string
	clients string // folder of the installed clients
}

// setup starts an org with the fields of testdata/org.hcl. Its pages are always
// full, so that the number of calls is known.
func setup(t *testing.T, config orgsim.Config) *testBundle {
	t.Helper()
	clients := os.Getenv("REPORTSYNC_TEST_CLIENTS")
	if clients == "" {
		t.Fatal("REPORTSYNC_TEST_CLIENTS does not name the folder of the clients: run make test-clients")
	}
	var err error
	if config.Schema, err = schema.Load("testdata/org.hcl"); err != nil {
		t.Fatal(err)
	}
	config.SteadyPages = true
	org, err := orgsim.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server, err := orgsim.Start(org, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), stopTimeout)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Errorf("stop the org: %v", err)
		}
	})
	return &testBundle{t: t, org: org, url: server.URL(), clients: clients}
}

// token logs in by client credentials, as any program may.
func (b *testBundle) token() string {
	b.t.Helper()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	response, err := resty.New().R().SetContext(b.t.Context()).SetResult(&answer).SetFormData(map[string]string{
		"grant_type": "client_credentials", "client_id": orgsim.DefaultClientID, "client_secret": orgsim.DefaultClientSecret,
	}).Post(b.url + "/services/oauth2/token")
	if err != nil || answer.AccessToken == "" {
		b.t.Fatalf("log in: %s: %v", response.Status(), err)
	}
	return answer.AccessToken
}

// decode reads what a program told as JSON.
func (b *testBundle) decode(text []byte, into any) {
	b.t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		b.t.Fatalf("the client told %q: %v\nrequests: %q", text, err, b.requests())
	}
}

// insert makes a record behind the clients' backs.
func (b *testBundle) insert(object string, fields map[string]string) string {
	b.t.Helper()
	id, err := b.org.Insert(object, fields)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// contacts makes n contacts with the keys k0000, k0001, … and returns their ids.
func (b *testBundle) contacts(n int) []string {
	b.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = b.insert("Contact", map[string]string{
			"LastName": fmt.Sprintf("Last %04d", i), "Email": fmt.Sprintf("p%04d@x.example", i), "Key__c": fmt.Sprintf("k%04d", i),
		})
	}
	return ids
}

// contact is what the org keeps under an id.
func (b *testBundle) contact(id string) map[string]string {
	b.t.Helper()
	record, ok := b.org.Record("Contact", id)
	if !ok {
		b.t.Fatalf("the org has no contact %q", id)
	}
	return record
}

// found is the one record that a condition holds for.
func (b *testBundle) found(object, condition string, fields ...string) map[string]string {
	b.t.Helper()
	soql := "SELECT " + strings.Join(append(fields, "Id"), ",") + " FROM " + object + " WHERE " + condition
	records, err := b.org.Query(soql)
	if err != nil {
		b.t.Fatalf("%s: %v", soql, err)
	}
	if len(records) != 1 {
		b.t.Fatalf("%s: %d records, want 1", soql, len(records))
	}
	return records[0]
}

// requests lists what was asked since the last reset, in order, as
// "METHOD path status".
func (b *testBundle) requests() []string {
	var requests []string
	for _, e := range b.org.Journal().Entries() {
		requests = append(requests, fmt.Sprintf("%s %s %d", e.Method, e.Path, e.Status))
	}
	return requests
}

// kind adds up the requests of one kind.
func (b *testBundle) kind(kind string) journal.Sum {
	for _, s := range b.org.Journal().Summary().Kinds {
		if s.Kind == kind {
			return s
		}
	}
	return journal.Sum{Kind: kind}
}

// noFailures wants that the org refused nothing but what a condition excuses.
func (b *testBundle) noFailures(excused func(journal.Entry) bool) {
	b.t.Helper()
	for _, e := range b.org.Journal().Entries() {
		if (e.Status >= 400 || e.Status == 0 || e.Status/100 == 3) && (excused == nil || !excused(e)) {
			b.t.Errorf("the org answered %s %s (%s) with %d", e.Method, e.Path, e.Kind, e.Status)
		}
	}
}

// file writes a file into a folder of the test and returns its path.
func (b *testBundle) file(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// holds wants that a contact has the given values among its own; "" is null.
func (b *testBundle) holds(id string, want map[string]string) {
	b.t.Helper()
	contact := b.contact(id)
	for field, value := range want {
		if contact[field] != value {
			b.t.Errorf("contact %s: %s is %q, want %q", id, field, contact[field], value)
		}
	}
}
