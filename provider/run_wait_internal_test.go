package provider

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// newWaiter returns a waiter for a daemon that handle plays.
func newWaiter(t *testing.T, timeout time.Duration, handle http.HandlerFunc) waiter {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	client, err := api.NewClient(api.ClientConfig{Endpoint: server.URL, Token: "t", MaxRetries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return waiter{client: client, timeout: timeout}
}

func answer(w http.ResponseWriter, status int, body any) {
	contentType := "application/json"
	if status >= http.StatusBadRequest {
		contentType = api.ProblemContentType
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // a client that is gone is the test's own doing
}

func TestAwaitOutlastsARestart(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	w := newWaiter(t, time.Minute, func(w http.ResponseWriter, _ *http.Request) {
		switch calls.Add(1) {
		case 1:
			answer(w, http.StatusOK, reportsync.Run{ID: "run_1", Status: reportsync.RunRunning, Progress: &reportsync.Progress{Done: 1, Total: 2}})
		case 2:
			answer(w, http.StatusServiceUnavailable, api.Problem{Code: reportsync.CodeUnavailable, Detail: "stopping"})
		default:
			answer(w, http.StatusOK, reportsync.Run{ID: "run_1", Status: reportsync.RunCompleted})
		}
	})
	run, err := w.await(t.Context(), reportsync.Run{ID: "run_1", Status: reportsync.RunQueued})
	if err != nil || run.Status != reportsync.RunCompleted {
		t.Errorf("await = %s, %v", run.Status, err)
	}
}

func TestAwaitGivesUp(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	refuse := func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusForbidden, api.Problem{Code: reportsync.CodeForbidden, Detail: "no"})
	}
	for name, c := range map[string]struct {
		handle    http.HandlerFunc
		timeout   time.Duration
		interrupt bool
		want      string
	}{
		"after its timeout":         {hang, 10 * time.Millisecond, false, "it has not ended within 10ms"},
		"when Terraform is stopped": {hang, time.Minute, true, "the apply was interrupted"},
		"when the token is refused": {refuse, time.Minute, false, "no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWaiter(t, c.timeout, c.handle)
			ctx, cancel := w.limit(t.Context())
			defer cancel()
			if c.interrupt {
				cancel()
			}
			was := reportsync.Run{ID: "run_1", Status: reportsync.RunRunning}
			run, err := w.await(ctx, was)
			if err == nil || !strings.Contains(err.Error(), c.want) || run.ID != was.ID {
				t.Errorf("await = %s, %v; want an error with %q", run.ID, err, c.want)
			}
		})
	}
}

func TestStartWaitsForAnotherRun(t *testing.T) {
	t.Parallel()
	conflict := api.Problem{Code: reportsync.CodeConflict, Detail: "run_1 is under way"}
	for name, c := range map[string]struct {
		wait   types.Bool
		starts int32
		code   reportsync.Code
	}{
		"it waits by default":        {types.BoolNull(), 2, ""},
		"it does not wait if wanted": {types.BoolValue(false), 1, reportsync.CodeConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var starts atomic.Int32
			var keys [2]string
			w := newWaiter(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost:
					n := starts.Add(1)
					keys[n-1] = r.Header.Get(api.HeaderIdempotencyKey)
					if n == 1 {
						answer(w, http.StatusConflict, conflict)
						return
					}
					answer(w, http.StatusAccepted, reportsync.Run{ID: "run_2", Status: reportsync.RunQueued})
				case strings.HasSuffix(r.URL.Path, "/runs"):
					answer(w, http.StatusOK, api.Page[reportsync.Run]{Items: []reportsync.Run{{ID: "run_1", Status: reportsync.RunRunning}}})
				default:
					answer(w, http.StatusOK, reportsync.Run{ID: "run_1", Status: reportsync.RunCompleted})
				}
			})
			run, err := w.start(t.Context(), &runResourceModel{IntegrationID: types.StringValue("int_1"), Wait: c.wait})
			if starts.Load() != c.starts {
				t.Errorf("asked %d times for a run, want %d", starts.Load(), c.starts)
			}
			if c.code != "" {
				if reportsync.CodeOf(err) != c.code {
					t.Errorf("start: %v, want code %s", err, c.code)
				}
				return
			}
			if err != nil || run.ID != "run_2" || keys[0] == keys[1] {
				t.Errorf("start = %s, %v with keys %q", run.ID, err, keys)
			}
		})
	}
}

func TestCancelOfAnEndedRun(t *testing.T) {
	t.Parallel()
	for _, p := range []api.Problem{
		{Status: http.StatusConflict, Code: reportsync.CodeConflict},
		{Status: http.StatusNotFound, Code: reportsync.CodeNotFound},
	} {
		w := newWaiter(t, time.Minute, func(w http.ResponseWriter, _ *http.Request) { answer(w, p.Status, p) })
		if err := w.cancel(t.Context(), "run_1"); err != nil {
			t.Errorf("cancel with %d: %v", p.Status, err)
		}
	}
}

// An apply of a dry run warns of what would stop a run, and does not fail for it.
func TestWarnOfStop(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	warnOfStop(reportsync.Run{IntegrationName: "people"}, &diags)
	if len(diags) != 0 {
		t.Errorf("of nothing: %v", diags)
	}
	run := reportsync.Run{IntegrationName: "people"}
	run.WouldStop = &reportsync.RunError{Code: reportsync.CodeGuard, Message: "too many rows", Hint: "raise the limit"}
	warnOfStop(run, &diags)
	want := diag.Diagnostics{diag.NewWarningDiagnostic(`A run of integration "people" that writes would be stopped`, "too many rows\n\nraise the limit")}
	if !diags.Equal(want) {
		t.Errorf("warned of %v", diags)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	rejected := reportsync.Counts{Read: 2, Updated: 1, Unmatched: 1}
	for _, c := range []struct {
		run     reportsync.Run
		failing []string // values of fail_on for which the apply fails
	}{
		{reportsync.Run{Status: reportsync.RunCompleted}, nil},
		// Rows that gave way to others by rule are as they should be.
		{reportsync.Run{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 2, Updated: 1, Duplicate: 1}}, nil},
		{reportsync.Run{Status: reportsync.RunCompletedWithErrors, Counts: rejected}, []string{failOnAnyRow}},
		{reportsync.Run{Status: reportsync.RunFailed}, []string{"", failOnFailed, failOnAnyRow}},
		{reportsync.Run{Status: reportsync.RunFailed, Error: &reportsync.RunError{Message: "no"}}, []string{"", failOnFailed, failOnAnyRow}},
		{reportsync.Run{Status: reportsync.RunCancelled}, []string{"", failOnFailed, failOnAnyRow}},
	} {
		for _, failOn := range []string{"", failOnFailed, failOnAnyRow, failOnNever} {
			var diags diag.Diagnostics
			judge(c.run, failOn, &diags)
			if diags.HasError() != slices.Contains(c.failing, failOn) {
				t.Errorf("a run that is %s with fail_on %q: %v", c.run.Status, failOn, diags)
			}
		}
	}
}

func TestLimitNamesItsCause(t *testing.T) {
	t.Parallel()
	ctx, cancel := waiter{timeout: time.Nanosecond}.limit(t.Context())
	defer cancel()
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, errWaited) {
		t.Errorf("the context ended by %v", cause)
	}
}
