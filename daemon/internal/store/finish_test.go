package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestFinishRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageSettle, Done: 1, Total: 9, APICalls: 3, BulkBatches: 1}))
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 2))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
		result := reportsync.RunResult{
			Status: reportsync.RunFailed, Counts: reportsync.Counts{Read: 3, Updated: 2, Unmatched: 1},
			APICalls: 11, BulkBatches: 2, BytesSent: 5, BytesReceived: 6,
			Artifact: &reportsync.Artifact{Key: "runs/r/outcomes-1.jsonl.zst", Rows: 3, Bytes: 100, SHA256: "abc"},
			Err:      &reportsync.RunError{Code: reportsync.CodeSalesforce, Message: "it broke", Hint: "mend it"},
		}
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, result))

		got := must(b.Run(ctx, claim.Run.ID))(t)
		if got.FinishedAt == nil || got.RuntimeSeconds == nil || *got.RuntimeSeconds < 0 || got.FinishedAt.Before(*got.StartedAt) {
			t.Errorf("ended at %v after %v seconds", got.FinishedAt, got.RuntimeSeconds)
		}
		want := claim.Run
		want.Status, want.Stage, want.Progress = reportsync.RunFailed, "", nil
		want.FinishedAt, want.RuntimeSeconds = got.FinishedAt, got.RuntimeSeconds
		want.Counts, want.Artifact, want.Error = result.Counts, result.Artifact, result.Err
		want.APICalls, want.BulkBatches, want.BytesSent, want.BytesReceived = 11, 2, 5, 6
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ended (-want +got):\n%s", diff)
		}
		_, _, err := b.Outcomes(ctx, claim.Run.ID, store.OutcomeFilter{})
		if !errors.Is(err, store.ErrInArtifact) {
			t.Errorf("asked for its outcomes it says %v", err)
		}
		b.runOf(claim.Run.IntegrationID)
	})
}

// With an artifact the journal's rows are not needed any more; without one they are all that there is.
func TestFinishedRunsLeaveSegments(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		for name, test := range map[string]struct {
			artifact *reportsync.Artifact
			want     int
		}{"with": {&reportsync.Artifact{Key: "k", Rows: 2}, 0}, "without": {nil, 2}} {
			claim, j := b.claimed(name)
			noError(t, j.Plan(ctx, batchOf(1, planned(1, 2))))
			noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
			result := reportsync.RunResult{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 2, Updated: 2}, Artifact: test.artifact}
			noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, result))
			if n := b.count(`SELECT count(*) FROM segments s JOIN runs r ON r.number = s.run WHERE r.integration_name = '` + name + `'`); n != test.want {
				t.Errorf("%s an artifact %d segments are left, want %d", name, n, test.want)
			}
		}
	})
}

// Invariant 2 is checked where it would be broken, and the run stays live.
func TestFinishRunWithRowsMissing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, _ := b.claimed("onboarding")
		two := reportsync.Counts{Read: 2, Unchanged: 1, Failed: 1}
		for name, result := range map[string]reportsync.RunResult{
			"too few":               {Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 3, Unchanged: 2}},
			"too many":              {Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 1, Unchanged: 2}},
			"no end":                {Status: reportsync.RunRunning, Counts: two},
			"not all in the bucket": {Status: reportsync.RunCompleted, Counts: two, Artifact: &reportsync.Artifact{Key: "k", Rows: 1}},
		} {
			err := b.FinishRun(ctx, claim.Run.ID, "node-1", 1, result)
			if err == nil || errors.Is(err, reportsync.ErrLeaseLost) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := must(b.Run(ctx, claim.Run.ID))(t); !got.Status.Live() {
			t.Errorf("the run is %s", got.Status)
		}
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted, Counts: two}))
	})
}

func TestFailRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 4))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), false))
		noError(t, b.FailRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal, Message: "it broke"}))
		got := must(b.Run(ctx, claim.Run.ID))(t)
		if want := (reportsync.Counts{Read: 4, Updated: 2, Unprocessed: 2}); got.Counts != want || got.Status != reportsync.RunFailed || got.Error.Code != reportsync.CodeInternal {
			t.Errorf("ended as %+v", got)
		}
	})
}

func TestRequestCancel(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		t.Log("queued: at once")
		queued := b.run("queued")
		got := must(b.RequestCancel(ctx, queued.ID, "somebody"))(t)
		if got.Status != reportsync.RunCancelled || got.FinishedAt == nil || got.StartedAt != nil || got.RuntimeSeconds != nil {
			t.Errorf("a queued run is %+v", got)
		}
		_, err := b.RequestCancel(ctx, queued.ID, "somebody")
		wantCode(t, err, reportsync.CodeConflict, queued.ID, "cancelled")
		_, err = b.RequestCancel(ctx, "run_missing", "somebody")
		wantCode(t, err, reportsync.CodeNotFound)

		t.Log("running: its node is told")
		claim, _ := b.claimed("running")
		for range 2 {
			if got := must(b.RequestCancel(ctx, claim.Run.ID, "ada"))(t); got.Status != reportsync.RunRunning {
				t.Errorf("a running run is %s", got.Status)
			}
		}
		if log := must(b.RunLog(ctx, claim.Run.ID, 0, 0))(t); len(log) != 1 || log[0].Message != "cancelled by ada: what was sent to Salesforce settles first" {
			t.Errorf("its log is %+v", log)
		}
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCancelled, Counts: reportsync.Counts{Read: 1, Unprocessed: 1}}))

		t.Log("released with nothing under way: at once, with the rows it has")
		claim, j := b.claimed("released")
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, Counts: reportsync.Counts{Read: 9, Unchanged: 6}}))
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 3))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 3), true))
		noError(t, b.ReleaseRun(ctx, claim.Run.ID, "node-1", 1))
		if got := must(b.RequestCancel(ctx, claim.Run.ID, "somebody"))(t); got.Status != reportsync.RunCancelled || got.Counts.Read != 3 {
			t.Errorf("a released run is %+v", got)
		}

		t.Log("released with a batch under way: the next attempt settles that")
		claim, j = b.claimed("in flight")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 1))))
		noError(t, j.MarkBatch(ctx, 1, "750job", reportsync.BatchClosed))
		noError(t, b.ReleaseRun(ctx, claim.Run.ID, "node-1", 1))
		if got := must(b.RequestCancel(ctx, claim.Run.ID, "somebody"))(t); got.Status != reportsync.RunQueued {
			t.Errorf("a run in flight is %s", got.Status)
		}
		if again, _ := b.claim(claim.Run.ID, "node-2", lease); !again.CancelRequested {
			t.Error("the next attempt is not told")
		}
	})
}

func TestRuntimeIsRounded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		claim, _ := b.claimed("onboarding")
		noError(t, b.FinishRun(t.Context(), claim.Run.ID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted}))
		got := must(b.Run(t.Context(), claim.Run.ID))(t)
		if want := float64(got.FinishedAt.Sub(*got.StartedAt).Round(time.Millisecond).Milliseconds()) / 1000; *got.RuntimeSeconds != want {
			t.Errorf("ran %v seconds, want %v", *got.RuntimeSeconds, want)
		}
	})
}
