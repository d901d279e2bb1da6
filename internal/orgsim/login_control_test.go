package orgsim_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// A login host has a journal and faults of its own, live like those of an org.
func TestLoginHostIsJudgedToo(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	host := orgsim.NewLoginHost(false, b.org)
	t.Cleanup(host.Close)
	ask := func(method, path, body, contentType string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1"+path, strings.NewReader(body))
		request.RemoteAddr = "127.0.0.1:5000"
		request.Header.Set("Content-Type", contentType)
		recorder := httptest.NewRecorder()
		host.ServeHTTP(recorder, request)
		return recorder
	}
	login := func() int {
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"none"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret}}
		return ask(http.MethodPost, "/services/oauth2/token", form.Encode(), "application/x-www-form-urlencoded").Code
	}
	if got := ask(http.MethodPost, "/orgsim/faults", `{"preset":"html_503","kind":"oauth","times":1}`, "application/json"); got.Code != http.StatusCreated {
		t.Fatalf("a fault: %d %s", got.Code, got.Body)
	}
	if first, second := login(), login(); first != http.StatusServiceUnavailable || second != http.StatusBadRequest {
		t.Errorf("logins are answered %d and %d", first, second)
	}
	journal := ask(http.MethodGet, "/orgsim/journal?kind=oauth", "", "").Body.String()
	if strings.Count(journal, `"path":"/services/oauth2/token"`) != 2 || !strings.Contains(journal, `"fault":"html_503"`) {
		t.Errorf("the journal: %s", journal)
	}
	if got := ask(http.MethodPost, "/orgsim/faults", `{"preset":"latency","percent":0}`, "application/json"); got.Code != http.StatusBadRequest {
		t.Errorf("a fault of 0 percent: %d %s", got.Code, got.Body)
	}
	if got := ask(http.MethodPost, "/orgsim/reset", "", ""); got.Code != http.StatusNoContent {
		t.Fatalf("reset: %d %s", got.Code, got.Body)
	}
	if faults := strings.TrimSpace(ask(http.MethodGet, "/orgsim/faults", "", "").Body.String()); faults != "[]" {
		t.Errorf("faults after a reset: %s", faults)
	}
}
