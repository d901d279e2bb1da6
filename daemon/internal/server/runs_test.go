package server_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// outcomes are what the rows of a finished run came to.
var outcomes = []reportsync.Outcome{
	{Row: 1, Line: 2, Key: "ada@acme.example", Kind: reportsync.Unchanged, RecordID: "003000000000001AAA"},
	{Row: 2, Line: 3, Key: `he said "hi", twice`, Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord, Message: "no Contact has this Email"},
	{Row: 3, Line: 5, Kind: reportsync.Malformed, Code: reportsync.RowKeyEmpty, Message: "the key is empty"},
}

// liveRun is a run that somebody works on.
func (w *world) liveRun(name string) (reportsync.Run, *store.Journal) {
	w.t.Helper()
	r := w.run(w.integration(name).ID)
	claim, err := w.store.ClaimRun(w.t.Context(), r.ID, "node", time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	return claim.Run, w.store.Journal(r.ID, "node", claim.Run.Attempt)
}

// finishedRun is a run with a log and outcomes.
func (w *world) finishedRun(name string) reportsync.Run {
	w.t.Helper()
	r, journal := w.liveRun(name)
	ctx := w.t.Context()
	for i := range 3 {
		if err := journal.Log(ctx, reportsync.LogInfo, reportsync.StageOpen, fmt.Sprintf("entry %d", i+1)); err != nil {
			w.t.Fatal(err)
		}
	}
	settle(w.t, journal, outcomes)
	counts := reportsync.Counts{Read: int64(len(outcomes))}
	for _, o := range outcomes {
		counts.Add(o.Kind, 1)
	}
	if err := w.store.FinishRun(ctx, r.ID, "node", r.Attempt, reportsync.RunResult{Status: reportsync.RunCompletedWithErrors, Counts: counts, APICalls: 7}); err != nil {
		w.t.Fatal(err)
	}
	return r
}

// settle stores outcomes as the answers to a batch.
func settle(t *testing.T, journal *store.Journal, rows []reportsync.Outcome) {
	t.Helper()
	if err := journal.Plan(t.Context(), []reportsync.PlannedBatch{{Batch: reportsync.WriteBatch{Seq: 1}}}); err != nil {
		t.Fatal(err)
	}
	if err := journal.Settle(t.Context(), 1, rows, true); err != nil {
		t.Fatal(err)
	}
}

func TestStartRunTrigger(t *testing.T) {
	t.Parallel()
	for client, want := range map[string]reportsync.Trigger{
		"": reportsync.TriggerAPI, api.ClientTerraform: reportsync.TriggerTerraform, api.ClientCLI: reportsync.TriggerManual, "curl": reportsync.TriggerAPI,
	} {
		t.Run("client "+client, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			r := w.do(call{method: http.MethodPost, path: "/v1/integrations/" + w.integration("a").ID + "/runs", header: map[string]string{api.HeaderClient: client}})
			run := decode[reportsync.Run](t, r, http.StatusAccepted)
			if run.Trigger != want || run.DryRun || run.FullResync || run.Status != reportsync.RunQueued {
				t.Errorf("run %+v, want trigger %s", run, want)
			}
			if got := r.header.Get("Location"); got != "/v1/runs/"+run.ID {
				t.Errorf("Location %q", got)
			}
		})
	}
}

func TestStartRunOptions(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := "/v1/integrations/" + w.integration("a").ID + "/runs"
	run := decode[reportsync.Run](t, w.do(call{method: http.MethodPost, path: path, body: api.StartRun{DryRun: true, FullResync: true}}), http.StatusAccepted)
	if !run.DryRun || !run.FullResync {
		t.Errorf("options got lost: %+v", run)
	}
	p := problem(t, w.do(call{method: http.MethodPost, path: path}), http.StatusConflict)
	if p.Code != reportsync.CodeConflict || !strings.Contains(p.Detail, run.ID) {
		t.Errorf("the live run is not named: %+v", p)
	}
}

// waiting asks for a run and waits for the longest time that is granted. It gives up before that, so that an answer
// can only come from what happened to the run.
func (w *world) waiting(id string) <-chan error {
	answers := make(chan error, 1)
	ctx, cancel := context.WithTimeout(w.t.Context(), api.MaxRunWait/2)
	go func() {
		defer cancel()
		r, err := w.send(call{ctx: ctx, method: http.MethodGet, path: "/v1/runs/" + id + "?wait=" + api.MaxRunWait.String()})
		if err == nil && r.status != http.StatusOK {
			err = fmt.Errorf("status %d: %s", r.status, r.body)
		}
		answers <- err
	}()
	return answers
}

func TestWaitForAnEndedRun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if err := <-w.waiting(w.finishedRun("ended").ID); err != nil {
		t.Error(err)
	}
}

func TestWaitForProgress(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, journal := w.liveRun("live")
	answers := w.waiting(run.ID)
	// Whenever the request begins to wait, the run moves on after that.
	for done := int64(1); ; done++ {
		if err := journal.Progress(t.Context(), reportsync.RunProgress{Stage: reportsync.StageExtract, Done: done}); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-answers:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
}

func TestWaitForTheEnd(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, _ := w.liveRun("live")
	answers := w.waiting(run.ID)
	if err := w.store.FailRun(t.Context(), run.ID, "node", run.Attempt, reportsync.RunError{Code: reportsync.CodeInternal, Message: "broken"}); err != nil {
		t.Fatal(err)
	}
	if err := <-answers; err != nil {
		t.Error(err)
	}
	got := decode[reportsync.Run](t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID}), http.StatusOK)
	if got.Status != reportsync.RunFailed || got.Error == nil || got.Error.Message != "broken" {
		t.Errorf("the run ended as %+v", got)
	}
}

