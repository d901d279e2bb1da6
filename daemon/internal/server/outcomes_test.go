package server_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// endedRun is a run that has ended with its outcomes in an artifact: a row of each ten was refused.
func (w *world) endedRun(name string, rows int) (reportsync.Run, []reportsync.Outcome) {
	w.t.Helper()
	run, _ := w.liveRun(name)
	writer, err := w.artifacts.Create(w.t.Context(), run.ID, run.Attempt)
	if err != nil {
		w.t.Fatal(err)
	}
	defer writer.Discard()
	result := reportsync.RunResult{Status: reportsync.RunCompletedWithErrors}
	var all []reportsync.Outcome
	for i := 1; i <= rows; i++ {
		o := reportsync.Outcome{Row: int64(i), Line: int64(i + 1), Key: fmt.Sprint("key ", i), Kind: reportsync.Unchanged, RecordID: "003000000000001AAA"}
		if i%10 == 0 {
			o = reportsync.Outcome{Row: int64(i), Line: int64(i + 1), Kind: reportsync.Malformed, Code: reportsync.RowKeyEmpty, Message: "the key is empty"}
		}
		if err := writer.Add(o); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, o)
		result.Counts.Read++
		result.Counts.Add(o.Kind, 1)
	}
	a, err := writer.Close(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	result.Artifact = &a
	if err := w.store.FinishRun(w.t.Context(), run.ID, "node", run.Attempt, result); err != nil {
		w.t.Fatal(err)
	}
	return run, all
}

// Outcomes in an artifact are paged and filtered as those in the journal are.
func TestOutcomesFromArtifact(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, want := w.endedRun("a", 1234)
	path := "/v1/runs/" + run.ID + "/outcomes?limit=300"
	var got []reportsync.Outcome
	for cursor, pages := "", 1; ; pages++ {
		page := decode[api.Page[reportsync.Outcome]](t, w.do(call{method: http.MethodGet, path: path + "&cursor=" + cursor}), http.StatusOK)
		got = append(got, page.Items...)
		if cursor = page.NextCursor; cursor == "" {
			if pages != 5 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	page := decode[api.Page[reportsync.Outcome]](t, w.do(call{method: http.MethodGet, path: path + "&outcome=invalid&cursor=1225"}), http.StatusOK)
	if diff := cmp.Diff([]reportsync.Outcome{want[1229]}, page.Items); diff != "" || page.NextCursor != "" {
		t.Errorf("last refused row, next %q (-want +got):\n%s", page.NextCursor, diff)
	}
	page = decode[api.Page[reportsync.Outcome]](t, w.do(call{method: http.MethodGet, path: path + "&outcome=created"}), http.StatusOK)
	if page.Items == nil || len(page.Items) > 0 {
		t.Errorf("created rows: %+v", page.Items)
	}
	shown := decode[reportsync.Run](t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID}), http.StatusOK)
	if shown.Artifact == nil || shown.Artifact.Rows != 1234 || len(shown.Artifact.SHA256) != 64 {
		t.Errorf("artifact of the run: %+v", shown.Artifact)
	}
}

func TestOutcomesFromArtifactAsCSV(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, want := w.endedRun("a", 1234)
	r := w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/outcomes", header: map[string]string{"Accept": "text/csv"}})
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("status %d, content type %q", r.status, r.header.Get("Content-Type"))
	}
	records, err := csv.NewReader(strings.NewReader(string(r.body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lines := [][]string{api.OutcomeColumns}
	for _, o := range want {
		record, err := api.OutcomeRecord(o)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, record)
	}
	if diff := cmp.Diff(lines, records); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// A node that does not see the bucket of the others says so, in either form, and is asked again later.
func TestOutcomesOfMissingArtifact(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run, _ := w.endedRun("a", 3)
	if err := w.artifacts.DeleteRun(t.Context(), run.ID); err != nil {
		t.Fatal(err)
	}
	for _, accept := range []string{"application/json", "text/csv"} {
		p := problem(t, w.do(call{method: http.MethodGet, path: "/v1/runs/" + run.ID + "/outcomes", header: map[string]string{"Accept": accept}}), http.StatusServiceUnavailable)
		object := "runs/" + run.ID + "/outcomes-1.jsonl.zst in " + w.artifacts.String()
		if p.Code != reportsync.CodeUnavailable || !strings.Contains(p.Detail, object) || !strings.Contains(p.Hint, "must share the bucket") {
			t.Errorf("%s: %+v", accept, p)
		}
	}
}

func TestStartRunIgnoringGuards(t *testing.T) {
	t.Parallel()
	w := setup(t)
	in := w.integration("a")
	run := decode[reportsync.Run](t, w.do(call{
		method: http.MethodPost, path: "/v1/integrations/" + in.ID + "/runs", body: `{"ignore_guards": true}`,
	}), http.StatusAccepted)
	if !run.IgnoreGuards || run.DryRun {
		t.Errorf("run %+v", run)
	}
}

// Whoever looks at outcomes is told, in either form, when they are not those of all rows.
func TestPartialOutcomes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	live, journal := w.liveRun("live")
	settle(t, journal, outcomes)
	cancelled := w.run(w.integration("cancelled").ID)
	if _, err := w.store.RequestCancel(t.Context(), cancelled.ID, "somebody"); err != nil {
		t.Fatal(err)
	}
	whole, _ := w.endedRun("whole", 3)
	for name, tc := range map[string]struct{ id, reason string }{
		"live":                {live.ID, "the run has not ended: only rows that were to be written"},
		"nothing kept":        {w.finishedRun("lost").ID, "the run ended without keeping the outcomes"},
		"cancelled in queue":  {cancelled.ID, ""},
		"ended with artifact": {whole.ID, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := "/v1/runs/" + tc.id + "/outcomes"
			page := decode[api.OutcomePage](t, w.do(call{method: http.MethodGet, path: path + "?limit=1"}), http.StatusOK)
			if page.Partial != (tc.reason != "") || !strings.HasPrefix(page.PartialReason, tc.reason) {
				t.Errorf("page %+v", page)
			}
			file := w.do(call{method: http.MethodGet, path: path, header: map[string]string{"Accept": "text/csv"}})
			if got := file.header.Get(api.HeaderPartial); (got == "") != (tc.reason == "") || !strings.HasPrefix(got, tc.reason) {
				t.Errorf("header of CSV: %q", got)
			}
			said := ""
			query := api.OutcomeQuery{Limit: 1, Partial: func(reason string) { said = reason }}
			ok(api.Collect(w.client(reportsync.RoleOperator, "").Outcomes(t.Context(), tc.id, query)))(t)
			if said != page.PartialReason {
				t.Errorf("the client is told %q", said)
			}
		})
	}
}
