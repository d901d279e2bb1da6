package salesforce_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// welcoming answers what Login asks.
func welcoming(sandbox string) map[string]handler {
	return map[string]handler{
		"GET /services/data":            answer(200, `[{"label":"Winter '25","url":"/services/data/v62.0","version":"62.0"}]`),
		"GET /services/oauth2/userinfo": answer(200, `{"preferred_username":"sync@acme.example"}`),
		"GET " + data + "/query":        answer(200, `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Organization"},"IsSandbox":`+sandbox+`}]}`),
	}
}

func TestLoginTellsWhoAndWhere(t *testing.T) {
	t.Parallel()
	org := newOrg(t, welcoming("true"))
	client := org.client(nil)
	want := salesforce.Identity{
		OrganizationID: orgID, UserID: userID, Username: "sync@acme.example",
		InstanceURL: "https://" + host, IsSandbox: true,
	}
	for range 2 {
		got, err := client.Login(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("identity (-want +got):\n%s", diff)
		}
	}
	if got := client.Usage().Calls; got != 2 {
		t.Errorf("two logins cost %d API calls, want 2: only the Organization query counts", got)
	}
	for _, x := range org.seen("GET /services/data") {
		if x.Header.Get("Authorization") != "" {
			t.Error("the list of versions was asked for with a token")
		}
	}
}

func TestLoginFallsBackWhereUserMayNotSee(t *testing.T) {
	t.Parallel()
	routes := welcoming("true")
	routes["GET /services/oauth2/userinfo"] = func(w http.ResponseWriter, _ exchange) {
		w.Header().Set("Content-Type", "text/html")
		reply(w, 403, "Bad_OAuth_Token")
	}
	routes["GET "+data+"/query"] = answer(400, refusal("INVALID_TYPE", "sObject type 'Organization' is not supported."))
	got, err := newOrg(t, routes).client(nil).Login(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Username != "" || got.IsSandbox {
		t.Errorf("got user %q and sandbox %t, want none and false", got.Username, got.IsSandbox)
	}
}

func TestLoginWithoutScopeForUserinfo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for status, fine := range map[int]bool{403: true, 404: true, 500: false} {
			routes := welcoming("false")
			routes["GET /services/oauth2/userinfo"] = answer(status, "")
			_, err := newOrg(t, routes).client(nil).Login(t.Context())
			if (err == nil) != fine {
				t.Errorf("userinfo with HTTP %d: %v", status, err)
			}
		}
	})
}

func TestLoginChecksVersion(t *testing.T) {
	t.Parallel()
	_, err := newOrg(t, welcoming("false")).client(func(c *salesforce.Config) { c.APIVersion = "61.0" }).Login(t.Context())
	wantError(t, err, salesforce.CodeUnsupportedVersion, "61.0", "62.0")
}

func TestLoginRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		code   string
		says   string
	}{
		"wrong secret":  {400, `{"error":"invalid_client","error_description":"invalid client credentials"}`, "invalid_client", "client secret"},
		"wrong id":      {400, `{"error":"invalid_client_id","error_description":"client identifier invalid"}`, "invalid_client_id", "client id"},
		"no run-as":     {400, `{"error":"invalid_grant","error_description":"no client credentials user enabled"}`, "invalid_grant", "run-as user"},
		"not My Domain": {400, `{"error":"invalid_grant","error_description":"request not supported on this domain"}`, "invalid_grant", "My Domain"},
		"too many":      {403, `{"error":"rate_limit_exceeded","error_description":"rate limit exceeded"}`, "rate_limit_exceeded", "wait"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{"POST /services/oauth2/token": answer(tc.status, tc.body)})
			_, err := org.client(nil).Login(t.Context())
			wantError(t, err, tc.code, tc.says, "log in to "+host)
			if !salesforce.IsCredentials(err) || !salesforce.IsAuth(err) || salesforce.IsRetryable(err) {
				t.Errorf("credentials %t, auth %t, retryable %t; want the first two only",
					salesforce.IsCredentials(err), salesforce.IsAuth(err), salesforce.IsRetryable(err))
			}
			if n := len(org.seen("POST /services/oauth2/token")); n != 1 {
				t.Errorf("a refused login was tried %d times, want 1", n)
			}
		})
	}
}

func TestLoginSurvivesTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, welcoming("false"))
		org.routes["POST /services/oauth2/token"] = answers(answer(503, "<html>maintenance</html>"), answer(502, ""), org.token)
		if _, err := org.client(nil).Login(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLoginRefusesStrangeTokens(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ body, says string }{
		"plain http":  {`{"access_token":"t","instance_url":"http://acme.my.salesforce.com","id":"https://x/id/` + orgID + `/` + userID + `"}`, "plain http"},
		"no instance": {`{"access_token":"t","id":"https://x/id/` + orgID + `/` + userID + `"}`, "instance_url"},
		"no identity": {`{"access_token":"t","instance_url":"https://acme.my.salesforce.com"}`, "identity"},
		"bad org id":  {`{"access_token":"t","instance_url":"https://acme.my.salesforce.com","id":"https://x/id/00D/` + userID + `"}`, "00D"},
		"no token":    {`{"instance_url":"https://acme.my.salesforce.com"}`, "access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{"POST /services/oauth2/token": answer(200, tc.body)})
			_, err := org.client(nil).Login(t.Context())
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
}

func TestLoginDoesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"POST /services/oauth2/token": func(w http.ResponseWriter, _ exchange) {
		w.Header().Set("Location", "https://elsewhere.example/services/oauth2/token")
		w.WriteHeader(http.StatusFound)
	}})
	_, err := org.client(nil).Login(t.Context())
	wantError(t, err, salesforce.CodeRedirected, "elsewhere.example", "My Domain")
}

func TestNewRefusesSettings(t *testing.T) {
	t.Parallel()
	good := salesforce.Config{LoginURL: "https://" + host, ClientID: "id", ClientSecret: "secret"}
	for name, tc := range map[string]struct {
		change func(*salesforce.Config)
		says   string
	}{
		"http":      {func(c *salesforce.Config) { c.LoginURL = "http://acme.my.salesforce.com" }, "plain http"},
		"http look": {func(c *salesforce.Config) { c.LoginURL = "http://localhost.evil.example" }, "plain http"},
		"ftp":       {func(c *salesforce.Config) { c.LoginURL = "ftp://acme.my.salesforce.com" }, "https://"},
		"no host":   {func(c *salesforce.Config) { c.LoginURL = "acme.my.salesforce.com" }, "no host"},
		"path":      {func(c *salesforce.Config) { c.LoginURL += "/services" }, "end after the host"},
		"password":  {func(c *salesforce.Config) { c.LoginURL = "https://u:p@" + host }, "user or password"},
		"no secret": {func(c *salesforce.Config) { c.ClientSecret = "" }, "client secret"},
		"version":   {func(c *salesforce.Config) { c.APIVersion = "v62" }, "v62"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			tc.change(&cfg)
			_, err := salesforce.New(cfg)
			if err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, want an error that says %q", err, tc.says)
			}
		})
	}
	for _, address := range []string{"http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9", "https://" + host + "/"} {
		cfg := good
		cfg.LoginURL = address
		if _, err := salesforce.New(cfg); err != nil {
			t.Errorf("%s was refused: %v", address, err)
		}
	}
}

// wantError checks an error's code and that its text says all of says.
func wantError(t *testing.T, err error, code string, says ...string) {
	t.Helper()
	e := asError(err)
	if e == nil {
		t.Fatalf("got %v (%T), want an Error with code %s", err, err, code)
	}
	if e.Code != code {
		t.Errorf("code %q, want %q, in %v", e.Code, code, err)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}
