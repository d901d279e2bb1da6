package provider_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
	"github.com/reportsync/terraform-provider-reportsync/provider"
)

// factories serve the provider in this process.
var factories = map[string]func() (tfprotov6.ProviderServer, error){
	"reportsync": providerserver.NewProtocol6WithError(provider.New("test")()),
}

const orgFields = `
object "Contact" {
  field "Onboarding_Status__c" {
    type   = "picklist"
    values = ["Not Started", "In Progress", "Completed"]
  }
  field "Sessions_30d__c" {
    type      = "number"
    precision = 6
    scale     = 0
  }
  field "Last_Seen__c" {
    type = "datetime"
  }
  field "Usage_Source__c" {
    type   = "text"
    length = 40
  }
  field "Score__c" {
    type      = "number"
    precision = 6
    scale     = 0
    read_only = true
  }
}`

const onboardingReport = `User Email,Onboarding Status,Sessions (30d),Last Seen (UTC)
Ada@Example.com,Completed,18,2026-11-05 17:41:03
bob@example.com,In Progress,9,2026-10-12 06:58:32
nobody@example.com,Not Started,1,2026-10-12 06:58:32
`

// world is a daemon with an org and a folder of reports, all of them real but the org, which is simulated.
type world struct {
	org     *orgsim.Org
	orgURL  string
	root    string // the daemon's only file root
	reports string // a folder in it, which the source names
	daemon  *daemon.Daemon
	token   string
	client  *api.Client // as an admin who works beside Terraform
}

