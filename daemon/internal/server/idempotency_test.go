package server_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func withKey(c call, key string) call {
	c.header = map[string]string{api.HeaderIdempotencyKey: key}
	return c
}

func TestSameKeySameAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	create := withKey(call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")}, "k1")
	first, second := w.do(create), w.do(create)
	if first.status != http.StatusCreated || second.status != first.status || string(second.body) != string(first.body) {
		t.Errorf("first %d %s, then %d %s", first.status, first.body, second.status, second.body)
	}
	for _, h := range []string{"ETag", "Location", "Content-Type"} {
		if first.header.Get(h) == "" || first.header.Get(h) != second.header.Get(h) {
			t.Errorf("%s: first %q, then %q", h, first.header.Get(h), second.header.Get(h))
		}
	}
	if first.header.Get("Idempotency-Replayed") != "" || second.header.Get("Idempotency-Replayed") != "true" {
		t.Error("the replay is not told apart")
	}
	other := create
	other.body = sourceSpec("b")
	problem(t, w.do(other), http.StatusUnprocessableEntity)
	conflict := create
	conflict.header = map[string]string{api.HeaderIdempotencyKey: "k2"}
	if p := problem(t, w.do(conflict), http.StatusConflict); p.Code != reportsync.CodeConflict {
		t.Errorf("another key: %+v", p)
	}
	for _, bad := range []string{"with blank", "ü", fmt.Sprintf("%0201d", 1)} {
		problem(t, w.do(withKey(create, bad)), http.StatusUnprocessableEntity)
	}
}

// A run that is asked for twenty times at once with one key is started once.
func TestConcurrentRequestsWithOneKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	start := withKey(call{method: http.MethodPost, path: "/v1/integrations/" + w.integration("a").ID + "/runs", body: api.StartRun{}}, "once")
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		answers = map[string]int{}
	)
	for range 20 {
		wg.Go(func() {
			r, err := w.send(start)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			answers[fmt.Sprint(r.status, " ", r.header.Get("Location"))]++
		})
	}
	wg.Wait()
	if len(answers) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
	runs, _, err := w.store.Runs(t.Context(), runsOf(""))
	if err != nil || len(runs) != 1 || answers["202 /v1/runs/"+runs[0].ID] != 20 {
		t.Errorf("%d runs, answers %v, %v", len(runs), answers, err)
	}
}

func TestFailedRequestFreesItsKey(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var asked atomic.Int64
	w.checks.source = func(reportsync.SourceSpec) error {
		if asked.Add(1) == 1 {
			return reportsync.Errorf(reportsync.CodeInvalid, "the folder is not there yet")
		}
		return nil
	}
	create := withKey(call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")}, "k")
	problem(t, w.do(create), http.StatusUnprocessableEntity)
	if r := w.do(create); r.status != http.StatusCreated {
		t.Errorf("after the folder was made: %d %s", r.status, r.body)
	}
}

// Keys belong to tokens: one client's key neither hides another's request nor shows its answer.
func TestKeysBelongToTokens(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, other, err := w.store.CreateToken(t.Context(), reportsync.TokenSpec{Name: "other", Role: reportsync.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	create := withKey(call{method: http.MethodPost, path: "/v1/tokens", body: reportsync.TokenSpec{Name: "a", Role: reportsync.RoleViewer}}, "k")
	first := decode[api.NewToken](t, w.do(create), http.StatusCreated)
	if diff := cmp.Diff(first, decode[api.NewToken](t, w.do(create), http.StatusCreated)); diff != "" {
		t.Errorf("repeated (-first +second):\n%s", diff)
	}
	create.token = other
	problem(t, w.do(create), http.StatusConflict)
}
