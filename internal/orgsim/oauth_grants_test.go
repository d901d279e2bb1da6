package orgsim_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// Every way in which a code is refused, and in what words.
func TestCodeRefusals(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{App: app(), Now: clock.now})
	p := newPerson(t, b.server.URL)
	for name, test := range map[string]struct {
		changes []string
		want    [2]string
	}{
		"another client":   {[]string{"client_id", "x"}, [2]string{"invalid_client_id", "client identifier invalid"}},
		"no secret":        {[]string{"client_secret", ""}, [2]string{"invalid_client", "invalid client credentials"}},
		"no code":          {[]string{"code", ""}, [2]string{"invalid_request", "must provide code"}},
		"unknown code":     {[]string{"code", "x"}, [2]string{"invalid_grant", "invalid authorization code"}},
		"another redirect": {[]string{"redirect_uri", callback + "/"}, [2]string{"redirect_uri_mismatch", "redirect_uri must match configuration"}},
		"no redirect":      {[]string{"redirect_uri", ""}, [2]string{"redirect_uri_mismatch", "redirect_uri must match configuration"}},
		"another verifier": {[]string{"code_verifier", verifier + "x"}, [2]string{"invalid_request", "invalid code verifier"}},
		"no verifier":      {[]string{"code_verifier", ""}, [2]string{"invalid_grant", "missing required code verifier"}},
		"format":           {[]string{"format", "xml"}, [2]string{"invalid_request", "format not supported"}},
	} {
		code := p.code()
		b.denies(exchange(code, test.changes...), test.want[0], test.want[1])
		if strings.Contains(name, "verifier") { // whoever guesses has one guess
			b.denies(exchange(code), "invalid_grant", "expired authorization code")
		}
	}
	repeated := exchange(p.code())
	repeated.Add("code", "x")
	b.denies(repeated, "invalid_request", "a parameter is given more than once")

	late := p.code()
	clock.advance(15 * time.Minute)
	b.denies(exchange(late), "invalid_grant", "expired authorization code")
}

// A code that is shown twice takes back what it gave.
func TestCodeReuse(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	code := newPerson(t, b.server.URL).code()
	tokens := b.grants(exchange(code))
	b.denies(exchange(code), "invalid_grant", "expired authorization code")
	if b.good(tokens["access_token"]) {
		t.Error("the access token is still good")
	}
	b.denies(refreshing(tokens["refresh_token"]), "invalid_grant", "expired access/refresh token")
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	tokens := b.grants(exchange(p.code()))
	next := b.grants(refreshing(tokens["refresh_token"]))
	if _, there := next["refresh_token"]; there || next["access_token"] == tokens["access_token"] || !b.good(next["access_token"]) || !b.good(tokens["access_token"]) {
		t.Errorf("got %v", next)
	}
	if without := b.grants(exchange(p.code("scope", "api"))); without["refresh_token"] != "" {
		t.Errorf("without the scope there is a refresh token: %v", without)
	}
	b.denies(refreshing("5Aep861x"), "invalid_grant", "expired access/refresh token")
	b.denies(refreshing(""), "invalid_request", "must provide refresh_token")
	b.denies(refreshing(tokens["refresh_token"], "client_secret", "x"), "invalid_client", "invalid client credentials")
	b.denies(refreshing(tokens["refresh_token"], "scope", "api web"), "invalid_scope", "the requested scope is not allowed")
	// Data APIs need the scope api; signing in alone does not give it.
	if web := b.grants(exchange(p.code("scope", "web"))); b.good(web["access_token"]) {
		t.Error("a session of scope web is valid for data calls")
	}
}

// Presenting a refresh token that was replaced ends everything at once.
func TestRotation(t *testing.T) {
	t.Parallel()
	config := orgsim.Config{App: app()}
	config.App.RefreshTokens.Rotate = true
	b := setup(t, config)
	first := b.grants(exchange(newPerson(t, b.server.URL).code()))
	second := b.grants(refreshing(first["refresh_token"]))
	third := b.grants(refreshing(second["refresh_token"]))
	for _, tokens := range []map[string]string{first, second, third} {
		if !b.good(tokens["access_token"]) {
			t.Errorf("not good: %v", tokens)
		}
	}
	b.denies(refreshing(first["refresh_token"]), "invalid_grant", "expired access/refresh token")
	for _, tokens := range []map[string]string{first, second, third} {
		if b.good(tokens["access_token"]) {
			t.Errorf("still good: %v", tokens)
		}
	}
	b.denies(refreshing(third["refresh_token"]), "invalid_grant", "expired access/refresh token")
}

