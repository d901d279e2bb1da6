package orgsim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func credentials() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret}}
}

// changed are the right credentials but for one parameter.
func changed(name, text string) url.Values {
	form := credentials()
	form.Set(name, text)
	return form
}

// The token answer has the recorded keys, and the scope that Help documents.
func TestTokenHasTheRecordedKeys(t *testing.T) {
	t.Parallel()
	var recorded struct {
		Body map[string]json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(fixture(t, "oauth-token-200.json"), &recorded); err != nil {
		t.Fatal(err)
	}
	recorded.Body["scope"] = nil
	var got map[string]json.RawMessage
	setup(t, orgsim.Config{}).form("/services/oauth2/token", credentials()).want(http.StatusOK).decode(&got)
	if diff := cmp.Diff(keys(recorded.Body), keys(got)); diff != "" {
		t.Error(diff)
	}
}

func TestToken(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1_435_269_208_465)
	b := setup(t, orgsim.Config{Now: func() time.Time { return at }})
	answer := b.form("/services/oauth2/token", credentials()).want(http.StatusOK)
	var token map[string]string
	answer.decode(&token)
	if token["issued_at"] != "1435269208465" || token["token_type"] != "Bearer" || token["instance_url"] != b.server.URL || token["signature"] == "" {
		t.Errorf("got %v", token)
	}
	if _, ok := token["expires_in"]; ok {
		t.Error("there is an expires_in")
	}
	if !regexp.MustCompile(`^00D\w{12}!\S{40,}$`).MatchString(token["access_token"]) || token["access_token"] == b.token {
		t.Errorf("access token %q", token["access_token"])
	}
	if answer.header.Get("Cache-Control") != "no-cache, no-store" {
		t.Errorf("Cache-Control is %q", answer.header.Get("Cache-Control"))
	}
	identity := b.get(strings.TrimPrefix(token["id"], b.server.URL)).want(http.StatusOK)
	var user map[string]any
	identity.decode(&user)
	if user["organization_id"] != b.org.ID() || user["username"] != "integration@orgsim.example" {
		t.Errorf("identity %v", user)
	}
}

