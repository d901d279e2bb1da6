package salesforce_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
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
	return serveBy(t, httptest.NewServer, routes)
}

// serveBy serves over http or https, as start does.
func serveBy(t *testing.T, start func(http.Handler) *httptest.Server, routes map[string]http.HandlerFunc) *salesforce.Client {
	t.Helper()
	mux := http.NewServeMux()
	server := start(mux)
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
	client, err := salesforce.New(salesforce.Config{LoginURL: server.URL, ClientID: "id", ClientSecret: "secret", Transport: server.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// Salesforce is asked for compressed answers; on this machine they would cost more than they save.
func TestWireCompression(t *testing.T) {
	t.Parallel()
	const plain = `{"DailyApiRequests":{"Max":5,"Remaining":3}}`
	for name, tc := range map[string]struct {
		start func(http.Handler) *httptest.Server
		asked string
	}{
		"https": {httptest.NewTLSServer, "gzip"},
		"http":  {httptest.NewServer, "identity"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := serveBy(t, tc.start, map[string]http.HandlerFunc{"GET " + data + "/limits": func(w http.ResponseWriter, r *http.Request) {
				if asked := r.Header.Get("Accept-Encoding"); asked != tc.asked {
					t.Errorf("Accept-Encoding is %q, want %q", asked, tc.asked)
				}
				if tc.asked != "gzip" {
					reply(w, 200, plain)
					return
				}
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				_, _ = io.WriteString(z, plain)
				_ = z.Close()
			}})
			limits, err := client.Limits(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]salesforce.Limit{"DailyApiRequests": {Max: 5, Remaining: 3}}, limits); diff != "" {
				t.Error(diff)
			}
			if n := client.Usage().BytesReceived; n != int64(len(plain)) {
				t.Errorf("%d bytes received, want the %d of the uncompressed answer", n, len(plain))
			}
		})
	}
}

// An upload is streamed with its length, and read from its start each time it is sent.
func TestWireUploadsContent(t *testing.T) {
	t.Parallel()
	rows := strings.Repeat("x", 300_000)
	var lengths []int64
	client := serve(t, map[string]http.HandlerFunc{"PUT " + ingestPath + "/batches": func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != rows || len(r.TransferEncoding) > 0 {
			t.Errorf("%d bytes came in the encoding %q, %v", len(body), r.TransferEncoding, err)
		}
		if lengths = append(lengths, r.ContentLength); len(lengths) == 1 {
			reply(w, 401, refusal("INVALID_SESSION_ID", "expired"))
			return
		}
		w.WriteHeader(http.StatusCreated)
	}})
	opened, closed := 0, 0
	err := client.UploadIngestContent(t.Context(), openJob(), 15_000, int64(len(rows)), func() (io.ReadCloser, error) {
		opened++
		return &counted{strings.NewReader(rows), &closed}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{300_000, 300_000}, lengths); diff != "" {
		t.Errorf("lengths:\n%s", diff)
	}
	if opened != 2 || closed != 2 {
		t.Errorf("opened %d times and closed %d times, want 2 each", opened, closed)
	}
	if u := client.Usage(); u.BytesSent != 600_000 || u.BulkBatches != 0 || u.Calls != 2 {
		t.Errorf("usage %+v", u)
	}
}

// counted counts how often it is closed.
type counted struct {
	io.Reader
	closed *int
}

func (c *counted) Close() error {
	*c.closed++
	return nil
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
	rows, err := collect(bulkQuery(t.Context(), client, "SELECT", threeColumns))
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
