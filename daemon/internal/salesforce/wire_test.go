package salesforce_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// serve starts a server on this machine with an org that logs in, for what only a real connection
// shows.
func serve(t *testing.T, routes map[string]http.HandlerFunc) *salesforce.Client {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("POST /services/oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_id") != "id" || r.FormValue("client_secret") != "secret" {
			t.Errorf("a login with grant type %q, client id %q", r.FormValue("grant_type"), r.FormValue("client_id"))
		}
		reply(w, 200, fmt.Sprintf(`{"access_token":"t","instance_url":%q,"id":"https://login.salesforce.com/id/%s/%s"}`, server.URL, orgID, userID))
	})
	for pattern, h := range routes {
		mux.HandleFunc(pattern, h)
	}
	client, err := salesforce.New(salesforce.Config{LoginURL: server.URL, ClientID: "id", ClientSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestWireTakesGzip(t *testing.T) {
	t.Parallel()
	client := serve(t, map[string]http.HandlerFunc{"GET " + data + "/limits": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("Accept-Encoding is %q", r.Header.Get("Accept-Encoding"))
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"DailyApiRequests":{"Max":5,"Remaining":3}}`)
		_ = z.Close()
	}})
	limits, err := client.Limits(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]salesforce.Limit{"DailyApiRequests": {Max: 5, Remaining: 3}}, limits); diff != "" {
		t.Error(diff)
	}
}

func TestWireContinuesAfterLostConnection(t *testing.T) {
	t.Parallel()
	var downloads atomic.Int64
	client := serve(t, map[string]http.HandlerFunc{
		"POST " + data + "/jobs/query": func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, queryState("UploadComplete", 0)) },
		"GET " + queryPath:             func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, queryState("JobComplete", 3)) },
		"DELETE " + queryPath:          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"GET " + resultPath: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Sforce-Locator", "null")
			w.Header().Set("Sforce-NumberOfRecords", "3")
			if downloads.Add(1) == 1 {
				_, _ = io.WriteString(w, threeRows[:len(threeRows)-9])
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(w, threeRows)
		},
	})
	rows, err := collect(client.BulkQuery(t.Context(), "SELECT", threeColumns))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(threeRead, rows); diff != "" || downloads.Load() != 2 {
		t.Errorf("%d downloads:\n%s", downloads.Load(), diff)
	}
}

func TestWireHonoursCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("the daemon stops")
	client := serve(t, map[string]http.HandlerFunc{"GET " + data + "/limits": func(_ http.ResponseWriter, r *http.Request) {
		cancel(reason)
		<-r.Context().Done()
	}})
	if _, err := client.Limits(ctx); !errors.Is(err, reason) {
		t.Errorf("got %v, want the cause of the cancellation", err)
	}
}

func TestWireRefusesUntrustedServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = hclog.NewNullLogger().StandardLogger(nil)
	server.StartTLS()
	t.Cleanup(server.Close)
	client, err := salesforce.New(salesforce.Config{LoginURL: server.URL, ClientID: "id", ClientSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	_, err = client.Login(t.Context())
	wantError(t, err, salesforce.CodeUnreachable, "not trusted", "proxy")
	if salesforce.IsRetryable(err) || !salesforce.IsUnreachable(err) {
		t.Errorf("retryable %t, unreachable %t; want false and true", salesforce.IsRetryable(err), salesforce.IsUnreachable(err))
	}
}
