package orgsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// landscape is a production org and its sandbox with a login host for each kind.
type landscape struct {
	production, sandbox *testBundle
	login, test         *testBundle // their server is the login host's
}

func newLandscape(t *testing.T) landscape {
	t.Helper()
	config := withKey(t, orgsim.Config{})
	l := landscape{production: setup(t, config)}
	config.Sandbox = true
	l.sandbox = setup(t, config)
	for _, b := range []*testBundle{l.production, l.sandbox} {
		b.org.SetURL(b.server.URL + "/")
	}
	host := func(sandbox bool) *testBundle {
		host := orgsim.NewLoginHost(sandbox, l.production.org, l.sandbox.org)
		b := &testBundle{t: t, server: httptest.NewServer(host), client: l.production.client}
		t.Cleanup(func() {
			host.Close()
			b.server.Close()
		})
		return b
	}
	l.login, l.test = host(false), host(true)
	return l
}

func TestTwoOrgs(t *testing.T) {
	t.Parallel()
	l := newLandscape(t)
	if l.production.org.ID() == l.sandbox.org.ID() {
		t.Errorf("both orgs are %s", l.production.org.ID())
	}
	p := newPerson(t, l.login.server.URL)
	if v := p.login(p.authorize(), orgsim.DefaultSandboxUsername, orgsim.DefaultPassword); v.at != "/login" {
		t.Errorf("production lets a sandbox user in: at %s, callback %v", v.at, v.callback)
	}
	production := l.login.grants(exchange(p.code("scope", "api refresh_token openid")))
	q := newPerson(t, l.test.server.URL)
	if v := q.login(q.authorize(), orgsim.DefaultUsername, orgsim.DefaultPassword); v.at != "/login" || !strings.Contains(v.body, "Sandbox") {
		t.Errorf("the sandbox lets a production user in: at %s, callback %v", v.at, v.callback)
	}
	sandbox := l.test.grants(exchange(q.allow(q.login(q.authorize("scope", "api refresh_token id"), orgsim.DefaultSandboxUsername, orgsim.DefaultPassword)).callback.Get("code")))

	for name, test := range map[string]struct {
		tokens           map[string]string
		own, other, host *testBundle
	}{
		"production": {production, l.production, l.sandbox, l.login},
		"sandbox":    {sandbox, l.sandbox, l.production, l.test},
	} {
		if got := test.tokens["instance_url"]; got != test.own.server.URL {
			t.Errorf("%s: instance_url %s, want %s", name, got, test.own.server.URL)
		}
		if got, want := test.tokens["id"], test.host.server.URL+"/id/"+test.own.org.ID(); !strings.HasPrefix(got, want) {
			t.Errorf("%s: id %s, want %s", name, got, want)
		}
		if token := test.tokens["access_token"]; !test.own.good(token) || test.other.good(token) {
			t.Errorf("%s: the token is not good in its own org alone", name)
		}
		authorized := []string{"Authorization", "Bearer " + test.tokens["access_token"]}
		identity := document(t, test.host.get(strings.TrimPrefix(test.tokens["id"], test.host.server.URL), authorized...).want(http.StatusOK).body)
		info := document(t, test.host.get("/services/oauth2/userinfo", authorized...).want(http.StatusOK).body)
		if identity["organization_id"] != test.own.org.ID() || info["organization_id"] != test.own.org.ID() {
			t.Errorf("%s: identity %v, userinfo %v", name, identity, info)
		}
		urls, ok := identity["urls"].(map[string]any)
		if rest := test.own.server.URL + "/services/data/v{version}/"; !ok || urls["rest"] != rest {
			t.Errorf("%s: urls %v", name, identity["urls"])
		}
		next := test.host.grants(refreshing(test.tokens["refresh_token"]))
		if !test.own.good(next["access_token"]) {
			t.Errorf("%s: not good after a refresh", name)
		}
		test.own.grants(refreshing(test.tokens["refresh_token"])) // the My Domain does as well
		test.other.denies(refreshing(test.tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
		test.host.form("/services/oauth2/introspect", altered(credentials(), "grant_type", "", "token", next["access_token"])).want(http.StatusOK)
		test.host.form("/services/oauth2/revoke", url.Values{"token": {test.tokens["refresh_token"]}}).want(http.StatusOK)
		if test.own.good(next["access_token"]) {
			t.Errorf("%s: good after a revocation", name)
		}
	}
}

func TestLoginHost(t *testing.T) {
	t.Parallel()
	l := newLandscape(t)
	l.login.denies(credentials(), "invalid_grant", "request not supported on this domain")
	l.login.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID") // data calls go to the instance
	var versions []json.RawMessage
	if l.login.get("/services/data").want(http.StatusOK).decode(&versions); len(versions) == 0 {
		t.Error("there are no versions")
	}
	l.login.denies(exchange("x", "client_id", "y"), "invalid_client_id", "client identifier invalid")
	nobody := orgsim.NewLoginHost(true)
	defer nobody.Close()
	recorder := httptest.NewRecorder()
	nobody.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/oauth2/authorize?"+authorization().Encode(), nil))
	if recorder.Code != http.StatusBadRequest || !strings.Contains(recorder.Body.String(), "invalid_client_id") {
		t.Errorf("a host of no orgs: %d, %s", recorder.Code, recorder.Body)
	}
	if calls := len(nobody.Journal().Entries()); calls != 1 {
		t.Errorf("%d entries", calls)
	}
}

// An assertion names the kind of org that it is for, and is good there alone.
func TestAssertionAtLoginHosts(t *testing.T) {
	t.Parallel()
	l := newLandscape(t)
	for _, b := range []*testBundle{l.production, l.sandbox} {
		for user := range b.org.Records("User") {
			if err := b.org.SetUserApproved(user["Username"], true); err != nil {
				t.Fatal(err)
			}
		}
	}
	signed := func(username, audience string) url.Values {
		return assertion(t, time.Now(), jwt.SigningMethodRS256, appKey(), "sub", username, "aud", audience)
	}
	if got := l.login.grants(signed(orgsim.DefaultUsername, loginAudience)); !l.production.good(got["access_token"]) {
		t.Errorf("got %v", got)
	}
	if got := l.test.grants(signed(orgsim.DefaultSandboxUsername, sandboxAudience)); !l.sandbox.good(got["access_token"]) {
		t.Errorf("got %v", got)
	}
	l.test.grants(signed(orgsim.DefaultSandboxUsername, l.sandbox.server.URL))
	l.test.denies(signed(orgsim.DefaultUsername, sandboxAudience), "invalid_grant", "authentication failure")
	l.test.denies(signed(orgsim.DefaultSandboxUsername, loginAudience), "invalid_grant", "audience is invalid")
	l.sandbox.denies(signed(orgsim.DefaultSandboxUsername, loginAudience), "invalid_grant", "audience is invalid")
}

func TestSandboxRefresh(t *testing.T) {
	t.Parallel()
	l := newLandscape(t)
	p := newPerson(t, l.test.server.URL)
	p.login(p.authorize(), orgsim.DefaultSandboxUsername, orgsim.DefaultPassword)
	code := p.allow(p.authorize()).callback.Get("code")
	before := l.test.grants(exchange(code))
	contact := l.sandbox.insert(map[string]string{"Email": "a@b.example"})
	old := l.sandbox.org.ID()
	pending := p.authorize().callback.Get("code")
	if err := l.sandbox.org.RefreshSandbox(); err != nil {
		t.Fatal(err)
	}
	if l.sandbox.org.ID() == old || l.sandbox.good(before["access_token"]) {
		t.Error("the id or the session is still what it was")
	}
	l.test.denies(refreshing(before["refresh_token"]), "invalid_grant", "expired access/refresh token")
	l.test.denies(exchange(pending), "invalid_grant", "invalid authorization code")
	if got := l.sandbox.field(contact, "Email"); got != "a@b.example" {
		t.Errorf("the record has %q", got)
	}
	l.sandbox.login()
	var found struct {
		Records []map[string]any `json:"records"`
	}
	l.sandbox.query("SELECT Id, IsSandbox FROM Organization").want(http.StatusOK).decode(&found)
	if len(found.Records) != 1 || found.Records[0]["Id"] != l.sandbox.org.ID() {
		t.Errorf("organizations %v, want %s alone", found.Records, l.sandbox.org.ID())
	}
	if diff := cmp.Diff(l.sandbox.org.ID(), l.sandbox.identity()["organization_id"]); diff != "" {
		t.Error(diff)
	}
}

// What Start listens on is the org's URL, unless it was given another.
func TestInstanceURL(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ given, address, want string }{
		"of the listener": {address: "127.0.0.1:0"},
		"given":           {given: "https://acme.my.salesforce.com", address: "127.0.0.1:0", want: "https://acme.my.salesforce.com"},
		"every interface": {address: "0.0.0.0:0", want: "http://acme.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org, err := orgsim.New(orgsim.Config{})
			if err != nil {
				t.Fatal(err)
			}
			org.SetURL(test.given)
			server, err := orgsim.Start(org, test.address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := server.Stop(t.Context()); err != nil {
					t.Error(err)
				}
			}()
			if test.want == "" {
				test.want = server.URL()
			}
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://acme.example/services/oauth2/token", strings.NewReader(credentials().Encode()))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			recorder := httptest.NewRecorder()
			org.ServeHTTP(recorder, request)
			if got := document(t, recorder.Body.String())["instance_url"]; got != test.want {
				t.Errorf("instance_url %v, want %s", got, test.want)
			}
		})
	}
}