func TestTokenByBasicHeader(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{ClientID: "id", ClientSecret: "s:e%c+r t", NoRunAsUser: true})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.server.URL+"/services/oauth2/token", strings.NewReader("grant_type=client_credentials"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("id", url.QueryEscape("s:e%c+r t"))
	response, err := b.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	// The credentials are taken; only the run-as user is missing.
	if got := b.org.Journal().Entries()[0]; got.Status != http.StatusBadRequest || response.StatusCode != http.StatusBadRequest {
		t.Errorf("got %+v", got)
	}
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  orgsim.Config
		form    url.Values
		headers []string
		want    string
	}{
		"another grant":     {form: changed("grant_type", "device"), want: `{"error":"unsupported_grant_type","error_description":"grant type not supported"}`},
		"no grant":          {form: url.Values{}, want: `{"error":"unsupported_grant_type","error_description":"grant type not supported"}`},
		"unknown client":    {form: changed("client_id", "x"), want: `{"error":"invalid_client_id","error_description":"client identifier invalid"}`},
		"wrong secret":      {form: changed("client_secret", "x"), want: `{"error":"invalid_client","error_description":"invalid client credentials"}`},
		"production login":  {form: credentials(), headers: []string{"Host", "login.salesforce.com"}, want: `{"error":"invalid_grant","error_description":"request not supported on this domain"}`},
		"sandbox login":     {form: credentials(), headers: []string{"Host", "TEST.salesforce.com:443"}, want: `{"error":"invalid_grant","error_description":"request not supported on this domain"}`},
		"no run-as user":    {config: orgsim.Config{NoRunAsUser: true}, form: credentials(), want: `{"error":"invalid_grant","error_description":"no client credentials user enabled"}`},
		"a body of no form": {form: credentials(), headers: []string{"Content-Type", "application/json"}, want: `{"error":"invalid_request","error_description":"the request body is not a form"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, test.config)
			if diff := cmp.Diff(test.want, b.form("/services/oauth2/token", test.form, test.headers...).want(http.StatusBadRequest).body); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecretsInTheURLDoNotCount(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	answer := b.form("/services/oauth2/token?"+credentials().Encode(), url.Values{"grant_type": {"client_credentials"}})
	if !strings.Contains(answer.want(http.StatusBadRequest).body, "invalid_client_id") {
		t.Errorf("got %s", answer.body)
	}
	for _, entry := range b.org.Journal().Entries() {
		if strings.Contains(entry.Path, orgsim.DefaultClientSecret) {
			t.Errorf("the journal has the secret: %+v", entry)
		}
	}
}

func TestDataCallsNeedASession(t *testing.T) {
	t.Parallel()
	const want = `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]`
	b := setup(t, orgsim.Config{})
	b.get(data+"/limits", "Authorization", "OAuth "+b.token).want(http.StatusOK)
	for _, header := range []string{"", "Bearer x", "Bearer " + b.token + "x", "Basic " + b.token} {
		if diff := cmp.Diff(want, b.get(data+"/limits", "Authorization", header).want(http.StatusUnauthorized).body); diff != "" {
			t.Errorf("%q: %s", header, diff)
		}
	}
	b.org.ExpireSessions()
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	if calls := b.org.Journal().Calls(); calls != 1 {
		t.Errorf("%d calls were counted, want 1", calls)
	}
	b.login()
	b.get(data + "/limits").want(http.StatusOK)
}

func TestIdentityAnswersInPlainText(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	userID := b.identity()["user_id"].(string) //nolint:forcetypeassert // it panics, and the test fails
	for name, test := range map[string]struct {
		path, authorization string
		status              int
		want                string
	}{
		"no token":                {"/services/oauth2/userinfo", "", http.StatusForbidden, "Missing_OAuth_Token"},
		"a bad token":             {"/services/oauth2/userinfo", "Bearer x", http.StatusForbidden, "Bad_OAuth_Token"},
		"a bad token on identity": {"/id/" + b.org.ID() + "/" + userID, "Bearer x", http.StatusForbidden, "Bad_OAuth_Token"},
		"another org":             {"/id/00D000000000001/" + userID, "Bearer " + b.token, http.StatusForbidden, "Wrong_Org"},
		"another user":            {"/id/" + b.org.ID() + "/005000000000001", "Bearer " + b.token, http.StatusNotFound, "Bad_Id"},
	} {
		answer := b.get(test.path, "Authorization", test.authorization).want(test.status)
		if answer.body != test.want || !strings.HasPrefix(answer.header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %q, want %q", name, answer.body, test.want)
		}
	}
}

func (b *testBundle) identity() map[string]any {
	b.t.Helper()
	var user map[string]any
	b.get("/services/oauth2/userinfo").want(http.StatusOK).decode(&user)
	return user
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	if answer := b.form("/services/oauth2/revoke", url.Values{"token": {b.token}}).want(http.StatusOK); answer.body != "" {
		t.Errorf("body %q", answer.body)
	}
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	if answer := b.form("/services/oauth2/revoke", url.Values{"token": {b.token}}).want(http.StatusBadRequest); !strings.Contains(answer.body, `"error":"invalid_token"`) {
		t.Errorf("body %q", answer.body)
	}
}

func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now, Sessions: orgsim.SessionPolicy{Lifetime: time.Hour}})
	for range 3 { // use extends it
		clock.advance(59 * time.Minute)
		b.get(data + "/limits").want(http.StatusOK)
	}
	clock.advance(time.Hour)
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")

	b = setup(t, orgsim.Config{Sessions: orgsim.SessionPolicy{MaxCalls: 2}})
	for range 2 {
		b.get(data + "/limits").want(http.StatusOK)
	}
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
}