// newWorld starts a world for an acceptance test, or skips the test where none is wanted.
func newWorld(t *testing.T) *world {
	t.Helper()
	acceptance(t)
	w := &world{root: t.TempDir()}
	w.reports = filepath.Join(w.root, "reports")
	w.writeReport(t, "onboarding/2026-11-06.csv", onboardingReport)
	w.org, w.orgURL = newOrg(t, orgsim.Config{})
	for _, name := range []string{"Ada", "Bob"} {
		if _, err := w.org.Insert("Contact", map[string]string{"LastName": name, "Email": name + "@example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	w.startDaemon(t)
	return w
}

// acceptance skips a test that starts a Terraform CLI where that is not wanted.
func acceptance(t *testing.T) {
	t.Helper()
	if os.Getenv(resource.EnvTfAcc) == "" {
		t.Skip("starts a Terraform CLI: set TF_ACC=1 to run it")
	}
	testenv.TerraformCLI(t)
}

// newOrg starts a simulated org that has the fields of the tests.
func newOrg(t *testing.T, config orgsim.Config) (*orgsim.Org, string) {
	t.Helper()
	fields, err := schema.Parse("org.hcl", []byte(orgFields))
	if err != nil {
		t.Fatal(err)
	}
	config.Schema = fields
	org, err := orgsim.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(org)
	t.Cleanup(func() {
		org.Close()
		server.Close()
	})
	return org, server.URL
}

func (w *world) startDaemon(t *testing.T) {
	t.Helper()
	d, err := daemon.New(t.Context(), daemon.Options{
		StateDir: t.TempDir(), Listen: "127.0.0.1:0", FileRoots: []string{w.root}, Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Errorf("stop the daemon: %v", err)
		}
	})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, err := os.ReadFile(d.AdminTokenFile())
	if err != nil {
		t.Fatal(err)
	}
	w.daemon, w.token = d, strings.TrimSpace(string(token))
	w.client, err = api.NewClient(api.ClientConfig{Endpoint: d.URL(), Token: reportsync.Secret(w.token)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.client.Close)
}

func (w *world) writeReport(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.reports, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// test runs the steps and then looks that the daemon holds nothing that Terraform made.
func (w *world) test(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		CheckDestroy:             func(*terraform.State) error { return w.checkEmpty(t.Context()) },
		Steps:                    steps,
	})
}

func (w *world) checkEmpty(ctx context.Context) error {
	connections, err := api.Collect(w.client.Connections(ctx))
	if err != nil {
		return err
	}
	sources, err := api.Collect(w.client.Sources(ctx))
	if err != nil {
		return err
	}
	integrations, err := api.Collect(w.client.Integrations(ctx))
	if err != nil {
		return err
	}
	live, err := api.Collect(w.client.Runs(ctx, api.RunQuery{Status: []reportsync.RunStatus{reportsync.RunQueued, reportsync.RunRunning}}))
	if err != nil {
		return err
	}
	if n := len(connections) + len(sources) + len(integrations) + len(live); n > 0 {
		return fmt.Errorf("left behind: %v %v %v %v", connections, sources, integrations, live)
	}
	return nil
}

// block is a block of configuration: attributes by name, as HCL expressions.
type block map[string]string

// with returns a copy in which an attribute has another expression; an empty one takes it out.
func (b block) with(name, expression string) block {
	c := maps.Clone(b)
	c[name] = expression
	if expression == "" {
		delete(c, name)
	}
	return c
}

// hcl writes the block under its head.
func (b block) hcl(head string) string {
	var s strings.Builder
	s.WriteString(head + " {\n")
	for _, name := range slices.Sorted(maps.Keys(b)) {
		fmt.Fprintf(&s, "  %s = %s\n", name, b[name])
	}
	s.WriteString("}\n")
	return s.String()
}

// Addresses of the resources in the tests' configurations.
const (
	connectionAddress  = "reportsync_salesforce_connection.test"
	sourceAddress      = "reportsync_report_source.test"
	integrationAddress = "reportsync_integration.test"
	runAddress         = "reportsync_run.test"
)

func (w *world) provider() string {
	return block{"endpoint": fmt.Sprintf("%q", w.daemon.URL()), "token": fmt.Sprintf("%q", w.token)}.hcl(`provider "reportsync"`)
}

func (w *world) connection() block {
	return block{
		"name":               `"production"`,
		"environment":        `"production"`,
		"login_url":          fmt.Sprintf("%q", w.orgURL),
		"client_credentials": credentials(orgsim.DefaultClientID, orgsim.DefaultClientSecret, ""),
	}
}

// credentials is the expression for client credentials; more holds further attributes.
func credentials(id, secret, more string) string {
	return fmt.Sprintf("{ client_id = %q, client_secret_wo = %q%s }", id, secret, more)
}

func (w *world) source() block {
	return block{"name": `"insights"`, "files": fmt.Sprintf("{ url = %q }", "file://"+w.reports)}
}

func (w *world) integration() block {
	return block{
		"name":          `"onboarding"`,
		"source_id":     sourceAddress + ".id",
		"report":        `"onboarding/*.csv"`,
		"connection_id": connectionAddress + ".id",
		"object":        `"Contact"`,
		"match":         `{ column = "User Email", field = "Email" }`,
		"mappings":      mappings,
		"schedule":      `"manual"`,
	}
}

const mappings = `{
    Onboarding_Status__c = { column = "Onboarding Status" }
    Sessions_30d__c      = { column = "Sessions (30d)" }
    Usage_Source__c      = { constant = "WalkMe" }
  }`

// config puts a configuration together: the provider, and a connection, a source and what else is given by its head.
func (w *world) config(blocks map[string]block) string {
	all := map[string]block{head(connectionAddress): w.connection(), head(sourceAddress): w.source()}
	for address, b := range blocks {
		all[head(address)] = b
	}
	var s strings.Builder
	s.WriteString(w.provider())
	for _, h := range slices.Sorted(maps.Keys(all)) {
		s.WriteString(all[h].hcl(h))
	}
	return s.String()
}

// head turns an address into the head of its block.
func head(address string) string {
	typ, label, found := strings.Cut(address, ".")
	if !found {
		return address
	}
	if typ == "data" {
		typ, label, _ = strings.Cut(label, ".")
		return fmt.Sprintf("data %q %q", typ, label)
	}
	return fmt.Sprintf("resource %q %q", typ, label)
}

// idOf returns the id that a resource has in the state.
func idOf(state *terraform.State, address string) (string, error) {
	r, ok := state.RootModule().Resources[address]
	if !ok || r.Primary == nil || r.Primary.ID == "" {
		return "", errors.New(address + " is not in the state")
	}
	return r.Primary.ID, nil
}
