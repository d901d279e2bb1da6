package salesforce_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errCut     = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
)

// read and create are a call that may be repeated and one that may be only if it took no effect.
func read(ctx context.Context, c *salesforce.Client) error {
	_, err := c.Limits(ctx)
	return err
}

func create(ctx context.Context, c *salesforce.Client) error {
	_, err := c.CreateIngest(ctx, salesforce.IngestRequest{
		Object: "Contact", Operation: salesforce.OperationUpdate, Columns: []string{"Email"},
	})
	return err
}

const openedJob = `{"id":"750ak000009BWKLAA4","operation":"update","object":"Contact","state":"Open","contentUrl":"services/data/v62.0/jobs/ingest/750ak000009BWKLAA4/batches"}`

// later asks to come back after a while.
func later(wish string) handler {
	return func(w http.ResponseWriter, _ exchange) {
		w.Header().Set("Retry-After", wish)
		reply(w, 503, "")
	}
}

// laterAt names the time to come back, in whole seconds as HTTP dates have.
func laterAt(wait time.Duration) handler {
	return func(w http.ResponseWriter, x exchange) {
		later(time.Now().Add(wait).UTC().Format(http.TimeFormat))(w, x)
	}
}

var concurrent = answer(403, refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."))

// repetition is a kind of trouble and what the client makes of it.
type repetition struct {
	do      func(context.Context, *salesforce.Client) error
	trouble handler
	// times is how often the org sees the request when the trouble never ends.
	times int
	// atLeast and atMost bound the pause before the second attempt.
	atLeast, atMost time.Duration
	code            string
	retryable       bool
	says            string
}

var repetitions = map[string]repetition{
	"html 503":              {read, answer(503, "<html>down</html>"), 5, 0, 500 * time.Millisecond, "SERVER_UNAVAILABLE", true, "text/html"},
	"empty 502":             {read, answer(502, ""), 5, 0, 500 * time.Millisecond, "BAD_GATEWAY", true, "no body"},
	"504":                   {read, answer(504, ""), 5, 0, 500 * time.Millisecond, "GATEWAY_TIMEOUT", true, ""},
	"420":                   {read, answer(420, ""), 5, 0, 500 * time.Millisecond, "HTTP_420", true, ""},
	"429":                   {read, answer(429, ""), 5, 0, 500 * time.Millisecond, "TOO_MANY_REQUESTS", true, ""},
	"500 unknown":           {read, answer(500, refusal("UNKNOWN_EXCEPTION", "An unexpected error occurred")), 3, 0, 500 * time.Millisecond, "UNKNOWN_EXCEPTION", true, ""},
	"query more":            {read, answer(400, refusal("TEMPORARY_QUERY_MORE_FAILURE", "later")), 5, 0, 500 * time.Millisecond, "TEMPORARY_QUERY_MORE_FAILURE", true, ""},
	"concurrent":            {read, concurrent, 6, 5 * time.Second, 15 * time.Second, "REQUEST_LIMIT_EXCEEDED", true, "seconds"},
	"daily limit":           {read, answer(403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")), 1, 0, 0, "REQUEST_LIMIT_EXCEEDED", false, "hours"},
	"too much work":         {read, answer(503, refusal("REQUEST_RUNNING_TOO_LONG", "too long")), 1, 0, 0, "REQUEST_RUNNING_TOO_LONG", false, ""},
	"bad request":           {read, answer(400, refusal("INVALID_FIELD", "No such column")), 1, 0, 0, "INVALID_FIELD", false, "field-level security"},
	"API disabled":          {read, answer(403, refusal("API_DISABLED_FOR_ORG", "API is disabled")), 1, 0, 0, "API_DISABLED_FOR_ORG", false, "API Enabled"},
	"retry after":           {read, later("7"), 5, 7 * time.Second, 7 * time.Second, "SERVER_UNAVAILABLE", true, ""},
	"retry after date":      {read, laterAt(9 * time.Second), 5, 8 * time.Second, 9 * time.Second, "SERVER_UNAVAILABLE", true, ""},
	"retry after an hour":   {read, later("3600"), 1, 0, 0, "SERVER_UNAVAILABLE", true, ""},
	"refused":               {read, failWith(errRefused), 5, 0, 500 * time.Millisecond, salesforce.CodeUnreachable, true, "firewalls"},
	"cut":                   {read, failWith(errCut), 5, 0, 500 * time.Millisecond, salesforce.CodeUnreachable, true, "reset by peer"},
	"redirect":              {read, answer(302, ""), 1, 0, 0, salesforce.CodeRedirected, false, "My Domain"},
	"create, refused":       {create, failWith(errRefused), 5, 0, 500 * time.Millisecond, salesforce.CodeUnreachable, true, ""},
	"create, cut":           {create, failWith(errCut), 1, 0, 0, salesforce.CodeUnreachable, true, "unknown"},
	"create, answer lost":   {create, failWith(io.ErrUnexpectedEOF), 1, 0, 0, salesforce.CodeUnreachable, true, "unknown"},
	"create, 502":           {create, answer(502, ""), 1, 0, 0, "BAD_GATEWAY", true, "unknown"},
	"create, 500":           {create, answer(500, ""), 1, 0, 0, "INTERNAL_SERVER_ERROR", true, "unknown"},
	"create, 503":           {create, answer(503, ""), 5, 0, 500 * time.Millisecond, "SERVER_UNAVAILABLE", true, ""},
	"create, concurrent":    {create, concurrent, 6, 5 * time.Second, 15 * time.Second, "REQUEST_LIMIT_EXCEEDED", true, ""},
	"create, not supported": {create, answer(400, refusal("INVALIDENTITY", "Entity 'X' is not supported by the Bulk API.")), 1, 0, 0, "INVALIDENTITY", false, ""},
}

func TestRepetition(t *testing.T) {
	t.Parallel()
	for name, tc := range repetitions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			route, good := "GET "+data+"/limits", answer(200, `{}`)
			if strings.HasPrefix(name, "create") {
				route, good = "POST "+data+"/jobs/ingest", answer(200, openedJob)
			}
			synctest.Test(t, func(t *testing.T) {
				org := newOrg(t, map[string]handler{route: tc.trouble})
				err := tc.do(t.Context(), org.client(nil))
				wantError(t, err, tc.code, tc.says)
				if got := salesforce.IsRetryable(err); got != tc.retryable {
					t.Errorf("retryable %t, want %t: %v", got, tc.retryable, err)
				}
				if n := len(org.seen(route)); n != tc.times {
					t.Errorf("the org saw the request %d times, want %d", n, tc.times)
				}
				if tc.times == 1 {
					return
				}
				org = newOrg(t, map[string]handler{route: answers(tc.trouble, good)})
				began := time.Now()
				if err := tc.do(t.Context(), org.client(nil)); err != nil {
					t.Fatalf("after one failure: %v", err)
				}
				if took := time.Since(began); took < tc.atLeast || took > tc.atMost {
					t.Errorf("paused for %s, want %s to %s", took, tc.atLeast, tc.atMost)
				}
			})
		})
	}
}

func TestClassesOfErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tc := range map[string]struct {
			trouble handler
			is      func(error) bool
		}{
			"limit":       {answer(403, refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")), salesforce.IsLimit},
			"unreachable": {failWith(errRefused), salesforce.IsUnreachable},
			"no host":     {failWith(&net.DNSError{Err: "no such host", Name: host, IsNotFound: true}), salesforce.IsUnreachable},
			"not found":   {answer(404, refusal("NOT_FOUND", "gone")), salesforce.IsNotFound},
		} {
			org := newOrg(t, map[string]handler{"GET " + data + "/limits": tc.trouble})
			err := read(t.Context(), org.client(nil))
			for other, is := range map[string]func(error) bool{
				"limit": salesforce.IsLimit, "unreachable": salesforce.IsUnreachable, "not found": salesforce.IsNotFound,
			} {
				want := other == name || (name == "no host" && other == "unreachable")
				if is(err) != want {
					t.Errorf("%s: %s is %t, want %t: %v", name, other, !want, want, err)
				}
			}
		}
	})
}

func TestCancellationEndsAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": func(w http.ResponseWriter, _ exchange) {
			w.Header().Set("Retry-After", "60")
			reply(w, 503, "")
		}})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		err := read(ctx, org.client(nil))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("returned after %s, want 10s", took)
		}
	})
}

func TestAnswerCutInTheMiddleIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, map[string]handler{"GET " + data + "/limits": answers(
			func(w http.ResponseWriter, x exchange) {
				w.Header().Set(cutHeader, "10")
				reply(w, 200, `{"DailyApiRequests":{"Max":15000,"Remaining":14999}}`)
			},
			answer(200, `{"DailyApiRequests":{"Max":15000,"Remaining":14998}}`),
		)})
		limits, err := org.client(nil).Limits(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := limits["DailyApiRequests"]; got != (salesforce.Limit{Max: 15000, Remaining: 14998}) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestAnswerThatIsNotJSON(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"GET " + data + "/limits": answer(200, "<html>secret page</html>")})
	err := read(t.Context(), org.client(nil))
	wantError(t, err, salesforce.CodeUnexpectedAnswer, "byte 1")
}
