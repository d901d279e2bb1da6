package orgsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// FuzzToken sends anything to the endpoints that programs use: each answer is
// well formed, and nobody without a secret gets a token.
func FuzzToken(f *testing.F) {
	org, err := orgsim.New(orgsim.Config{App: app()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(org.Close)
	for _, form := range []url.Values{
		altered(credentials(), "client_secret", "x"), exchange("aPrx==", "client_secret", ""), refreshing("5Aep861", "client_secret", "x"),
		{"grant_type": {bearerGrant}, "assertion": {"eyJhbGciOiJub25lIn0.eyJpc3MiOiIzTVZHOS5vcmdzaW0uY2xpZW50In0."}},
		{"token": {"00D!x"}}, {"grant_type": {"password", "device"}},
	} {
		f.Add("token", form.Encode(), "")
		f.Add("revoke", form.Encode(), "Basic eDp5")
		f.Add("introspect", form.Encode(), "Bearer x")
		f.Add("userinfo", form.Encode(), "OAuth x")
	}
	f.Fuzz(func(t *testing.T, endpoint, body, authorization string) {
		if strings.Contains(body, orgsim.DefaultClientSecret) || strings.Contains(authorization, "Basic") && strings.Contains(authorization, "b3Jnc2lt") {
			t.Skip("it knows the secret")
		}
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/services/oauth2/token", strings.NewReader(body))
		switch endpoint {
		case "revoke", "introspect", "userinfo":
			request.URL.Path = "/services/oauth2/" + endpoint
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Authorization", authorization)
		recorder := httptest.NewRecorder()
		org.ServeHTTP(recorder, request)
		if endpoint == "userinfo" {
			if text := recorder.Body.String(); recorder.Code != http.StatusForbidden || text != "Bad_OAuth_Token" && text != "Missing_OAuth_Token" {
				t.Errorf("status %d: %s", recorder.Code, text)
			}
			return
		}
		var refused struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal(recorder.Body.Bytes(), &refused); err != nil || recorder.Code != http.StatusBadRequest || refused.Error == "" || refused.Description == "" {
			t.Errorf("status %d: %s", recorder.Code, recorder.Body)
		}
	})
}

// FuzzAuthorize opens the authorize endpoint with any query: it answers with a
// page, with one of this host's own pages, or at the callback, and never
// elsewhere.
func FuzzAuthorize(f *testing.F) {
	org, err := orgsim.New(orgsim.Config{App: app()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(org.Close)
	f.Add(authorization().Encode())
	f.Add(authorization("scope", "x").Encode())
	f.Add(authorization("redirect_uri", callback+"&x").Encode())
	f.Add(authorization("prompt", "none", "state", "\r\nLocation: //x").Encode())
	f.Add(authorization().Encode() + "&redirect_uri=https://evil.example")
	f.Add("client_id=" + orgsim.DefaultClientID + "&redirect_uri=//evil.example&%")
	f.Fuzz(func(t *testing.T, query string) {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/oauth2/authorize", nil)
		request.URL.RawQuery = query
		recorder := httptest.NewRecorder()
		org.ServeHTTP(recorder, request)
		location := recorder.Header().Get("Location")
		switch recorder.Code {
		case http.StatusFound:
			if !strings.HasPrefix(location, callback+"&") && !strings.HasPrefix(location, "/login?source=") {
				t.Errorf("redirected to %q", location)
			}
		case http.StatusBadRequest:
			if !strings.Contains(recorder.Body.String(), "OAuth Error") || location != "" {
				t.Errorf("location %q, body %s", location, recorder.Body)
			}
		case http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		default:
			t.Errorf("status %d", recorder.Code)
		}
	})
}