func TestRefreshTokensEndByThemselves(t *testing.T) {
	t.Parallel()
	clock := newClock()
	config := orgsim.Config{App: app(), Now: clock.now}
	config.App.RefreshTokens = orgsim.RefreshPolicy{Lifetime: 72 * time.Hour, IdleLifetime: 24 * time.Hour, MaxPerUser: 2}
	b := setup(t, config)
	p := newPerson(t, b.server.URL)
	first := b.grants(exchange(p.code()))["refresh_token"]
	for range 3 { // use prolongs it, up to its lifetime
		clock.advance(23 * time.Hour)
		b.grants(refreshing(first))
	}
	clock.advance(3 * time.Hour)
	b.denies(refreshing(first), "invalid_grant", "expired access/refresh token")

	idle := b.grants(exchange(p.code()))["refresh_token"]
	clock.advance(24 * time.Hour)
	b.denies(refreshing(idle), "invalid_grant", "expired access/refresh token")

	oldest := b.grants(exchange(p.code()))
	middle, newest := b.grants(exchange(p.code())), b.grants(exchange(p.code()))
	b.denies(refreshing(oldest["refresh_token"]), "invalid_grant", "expired access/refresh token")
	if b.good(oldest["access_token"]) {
		t.Error("the session of the refresh token that was dropped is good")
	}
	b.grants(refreshing(middle["refresh_token"]))
	b.grants(refreshing(newest["refresh_token"]))
}

func TestRevokePaths(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app()})
	p := newPerson(t, b.server.URL)
	revoke := func(token string) *answer { return b.form("/services/oauth2/revoke", url.Values{"token": {token}}) }

	one := b.grants(exchange(p.code()))
	two := b.grants(refreshing(one["refresh_token"]))
	revoke(one["access_token"]).want(http.StatusOK)
	if b.good(one["access_token"]) || !b.good(two["access_token"]) {
		t.Error("an access token ends alone")
	}
	if got := b.get("/services/oauth2/revoke?token=" + url.QueryEscape(one["refresh_token"])).want(http.StatusOK); got.body != "" {
		t.Errorf("body %q", got.body)
	}
	if b.good(two["access_token"]) {
		t.Error("a refresh token ends its access tokens")
	}
	b.denies(refreshing(one["refresh_token"]), "invalid_grant", "expired access/refresh token")
	if page := p.authorize(); !strings.Contains(page.body, "oaapprove") {
		t.Errorf("with the last refresh token the approval is gone: %v", page.callback)
	}
	refused := map[string]string{
		one["refresh_token"]: `{"error":"invalid_token","error_description":"invalid token: ` + one["refresh_token"][:15] + `"}`,
		"":                   `{"error":"invalid_token","error_description":"invalid token: "}`,
		p.code():             `{"error":"unsupported_token_type","error_description":"this token type is not supported"}`,
		b.grants(exchange(p.code("scope", "openid api")))["id_token"]: `{"error":"unsupported_token_type","error_description":"this token type is not supported"}`,
	}
	for token, want := range refused {
		if diff := cmp.Diff(want, revoke(token).want(http.StatusBadRequest).body); diff != "" {
			t.Error(diff)
		}
	}
	if got := b.get("/services/oauth2/revoke?token=x&callback=y").want(http.StatusBadRequest); !strings.Contains(got.body, "invalid_request") {
		t.Errorf("got %s", got.body)
	}
}

func TestIntrospect(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{App: app(), Now: clock.now, Sessions: orgsim.SessionPolicy{Lifetime: time.Hour}})
	tokens := b.grants(exchange(newPerson(t, b.server.URL).code()))
	ask := func(changes ...string) *answer {
		return b.form("/services/oauth2/introspect", altered(url.Values{
			"token": {tokens["access_token"]}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
		}, changes...))
	}
	issued := clock.now().Unix()
	number := func(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }
	want := map[string]any{
		"active": true, "scope": "api refresh_token", "client_id": orgsim.DefaultClientID, "username": orgsim.DefaultUsername, "sub": tokens["id"],
		"token_type": "access_token", "iat": number(issued), "nbf": number(issued), "exp": number(issued + 3600),
	}
	if diff := cmp.Diff(want, document(t, ask().want(http.StatusOK).body)); diff != "" {
		t.Error(diff)
	}
	delete(want, "exp") // such tokens end by being revoked alone
	want["token_type"] = "refresh_token"
	if diff := cmp.Diff(want, document(t, ask("token", tokens["refresh_token"]).want(http.StatusOK).body)); diff != "" {
		t.Error(diff)
	}
	if got := ask("token", "x").want(http.StatusOK).body; got != `{"active":false}` {
		t.Errorf("got %s", got)
	}
	for _, test := range [][3]string{
		{"client_secret", "x", "invalid_client"}, {"client_id", "x", "invalid_client_id"}, {"client_secret", "", "invalid_client"},
		{"token", "", "invalid_request"}, {"token_type_hint", "id_token", "unsupported_token_type"},
	} {
		if got := ask(test[0], test[1]).want(http.StatusBadRequest).body; !strings.Contains(got, `"error":"`+test[2]+`"`) {
			t.Errorf("%s=%s: got %s", test[0], test[1], got)
		}
	}
	// Asking does not prolong a session.
	clock.advance(59 * time.Minute)
	ask().want(http.StatusOK)
	clock.advance(time.Minute)
	if got := ask().want(http.StatusOK).body; got != `{"active":false}` {
		t.Errorf("got %s", got)
	}
}

