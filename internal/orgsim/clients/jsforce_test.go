//go:build clients

package clients_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// refusal is what a client was refused with.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// jsforce runs a script of testdata/jsforce and decodes what it tells.
func (b *testBundle) jsforce(script string, into any, env ...string) {
	b.t.Helper()
	stdout, stderr, code := b.program(append(env, "CLIENTS="+b.clients)...).run(filepath.Join(b.clients, "node"), b.script(script))
	if code != 0 {
		b.t.Fatalf("%s ended with %d: %s\nrequests: %q", script, code, stderr, b.requests())
	}
	b.decode(stdout, into)
}

// script is the path of a script; programs run in folders of their own.
func (b *testBundle) script(name string) string {
	b.t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "jsforce", name))
	if err != nil {
		b.t.Fatal(err)
	}
	return path
}

// A client that logs in by itself goes on when its session ends.
func TestJSforceLogsInByClientCredentials(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Sessions: orgsim.SessionPolicy{MaxCalls: 5}, DailyCalls: 1000})
	var got struct {
		User, Org, Instance, Username, IdentityOrg, IdentityUser string
		Calls                                                    struct{ Max, Remaining int }
		Usage                                                    struct{ Used, Limit int }
		Logins                                                   int
	}
	b.jsforce("login.mjs", &got)
	user := b.found("User", "Username = '"+orgsim.DefaultUsername+"'")["Id"]
	if got.User != user || got.IdentityUser != user || got.Org != b.org.ID() || got.IdentityOrg != b.org.ID() || got.Instance != b.url || got.Username != orgsim.DefaultUsername {
		t.Errorf("logged in as %+v, want user %s of %s", got, user, b.org.ID())
	}
	if got.Calls.Max != 1000 || got.Usage.Limit != 1000 || got.Usage.Used == 0 || got.Usage.Used > b.org.Journal().Calls() {
		t.Errorf("limits are %+v and usage %+v after %d calls", got.Calls, got.Usage, b.org.Journal().Calls())
	}
	// 13 calls of at most 5 a session.
	if logins := b.kind("oauth").Requests; got.Logins != 2 || logins != 3 {
		t.Errorf("the client renewed its session %d times by %d logins", got.Logins, logins)
	}
	if q := b.kind("query"); q.Requests-q.Failures != 12 || q.Failures != 2 {
		t.Errorf("queries: %+v, want 12 that succeed and 2 at ended sessions", q)
	}
}

func TestJSforceIdentifiesByToken(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var got struct{ Username, Org, User, Bad, After string }
	b.jsforce("tokenidentity.mjs", &got, "ORG_TOKEN="+b.token())
	if got.Username != orgsim.DefaultUsername || got.Org != b.org.ID() || got.User == "" {
		t.Errorf("identity is %+v", got)
	}
	if got.Bad != "INVALID_SESSION_ID" || got.After != "INVALID_SESSION_ID" {
		t.Errorf("a wrong token was refused with %s, a revoked one with %s", got.Bad, got.After)
	}
}

// The web server flow as a person goes through it: the client sends the browser
// to the org, the person allows it, and the browser brings the code back.
func TestJSforceLogsInByAuthorizationCode(t *testing.T) {
	t.Parallel()
	const redirect = "http://127.0.0.1:1717/callback"
	b := setup(t, orgsim.Config{Sessions: orgsim.SessionPolicy{MaxCalls: 5}})
	var got struct {
		User, Org      string
		Refreshed      int
		Renewed        bool
		Again, Revoked refusal
	}
	p := b.program("CLIENTS="+b.clients, "ORG_REDIRECT="+redirect)
	b.decode(p.converse(func(address string) string {
		callback := b.allow(address, redirect)
		if state := callback.Get("state"); state != "s-1" {
			t.Errorf("the state came back as %q", state)
		}
		return callback.Get("code")
	}, filepath.Join(b.clients, "node"), b.script("authorize.mjs")), &got)
	if got.Org != b.org.ID() || got.User == "" || got.Refreshed != 1 || !got.Renewed {
		t.Errorf("the login gave %+v", got)
	}
	want := []refusal{{Code: "invalid_grant", Message: "expired authorization code"}, {Code: "invalid_grant", Message: "expired access/refresh token"}}
	if diff := cmp.Diff(want, []refusal{got.Again, got.Revoked}); diff != "" {
		t.Errorf("a used code and a revoked token: %s", diff)
	}
}