func TestWaitEndsUnchanged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run := w.run(w.integration("a").ID)
	run.Jobs = []reportsync.BulkJob{} // in an answer no list is null
	got := decode[reportsync.Run](t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "?wait=1ms"}), http.StatusOK)
	if diff := cmp.Diff(run, got); diff != "" {
		t.Errorf("run after the wait (-want +got):\n%s", diff)
	}
	for _, wait := range []string{"soon", "-1s", "20"} {
		p := problem(t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "?wait=" + wait}), http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Detail, "wait") {
			t.Errorf("wait=%s: %+v", wait, p)
		}
	}
}

func TestListRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ended, queued := w.finishedRun("ended"), w.run(w.integration("queued").ID)
	for query, want := range map[string][]string{
		"":                                       {queued.ID, ended.ID},
		"?integration_id=" + ended.IntegrationID: {ended.ID},
		"?status=queued":                         {queued.ID},
		"?status=queued&status=completed_with_errors":          {queued.ID, ended.ID},
		"?integration_id=int_nothing":                          nil,
		"?status=failed&integration_id=" + ended.IntegrationID: nil,
	} {
		page := decode[api.Page[reportsync.Run]](t, w.do(call{method: http.MethodGet, path: "/v1/runs" + query}), http.StatusOK)
		var got []string
		for _, r := range page.Items {
			got = append(got, r.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" || page.NextCursor != "" {
			t.Errorf("runs%s, next %q (-want +got):\n%s", query, page.NextCursor, diff)
		}
	}
	p := problem(t, w.do(call{method: http.MethodGet, path: "/v1/runs?status=finished"}), http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Detail, "status") {
		t.Errorf("unknown status: %+v", p)
	}
}

func TestRunLogPages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run := w.finishedRun("a")
	var got []string
	for cursor := ""; ; {
		page := decode[api.Page[reportsync.LogEntry]](t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/log?limit=2&cursor=" + cursor}), http.StatusOK)
		for _, e := range page.Items {
			got = append(got, e.Message)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"entry 1", "entry 2", "entry 3"}, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	problem(t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/log?cursor=x"}), http.StatusUnprocessableEntity)
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := "/v1/runs/" + w.finishedRun("a").ID + "/outcomes"
	page := decode[api.Page[reportsync.Outcome]](t, w.do(call{method: http.MethodGet, path: path + "?outcome=unmatched&outcome=invalid"}), http.StatusOK)
	if diff := cmp.Diff(outcomes[1:], page.Items); diff != "" {
		t.Errorf("rejected rows (-want +got):\n%s", diff)
	}
	page = decode[api.Page[reportsync.Outcome]](t, w.do(call{method: http.MethodGet, path: path + "?limit=1"}), http.StatusOK)
	if diff := cmp.Diff(outcomes[:1], page.Items); diff != "" || page.NextCursor == "" {
		t.Errorf("first page, next %q (-want +got):\n%s", page.NextCursor, diff)
	}
}

func TestOutcomesAsCSV(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, journal := w.liveRun("many")
	rows := make([]reportsync.Outcome, api.MaxPageSize+50)
	for i := range rows {
		rows[i] = reportsync.Outcome{Row: int64(i + 1), Line: int64(i + 2), Key: "a,\"b\"\nc", Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord}
	}
	rows[2].Key, rows[2].Message = "=1+2", "@no"
	rows[1].Changes = []reportsync.Change{{Field: "Title", Before: new("a \"b\""), After: nil}}
	settle(t, journal, rows)
	r := w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/outcomes", header: map[string]string{"Accept": "text/csv"}})
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("status %d, content type %q", r.status, r.header.Get("Content-Type"))
	}
	records, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != len(rows)+1 {
		t.Fatalf("%d lines for %d rows", len(records), len(rows))
	}
	want := [][]string{
		{"row", "line", "key", "outcome", "record_id", "code", "message", "changes"},
		{"1", "2", "a,\"b\"\nc", "unmatched", "", "no_record", "", ""},
		{"2", "3", "a,\"b\"\nc", "unmatched", "", "no_record", "", `[{"field":"Title","before":"a \"b\"","after":null}]`},
		{"3", "4", "'=1+2", "unmatched", "", "no_record", "'@no", ""},
	}
	if diff := cmp.Diff(want, records[:4]); diff != "" {
		t.Errorf("first lines (-want +got):\n%s", diff)
	}
	if last := records[len(rows)][0]; last != "550" {
		t.Errorf("last row is %s", last)
	}
}

func TestCancelRun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run := w.run(w.integration("a").ID)
	cancel := call{method: http.MethodPost, path: "/v1/runs/" + run.ID + "/cancel"}
	if got := decode[reportsync.Run](t, w.do(cancel), http.StatusAccepted); got.Status != reportsync.RunCancelled {
		t.Errorf("status %s", got.Status)
	}
	if p := problem(t, w.do(cancel), http.StatusConflict); p.Code != reportsync.CodeConflict {
		t.Errorf("a second time: %+v", p)
	}
	log := decode[api.Page[reportsync.LogEntry]](t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/log"}), http.StatusOK)
	if len(log.Items) != 1 || log.Items[0].Message != `cancelled by the token "admin" while it was queued` || log.Items[0].At.IsZero() {
		t.Errorf("log %+v", log.Items)
	}
}
