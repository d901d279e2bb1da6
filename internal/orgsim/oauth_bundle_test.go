package orgsim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const (
	callback = "http://127.0.0.1:1/oauth/callback?via=test"
	verifier = "a-code-verifier-of-at-least-43-characters-._~0"
)

// app is a fresh org's app as the tests of its flows use it.
func app() orgsim.App {
	return orgsim.App{Name: "reportsync <test>", RedirectURIs: []string{callback}}
}

func exchange(code string, changes ...string) url.Values {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
		"redirect_uri": {callback}, "code_verifier": {verifier},
	}
	return altered(form, changes...)
}

func refreshing(token string, changes ...string) url.Values {
	return altered(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
	}, changes...)
}

// altered sets parameters, given as names and texts; "" takes one away.
func altered(form url.Values, changes ...string) url.Values {
	for pair := range slices.Chunk(changes, 2) {
		form.Del(pair[0])
		if pair[1] != "" {
			form.Set(pair[0], pair[1])
		}
	}
	return form
}

// grants asks the token endpoint and expects tokens.
func (b *testBundle) grants(form url.Values) map[string]string {
	b.t.Helper()
	var tokens map[string]string
	b.form("/services/oauth2/token", form).want(http.StatusOK).decode(&tokens)
	return tokens
}

// denies asks the token endpoint and expects a refusal.
func (b *testBundle) denies(form url.Values, code, description string) {
	b.t.Helper()
	got := b.form("/services/oauth2/token", form).want(http.StatusBadRequest).body
	if want := `{"error":"` + code + `","error_description":"` + description + `"}`; got != want {
		b.t.Errorf("got %s, want %s", got, want)
	}
}

// good reports whether an access token is.
func (b *testBundle) good(token string) bool {
	b.t.Helper()
	return b.get(data+"/limits", "Authorization", "Bearer "+token).status == http.StatusOK
}

// authorization is the query of a right authorize request, with changes; "" takes
// a parameter away.
func authorization(changes ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {orgsim.DefaultClientID}, "redirect_uri": {callback}, "state": {"s&t=ä"},
		"scope": {"api refresh_token"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	return altered(query, changes...)
}