func document(t *testing.T, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var got map[string]any
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPublicApp(t *testing.T) {
	t.Parallel()
	config := orgsim.Config{App: app(), NoRunAsUser: true}
	config.App.Public = true
	b := setup(t, config)
	p := newPerson(t, b.server.URL)
	b.denies(exchange(p.code()), "invalid_client", "invalid client credentials")
	tokens := b.grants(exchange(p.code(), "client_secret", ""))
	b.grants(refreshing(tokens["refresh_token"], "client_secret", ""))
	b.denies(refreshing(tokens["refresh_token"]), "invalid_client", "invalid client credentials")
	b.denies(altered(credentials(), "client_secret", ""), "invalid_client", "invalid client credentials")
	introspection := url.Values{"token": {tokens["access_token"]}, "client_id": {orgsim.DefaultClientID}}
	if got := b.form("/services/oauth2/introspect", introspection).want(http.StatusBadRequest).body; !strings.Contains(got, "invalid_client") {
		t.Errorf("an app that proves nothing is told of a token: %s", got)
	}
}

func TestPasswordGrantIsBlocked(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.denies(altered(credentials(), "grant_type", "password", "username", orgsim.DefaultUsername, "password", orgsim.DefaultPassword), "invalid_grant", "authentication failure")
	b.denies(altered(credentials(), "grant_type", "password", "client_secret", "x"), "invalid_client", "invalid client credentials")
}

func TestLoginRate(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now, MaxLogins: 2})
	b.grants(credentials()) // setup was the first
	b.denies(credentials(), "rate_limit_exceeded", "login rate exceeded")
	clock.advance(time.Hour)
	b.grants(credentials())
}

// An id token is signed by a key that the org publishes, and tells who logged in.
func TestIDToken(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{App: app(), Seed: 7})
	tokens := b.grants(exchange(newPerson(t, b.server.URL).code("scope", "openid api", "nonce", "n-1")))
	var configuration struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	b.get("/.well-known/openid-configuration").want(http.StatusOK).decode(&configuration)
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(configuration.Issuer), jwt.WithAudience(orgsim.DefaultClientID),
		jwt.WithSubject(tokens["id"]), jwt.WithExpirationRequired()).ParseWithClaims(tokens["id_token"], claims, func(token *jwt.Token) (any, error) {
		key, err := b.key(strings.TrimPrefix(configuration.Keys, b.server.URL), token.Header["kid"])
		if err == nil && key.N.BitLen() != 2048 {
			t.Errorf("a key of %d bits", key.N.BitLen())
		}
		return key, err
	})
	if err != nil || claims["nonce"] != "n-1" || claims["at_hash"] == "" {
		t.Errorf("claims %v, %v", claims, err)
	}
	// The key follows from the seed alone.
	other := setup(t, orgsim.Config{Seed: 7})
	if mine, theirs := b.get("/id/keys").want(http.StatusOK).body, other.get("/id/keys").want(http.StatusOK).body; mine != theirs {
		t.Errorf("equal seeds, but %s and %s", mine, theirs)
	}
}

func TestJWTAccessTokens(t *testing.T) {
	t.Parallel()
	config := orgsim.Config{App: app()}
	config.App.JWTAccessTokens = true
	b := setup(t, config)
	if len(b.token) <= 1024 || strings.Count(b.token, ".") != 2 || !b.good(b.token) {
		t.Errorf("token %s", b.token)
	}
	b.form("/services/oauth2/revoke", url.Values{"token": {b.token}}).want(http.StatusOK)
	if b.good(b.token) {
		t.Error("a revoked JWT is good")
	}
}

// The signature binds id and time of issue to the app's secret (Help: OAuth 2.0
// token response).
func TestSignature(t *testing.T) {
	t.Parallel()
	tokens := setup(t, orgsim.Config{}).grants(credentials())
	mac := hmac.New(sha256.New, []byte(orgsim.DefaultClientSecret))
	mac.Write([]byte(tokens["id"] + tokens["issued_at"]))
	if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); tokens["signature"] != want {
		t.Errorf("signature %s, want %s", tokens["signature"], want)
	}
}
