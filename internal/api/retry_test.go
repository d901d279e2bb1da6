package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// step is what becomes of one request: an error, or an answer.
type step struct {
	err         error
	status      int
	contentType string
	body        string
	retryAfter  string
}

// network answers each request with the next step, and with the last one from then on.
type network struct {
	steps    []step
	onSend   func() // nil for nothing
	requests []*http.Request
	at       []time.Time
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	s := n.steps[min(len(n.requests), len(n.steps)-1)]
	n.requests, n.at = append(n.requests, r), append(n.at, time.Now())
	if r.Body != nil {
		if err := r.Body.Close(); err != nil {
			return nil, err
		}
	}
	if n.onSend != nil {
		n.onSend()
	}
	if s.err != nil {
		return nil, s.err
	}
	h := http.Header{"Content-Type": {s.contentType}}
	if s.retryAfter != "" {
		h.Set("Retry-After", s.retryAfter)
	}
	return &http.Response{
		Status: fmt.Sprint(s.status, " ", http.StatusText(s.status)), StatusCode: s.status, Header: h, Request: r,
		Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: int64(len(s.body)),
	}, nil
}

var (
	refused     = step{err: &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}}
	reset       = step{err: &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}}
	cutOff      = step{err: io.EOF}
	tooLate     = step{err: &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}}
	good        = step{status: http.StatusOK, contentType: "application/json", body: `{"id": "src_1"}`}
	busy        = step{status: http.StatusServiceUnavailable, contentType: api.ProblemContentType, body: `{"code": "unavailable", "detail": "busy"}`, retryAfter: "3"}
	orgDown     = step{status: http.StatusServiceUnavailable, contentType: api.ProblemContentType, body: `{"code": "unavailable", "detail": "org down"}`}
	badGateway  = step{status: http.StatusBadGateway, contentType: "text/html", body: "<h1>nginx</h1>"}
	throttled   = step{status: http.StatusTooManyRequests, contentType: "text/plain", body: "slow down", retryAfter: "Fri, 31 Dec 1999 23:59:59 GMT"}
	brokenProxy = step{status: http.StatusInternalServerError, contentType: "text/plain", body: "oops"}
)

func newClient(t *testing.T, n *network) *api.Client {
	t.Helper()
	c, err := api.NewClient(api.ClientConfig{Endpoint: "http://daemon.example:8627", Token: "rst_token"})
	if err != nil {
		t.Fatal(err)
	}
	c.SetTransport(n)
	return c
}

func TestOnlySafeRequestsAreRepeated(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, c *api.Client) error { _, err := c.Source(ctx, "src_1"); return err }
	create := func(ctx context.Context, c *api.Client) error {
		_, err := c.CreateSource(ctx, reportsync.SourceSpec{Name: "a"})
		return err
	}
	replace := func(ctx context.Context, c *api.Client) error {
		_, err := c.ReplaceSource(ctx, "src_1", 1, reportsync.SourceSpec{Name: "a"})
		return err
	}
	for name, tc := range map[string]struct {
		call     func(context.Context, *api.Client) error
		steps    []step
		requests int
		code     reportsync.Code // empty for success
	}{
		"read after refusals":           {read, []step{refused, refused, good}, 3, ""},
		"read after a reset":            {read, []step{reset, good}, 2, ""},
		"read after a cut":              {read, []step{cutOff, good}, 2, ""},
		"read through a bad gateway":    {read, []step{badGateway, good}, 2, ""},
		"read while throttled":          {read, []step{throttled, good}, 2, ""},
		"create with its key":           {create, []step{reset, busy, good}, 3, ""},
		"replace that was never sent":   {replace, []step{refused, good}, 2, ""},
		"replace that may have arrived": {replace, []step{reset, good}, 1, reportsync.CodeUnavailable},
		"replace at a bad gateway":      {replace, []step{badGateway, good}, 1, reportsync.CodeUnavailable},
		"read that takes too long":      {read, []step{tooLate, good}, 1, reportsync.CodeUnavailable},
		"considered answer":             {create, []step{orgDown, good}, 1, reportsync.CodeUnavailable},
		"500":                           {read, []step{brokenProxy, good}, 1, reportsync.CodeInternal},
		"never there":                   {read, []step{refused}, 1 + api.DefaultMaxRetries, reportsync.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{steps: tc.steps}
				err := tc.call(t.Context(), newClient(t, n))
				if len(n.requests) != tc.requests {
					t.Errorf("%d requests, want %d", len(n.requests), tc.requests)
				}
				if tc.code == "" && err != nil || tc.code != "" && reportsync.CodeOf(err) != tc.code {
					t.Errorf("error %v, want code %q", err, tc.code)
				}
			})
		})
	}
}

// Repeated creates carry one key, so that the daemon tells them from new ones; different calls have different keys.
func TestRepeatedRequestKeepsItsKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{reset, good}}
		c := newClient(t, n)
		for range 2 {
			if _, err := c.CreateSource(t.Context(), reportsync.SourceSpec{Name: "a"}); err != nil {
				t.Fatal(err)
			}
		}
		var keys []string
		for _, r := range n.requests {
			keys = append(keys, r.Header.Get(api.HeaderIdempotencyKey))
		}
		if len(keys) != 3 || keys[0] == "" || keys[0] != keys[1] || keys[1] == keys[2] {
			t.Errorf("keys %q", keys)
		}
	})
}

func TestRetryAfterIsHeeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{steps: []step{busy, good}}
		if _, err := newClient(t, n).Source(t.Context(), "src_1"); err != nil {
			t.Fatal(err)
		}
		if waited := n.at[1].Sub(n.at[0]); waited != 3*time.Second {
			t.Errorf("waited %s, the daemon asked for 3s", waited)
		}
	})
}

// A cancelled context ends the waiting at once, and its cause is told.
func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("the user pressed Ctrl-C")
		ctx, cancel := context.WithCancelCause(t.Context())
		n := &network{steps: []step{refused}, onSend: func() { time.AfterFunc(time.Millisecond, func() { cancel(cause) }) }}
		began := time.Now()
		_, err := newClient(t, n).Source(ctx, "src_1")
		if !errors.Is(err, cause) || len(n.requests) != 1 || time.Since(began) != time.Millisecond {
			t.Errorf("%v after %d requests and %s", err, len(n.requests), time.Since(began))
		}
	})
}
