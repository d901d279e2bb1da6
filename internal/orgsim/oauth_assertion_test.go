package orgsim_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const (
	bearerGrant     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	loginAudience   = "https://login.salesforce.com"
	sandboxAudience = "https://test.salesforce.com"
)

// appKey and otherKey are made once: that takes a while.
var (
	appKey   = sync.OnceValue(newKey)
	otherKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func publicPEM(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func certificatePEM(t *testing.T, key *rsa.PrivateKey, until time.Time) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "reportsync"}, NotBefore: until.AddDate(-1, 0, 0), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// key fetches a public key from a JWKS document.
func (b *testBundle) key(path string, id any) (*rsa.PublicKey, error) {
	b.t.Helper()
	var list struct {
		Keys []struct {
			ID string `json:"kid"`
			N  string `json:"n"`
			E  string `json:"e"`
		} `json:"keys"`
	}
	b.get(path).want(http.StatusOK).decode(&list)
	for _, k := range list.Keys {
		if k.ID != id {
			continue
		}
		n, errN := base64.RawURLEncoding.DecodeString(k.N)
		e, errE := base64.RawURLEncoding.DecodeString(k.E)
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, errors.Join(errN, errE)
	}
	return nil, errors.New("no such key")
}

// assertion is a signed JWT with right claims but for the changes; nil takes a
// claim away.
func assertion(t *testing.T, now time.Time, method jwt.SigningMethod, key any, changes ...any) url.Values {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": orgsim.DefaultClientID, "sub": orgsim.DefaultUsername, "aud": loginAudience, "exp": now.Add(3 * time.Minute).Unix(),
	}
	for pair := range slices.Chunk(changes, 2) {
		name := pair[0].(string) //nolint:forcetypeassert // the tests' own tables
		delete(claims, name)
		if pair[1] != nil {
			claims[name] = pair[1]
		}
	}
	text, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"grant_type": {bearerGrant}, "assertion": {text}}
}

// critical is an assertion that is right but for a header that says what must be
// understood.
func critical(t *testing.T, now time.Time) url.Values {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": orgsim.DefaultClientID, "sub": orgsim.DefaultUsername, "aud": loginAudience, "exp": now.Add(3 * time.Minute).Unix(),
	})
	token.Header["crit"] = []string{"b64"}
	text, err := token.SignedString(appKey())
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"grant_type": {bearerGrant}, "assertion": {text}}
}

func withKey(t *testing.T, config orgsim.Config) orgsim.Config {
	t.Helper()
	config.App.RedirectURIs = []string{callback}
	config.App.Certificates = []string{publicPEM(t, appKey())}
	return config
}

func TestAssertion(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, withKey(t, orgsim.Config{Now: clock.now}))
	right := func(changes ...any) url.Values {
		return assertion(t, clock.now(), jwt.SigningMethodRS256, appKey(), changes...)
	}
	p := newPerson(t, b.server.URL)
	b.denies(right(), "invalid_grant", "user hasn't approved this consumer")
	p.code("scope", "api") // an approval that is not for offline use does not count
	b.denies(right(), "invalid_grant", "user hasn't approved this consumer")
	p.code()
	tokens := b.grants(right())
	if tokens["refresh_token"] != "" || tokens["scope"] != "api" || !b.good(tokens["access_token"]) {
		t.Errorf("got %v", tokens)
	}
	b.grants(right("exp", strconv.FormatInt(clock.now().Add(time.Minute).Unix(), 10)))
	b.grants(right("nbf", clock.now().Unix()))
	b.grants(right("aud", b.server.URL))
	b.grants(right("sub", strings.ToUpper(orgsim.DefaultUsername)))

	for _, test := range []struct {
		form              url.Values
		code, description string
	}{
		{right("iss", "x"), "invalid_client_id", "client identifier invalid"},
		{right("iss", nil), "invalid_grant", "invalid assertion"},
		{right("sub", "nobody@orgsim.example"), "invalid_grant", "authentication failure"},
		{right("sub", nil), "invalid_grant", "invalid assertion"},
		{right("aud", sandboxAudience), "invalid_grant", "audience is invalid"},
		{right("aud", loginAudience+"/"), "invalid_grant", "audience is invalid"},
		{right("aud", []string{loginAudience}), "invalid_grant", "audience is invalid"},
		{right("aud", nil), "invalid_grant", "invalid assertion"},
		{right("exp", clock.now().Add(-time.Minute).Unix()), "invalid_grant", "expired authorization code"},
		{right("exp", clock.now().Add(time.Minute).UnixMilli()), "invalid_grant", "expired authorization code"},
		{right("exp", clock.now().Add(5*time.Minute).Unix()), "invalid_grant", "expired authorization code"},
		{right("exp", nil), "invalid_grant", "invalid assertion"},
		{right("exp", "soon"), "invalid_grant", "invalid assertion"},
		{right("nbf", clock.now().Add(time.Minute).Unix()), "invalid_grant", "invalid assertion"},
		{right("nbf", "soon"), "invalid_grant", "invalid assertion"},
		{critical(t, clock.now()), "invalid_grant", "invalid assertion"},
		{assertion(t, clock.now(), jwt.SigningMethodRS256, otherKey()), "invalid_grant", "invalid assertion"},
		{assertion(t, clock.now(), jwt.SigningMethodRS512, appKey()), "invalid_grant", "invalid assertion"},
		{assertion(t, clock.now(), jwt.SigningMethodHS256, []byte(publicPEM(t, appKey()))), "invalid_grant", "invalid assertion"},
		{assertion(t, clock.now(), jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), "invalid_grant", "invalid assertion"},
		{url.Values{"grant_type": {bearerGrant}, "assertion": {"x.y.z"}}, "invalid_grant", "invalid assertion"},
		{url.Values{"grant_type": {bearerGrant}}, "invalid_request", "must provide assertion"},
	} {
		b.denies(test.form, test.code, test.description)
	}
	b.org.RevokeRefreshTokens()
	p.code()
	b.grants(right())
	tokens = b.grants(exchange(p.code()))
	b.form("/services/oauth2/revoke", url.Values{"token": {tokens["refresh_token"]}}).want(http.StatusOK)
	b.denies(right(), "invalid_grant", "user hasn't approved this consumer")
}

