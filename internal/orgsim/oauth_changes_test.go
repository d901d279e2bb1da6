package orgsim_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// change makes a change of mind through the control port.
func (b *testBundle) change(name string) {
	b.t.Helper()
	b.do(http.MethodPost, "/orgsim/auth/"+name, nil).want(http.StatusNoContent)
}

func (b *testBundle) changeUser(name string) {
	b.t.Helper()
	b.change("users/" + url.PathEscape(orgsim.DefaultUsername) + "/" + name)
}

// Each change of mind, what it takes away, and that it can be taken back.
func TestChangesOfMind(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, withKey(t, orgsim.Config{Now: clock.now}))
	p := newPerson(t, b.server.URL)
	tokens := b.grants(exchange(p.code()))
	signed := func() url.Values { return assertion(t, clock.now(), jwt.SigningMethodRS256, appKey()) }
	// Whichever way one logs in, it is refused.
	every := func(pending, code, description string) {
		t.Helper()
		for _, form := range []url.Values{refreshing(tokens["refresh_token"]), credentials(), signed(), exchange(pending)} {
			b.denies(form, code, description)
		}
	}
	b.change("expire-sessions")
	if b.good(tokens["access_token"]) {
		t.Error("the session has not expired")
	}
	tokens["access_token"] = b.grants(refreshing(tokens["refresh_token"]))["access_token"]

	pending := p.code()
	b.changeUser("deactivate")
	if b.good(tokens["access_token"]) || b.get("/services/oauth2/userinfo").want(http.StatusForbidden).body != "Bad_OAuth_Token" {
		t.Error("the session of an inactive user is good")
	}
	every(pending, "inactive_user", "user is inactive")
	if v := p.authorize(); v.at != "/login" || p.login(v, orgsim.DefaultUsername, orgsim.DefaultPassword).at != "/login" {
		t.Error("an inactive user is let in")
	}
	b.changeUser("activate")

	pending = p.code()
	b.change("deactivate-org")
	if b.good(tokens["access_token"]) {
		t.Error("the session of an inactive org is good")
	}
	every(pending, "inactive_org", "organization is inactive")
	b.change("activate-org")

	pending = p.code()
	b.change("uninstall-app")
	every(pending, "invalid_client", "app must be installed into org")
	if v := p.authorize(); v.status != http.StatusBadRequest || !strings.Contains(v.body, "OAUTH_APPROVAL_ERROR_GENERIC") || !b.good(tokens["access_token"]) {
		t.Errorf("uninstalled: %d, %v, %s", v.status, v.callback, v.body)
	}
	b.change("install-app")

	b.changeUser("lock")
	b.denies(signed(), "invalid_grant", "authentication failure")
	if v := p.login(p.authorize("prompt", "login"), orgsim.DefaultUsername, orgsim.DefaultPassword); v.at != "/login" {
		t.Error("a locked user is let in")
	}
	b.changeUser("unlock")

	b.change("admin-approved-users")
	b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "user is not admin approved")
	b.denies(signed(), "invalid_grant", "user is not admin approved")
	b.changeUser("approve")
	b.grants(signed())
	b.change("self-authorized-users")

	b.change("rotation-on")
	next := b.grants(refreshing(tokens["refresh_token"]))["refresh_token"]
	b.change("rotation-off")
	if b.grants(refreshing(next))["refresh_token"] != "" {
		t.Error("rotation is still on")
	}
	b.change("revoke-refresh-tokens")
	b.denies(refreshing(next), "invalid_grant", "expired access/refresh token")
	if b.good(tokens["access_token"]) {
		t.Error("the session has outlived its refresh token")
	}
	id := b.org.ID()
	if b.change("refresh-sandbox"); b.org.ID() == id {
		t.Error("the org's id has not changed")
	}
}

