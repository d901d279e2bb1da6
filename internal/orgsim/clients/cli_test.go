//go:build clients

package clients_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// cli is a Salesforce CLI that is logged in to the bundle's org.
type cli struct {
	*testBundle

	program *program
}

// cliAnswer is what the CLI prints with --json.
type cliAnswer struct {
	Status  int             `json:"status"`
	Result  json.RawMessage `json:"result"`
	Name    string          `json:"name"`    // of a failure: Salesforce's code or one of its own
	Message string          `json:"message"` // of a failure
	Data    json.RawMessage `json:"data"`    // of a failure
}

// setupCLI starts an org and logs a CLI in to it, as the alias sim.
func setupCLI(t *testing.T, config orgsim.Config) *cli {
	t.Helper()
	b := setup(t, config)
	c := &cli{testBundle: b, program: b.program(
		"SF_ACCESS_TOKEN="+b.token(),
		"SF_DISABLE_TELEMETRY=true", "SF_DISABLE_AUTOUPDATE=true", "SF_SKIP_NEW_VERSION_CHECK=true",
		"SF_DISABLE_LOG_FILE=true", "SF_USE_GENERIC_UNIX_KEYCHAIN=true", "SF_HIDE_RELEASE_NOTES=true",
		// The org speaks HTTP and is not among the hosts that the CLI knows.
		"SF_ALLOW_INSECURE_HTTP=true",
	)}
	var login struct {
		Username string `json:"username"`
		OrgID    string `json:"orgId"`
	}
	c.do(&login, "org", "login", "access-token", "--instance-url", b.url, "--no-prompt", "--alias", "sim")
	if login.OrgID != b.org.ID() || login.Username != orgsim.DefaultUsername {
		t.Fatalf("the CLI logged in as %s to %s, want org %s", login.Username, login.OrgID, b.org.ID())
	}
	return c
}

// call runs a command and returns what it printed.
func (c *cli) call(args ...string) cliAnswer {
	c.t.Helper()
	stdout, stderr, code := c.program.run(filepath.Join(c.clients, "node"),
		append([]string{filepath.Join(c.clients, "node_modules", "@salesforce", "cli", "bin", "run.js")}, append(args, "--json")...)...)
	var answer cliAnswer
	if err := json.Unmarshal(stdout, &answer); err != nil {
		c.t.Fatalf("sf %q printed %q and on standard error %q: %v", args, stdout, stderr, err)
	}
	if answer.Status != code {
		c.t.Errorf("sf %q ended with %d and printed status %d", args, code, answer.Status)
	}
	return answer
}

// do runs a command that has to succeed, and decodes its result.
func (c *cli) do(into any, args ...string) {
	c.t.Helper()
	answer := c.call(args...)
	if answer.Status != 0 {
		c.t.Fatalf("sf %q failed: %s: %s\nrequests: %q", args, answer.Name, answer.Message, c.requests())
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer.Result, into); err != nil {
		c.t.Fatalf("sf %q gave %s: %v", args, answer.Result, err)
	}
}

// onOrg runs a command against the org, see do.
func (c *cli) onOrg(into any, args ...string) {
	c.t.Helper()
	c.do(into, append(args, "--target-org", "sim")...)
}

// refused runs a command against the org that has to fail with the given name.
func (c *cli) refused(name string, args ...string) cliAnswer {
	c.t.Helper()
	answer := c.call(append(args, "--target-org", "sim")...)
	if answer.Status == 0 || answer.Name != name {
		c.t.Fatalf("sf %q gave %s %q: %s, want %s", args, answer.Name, answer.Message, answer.Result, name)
	}
	return answer
}

// noDevHub excuses the one refusal that the CLI provokes by itself: it asks every
// org for ScratchOrgInfo, which only a Dev Hub has.
func noDevHub(e journal.Entry) bool { return e.Kind == "query" && e.Status == 400 }

func TestCLISeesOrg(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{DailyCalls: 1234})

	var shown struct {
		ID        string `json:"id"`
		Connected string `json:"connectedStatus"`
		Version   string `json:"apiVersion"`
	}
	c.onOrg(&shown, "org", "display")
	if shown.ID != c.org.ID() || shown.Connected != "Connected" || shown.Version != "67.0" {
		t.Errorf("org display gave %+v", shown)
	}

	var limits []struct {
		Name      string `json:"name"`
		Max       int    `json:"max"`
		Remaining int    `json:"remaining"`
	}
	c.onOrg(&limits, "org", "list", "limits")
	seen := false
	for _, l := range limits {
		if l.Name == "DailyApiRequests" {
			seen = l.Max == 1234 && l.Remaining < 1234 && l.Remaining >= 1234-c.org.Journal().Calls()
		}
	}
	if !seen {
		t.Errorf("org list limits gave %+v after %d calls", limits, c.org.Journal().Calls())
	}
	c.noFailures(noDevHub)
	// One question at login was for ScratchOrgInfo, the others were for Organization.
	if q := c.kind("query"); q.Failures != 1 || q.Requests < 2 {
		t.Errorf("queries about the org: %+v, want one that is refused and others that are not", q)
	}
}