// Users that an administrator has approved need to approve nothing themselves;
// others are kept out, whatever they approve.
func TestAdminApprovedUsers(t *testing.T) {
	t.Parallel()
	config := withKey(t, orgsim.Config{Users: []orgsim.User{
		{Username: orgsim.DefaultUsername, LastName: "User", Email: "a@orgsim.example", Password: orgsim.DefaultPassword, Approved: true},
		{Username: "other@orgsim.example", LastName: "Other", Email: "b@orgsim.example", Password: "other"},
	}})
	config.App.Users = orgsim.AdminApproved
	b := setup(t, config)
	now := time.Now()
	if tokens := b.grants(assertion(t, now, jwt.SigningMethodRS256, appKey())); !b.good(tokens["access_token"]) {
		t.Errorf("got %v", tokens)
	}
	b.denies(assertion(t, now, jwt.SigningMethodRS256, appKey(), "sub", "other@orgsim.example"), "invalid_grant", "user is not admin approved")
	p := newPerson(t, b.server.URL)
	if v := p.login(p.authorize(), orgsim.DefaultUsername, orgsim.DefaultPassword); v.callback.Get("code") == "" {
		t.Errorf("the approved user is asked: %s", v.body)
	}
	other := newPerson(t, b.server.URL)
	v := other.login(other.authorize(), "other@orgsim.example", "other")
	if v.callback.Get("error") != "OAUTH_APP_ACCESS_DENIED" || v.callback.Get("error_description") != "user is not admin approved to access this app" {
		t.Errorf("callback %v, body %s", v.callback, v.body)
	}
	tokens := b.grants(exchange(p.code()))
	if err := b.org.SetUserApproved(orgsim.DefaultUsername, false); err != nil {
		t.Fatal(err)
	}
	if b.good(tokens["access_token"]) {
		t.Error("the session has outlived the approval")
	}
	b.denies(assertion(t, now, jwt.SigningMethodRS256, appKey()), "invalid_grant", "user is not admin approved")
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	clock := newClock()
	config := withKey(t, orgsim.Config{Now: clock.now, Users: []orgsim.User{{Username: orgsim.DefaultUsername, LastName: "User", Email: "a@orgsim.example", Approved: true}}})
	config.App.Certificates = []string{certificatePEM(t, otherKey(), clock.now().AddDate(1, 0, 0)), certificatePEM(t, appKey(), clock.now().Add(time.Hour))}
	b := setup(t, config)
	form := func() url.Values { return assertion(t, clock.now(), jwt.SigningMethodRS256, appKey()) }
	b.grants(form())
	clock.advance(time.Hour)
	b.denies(form(), "invalid_grant", "invalid assertion")

	for _, wrong := range []string{"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", strings.ReplaceAll(publicPEM(t, appKey()), "PUBLIC", "PRIVATE")} {
		if _, err := orgsim.New(orgsim.Config{App: orgsim.App{Certificates: []string{wrong}}}); err == nil || !strings.Contains(err.Error(), "certificate 1") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestAppMistakes(t *testing.T) {
	t.Parallel()
	for want, app := range map[string]orgsim.App{
		`scope "apis" is none of`: {Scopes: []string{"api", "apis"}},
		"permitted users":         {Users: "some"},
		"http://example.com":      {RedirectURIs: []string{"http://example.com/callback"}},
		"javascript:":             {RedirectURIs: []string{"javascript:alert(1)"}},
		"fragment":                {RedirectURIs: []string{"https://example.com/#x"}},
		`"%"`:                     {RedirectURIs: []string{"%"}},
	} {
		if _, err := orgsim.New(orgsim.Config{App: app}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