func TestChangeMistakes(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for path, want := range map[string]string{
		"/orgsim/auth/explode":                 "expire-sessions",
		"/orgsim/auth/users/nobody/deactivate": "no user of that name: nobody",
		"/orgsim/auth/users/nobody/explode":    "disapprove",
	} {
		if got := b.do(http.MethodPost, path, nil).want(http.StatusNotFound).body; !strings.Contains(got, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := b.do(http.MethodPost, "/orgsim/auth/expire-sessions", nil, "Origin", "http://evil.example"); got.status != http.StatusForbidden {
		t.Errorf("from a browser: %d", got.status)
	}
}

// A reset takes back changes of mind and forgets who has approved what.
func TestResetForgetsLogins(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	tokens := b.grants(exchange(p.code()))
	b.change("uninstall-app")
	b.changeUser("approve")
	if err := b.org.Reset(false); err != nil {
		t.Fatal(err)
	}
	b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
	if v := p.authorize(); v.at != "/login" || !strings.Contains(p.login(v, orgsim.DefaultUsername, orgsim.DefaultPassword).body, "oaapprove") {
		t.Errorf("at %s", v.at)
	}
}

// The faults that strike the org as a whole.
func TestLoginFaults(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	tokens := b.grants(exchange(newPerson(t, b.server.URL).code()))
	b.org.Faults().Add(fault.Fault{Action: fault.RevokeRefresh, Path: "/services/data/**", Times: 1})
	if b.good(tokens["access_token"]) {
		t.Error("the session is good while its refresh token was revoked")
	}
	b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
	id := b.org.ID()
	b.org.Faults().Add(fault.Fault{Action: fault.ChangeOrg, Path: "/services/oauth2/token", Times: 1})
	if b.login(); b.org.ID() == id || b.identity()["organization_id"] != b.org.ID() {
		t.Errorf("the id is %s, and was %s", b.org.ID(), id)
	}
}

// Of two that refresh at once with rotation on, one at most is served; the other
// is taken for a thief, and ends what the first has got.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	config := orgsim.Config{App: app()}
	config.App.RefreshTokens.Rotate = true
	b := setup(t, config)
	token := b.grants(exchange(newPerson(t, b.server.URL).code()))["refresh_token"]
	var served [8]map[string]string
	var racers sync.WaitGroup
	for i := range served {
		racers.Go(func() {
			answer, err := b.try(http.MethodPost, "/services/oauth2/token", refreshing(token).Encode(), "Content-Type", "application/x-www-form-urlencoded")
			if err == nil && answer.status == http.StatusOK {
				served[i] = map[string]string{}
				answer.decode(&served[i])
			}
		})
	}
	racers.Wait()
	count := 0
	for _, tokens := range served {
		if tokens == nil {
			continue
		}
		count++
		if b.good(tokens["access_token"]) {
			t.Error("what the winner has got is still good")
		}
		b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
	}
	if count > 1 {
		t.Errorf("%d were served", count)
	}
}

// Equal seeds and requests give equal tokens.
func TestTokensFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	tokens := func() map[string]string {
		b := setup(t, orgsim.Config{App: app(), Seed: 3})
		got := b.grants(exchange(newPerson(t, b.server.URL).code()))
		return map[string]string{"access": got["access_token"], "refresh": got["refresh_token"]}
	}
	if one, two := tokens(), tokens(); one["access"] != two["access"] || one["refresh"] != two["refresh"] {
		t.Errorf("%v and %v", one, two)
	}
}

// A client may send its token as a parameter and have the version put in.
func TestIdentityParameters(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	path := "/id/" + b.org.ID() + "/" + b.org.RunAs() + "?oauth_token=" + url.QueryEscape(b.token)
	for query, want := range map[string]string{
		"":                            "/services/data/v{version}/",
		"&format=json&version=latest": "/services/data/v67.0/",
		"&version=62.0":               "/services/data/v62.0/",
		"&version=../x":               "/services/data/v{version}/",
	} {
		var identity struct {
			URLs map[string]string `json:"urls"`
		}
		b.get(path+query, "Authorization", "").want(http.StatusOK).decode(&identity)
		if got := identity.URLs["rest"]; got != b.server.URL+want {
			t.Errorf("%s: %s", query, got)
		}
	}
	b.get(path+"&format=xml", "Authorization", "").want(http.StatusNotAcceptable)
}
