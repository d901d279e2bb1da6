package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestFinishRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageSettle, Done: 1, Total: 9, APICalls: 3, BulkBatches: 1}))
		noError(t, j.Record(ctx, rowsOf(reportsync.Unmatched, 1, 2)))
		// The counts of the rows are what is stored, whatever the caller makes of their kinds.
		cause := &reportsync.RunError{Code: reportsync.CodeSalesforce, Message: "it broke", Hint: "mend it"}
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunFailed, reportsync.Counts{Read: 2, Updated: 2}, 11, 2, cause))

		got := must(b.Run(ctx, claim.Run.ID))(t)
		if got.FinishedAt == nil || got.RuntimeSeconds == nil || *got.RuntimeSeconds < 0 || got.FinishedAt.Before(*got.StartedAt) {
			t.Errorf("ended at %v after %v seconds", got.FinishedAt, got.RuntimeSeconds)
		}
		want := claim.Run
		want.Status, want.Stage, want.Progress = reportsync.RunFailed, "", nil
		want.FinishedAt, want.RuntimeSeconds = got.FinishedAt, got.RuntimeSeconds
		want.Counts = reportsync.Counts{Read: 2, Unmatched: 2}
		want.APICalls, want.BulkBatches, want.Error = 11, 2, cause
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ended (-want +got):\n%s", diff)
		}
		b.runOf(claim.Run.IntegrationID)
	})
}

// Invariant 2 is checked where it would be broken, and the run stays live.
func TestFinishRunWithRowsMissing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Record(ctx, rowsOf(reportsync.Unchanged, 1, 2)))
		finish := func(status reportsync.RunStatus, read int64) error {
			return b.FinishRun(ctx, claim.Run.ID, "node-1", 1, status, reportsync.Counts{Read: read}, 0, 0, nil)
		}
		for name, err := range map[string]error{
			"too few":  finish(reportsync.RunCompleted, 3),
			"too many": finish(reportsync.RunCompleted, 1),
			"no end":   finish(reportsync.RunRunning, 2),
		} {
			if err == nil || reportsync.CodeOf(err) != reportsync.CodeInternal {
				t.Errorf("%s: %v", name, err)
			}
		}
		noError(t, j.Plan(ctx, batchOf(1, planned(3, 1))))
		if err := finish(reportsync.RunCompleted, 2); err == nil || !strings.Contains(err.Error(), "1 were planned and have none") {
			t.Errorf("with a row that has no answer: %v", err)
		}
		if got := must(b.Run(ctx, claim.Run.ID))(t); !got.Status.Live() {
			t.Errorf("the run is %s", got.Status)
		}
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 3, 1), true))
		noError(t, finish(reportsync.RunCompleted, 3))
	})
}

func TestFailRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Record(ctx, rowsOf(reportsync.Unchanged, 1, 2)))
		noError(t, j.Plan(ctx, batchOf(1, planned(3, 2))))
		noError(t, b.FailRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal, Message: "it broke"}))
		got := must(b.Run(ctx, claim.Run.ID))(t)
		if want := (reportsync.Counts{Read: 4, Unchanged: 2, Unprocessed: 2}); got.Counts != want || got.Status != reportsync.RunFailed || got.Error.Code != reportsync.CodeInternal {
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
		got := must(b.RequestCancel(ctx, queued.ID))(t)
		if got.Status != reportsync.RunCancelled || got.FinishedAt == nil || got.StartedAt != nil || got.RuntimeSeconds != nil {
			t.Errorf("a queued run is %+v", got)
		}
		_, err := b.RequestCancel(ctx, queued.ID)
		wantCode(t, err, reportsync.CodeConflict, queued.ID, "cancelled")
		_, err = b.RequestCancel(ctx, "run_missing")
		wantCode(t, err, reportsync.CodeNotFound)

		t.Log("running: its node is told")
		claim, j := b.claimed("running")
		for range 2 {
			if got := must(b.RequestCancel(ctx, claim.Run.ID))(t); got.Status != reportsync.RunRunning {
				t.Errorf("a running run is %s", got.Status)
			}
		}
		noError(t, j.Record(ctx, rowsOf(reportsync.Unprocessed, 1, 1)))
		noError(t, b.FinishRun(ctx, claim.Run.ID, "node-1", 1, reportsync.RunCancelled, reportsync.Counts{Read: 1}, 0, 0, nil))

		t.Log("released with nothing under way: at once, with the rows it has")
		claim, j = b.claimed("released")
		noError(t, j.Record(ctx, rowsOf(reportsync.Unchanged, 1, 3)))
		noError(t, b.ReleaseRun(ctx, claim.Run.ID, "node-1", 1))
		if got := must(b.RequestCancel(ctx, claim.Run.ID))(t); got.Status != reportsync.RunCancelled || got.Counts.Read != 3 {
			t.Errorf("a released run is %+v", got)
		}

		t.Log("released with a batch under way: the next attempt settles that")
		claim, j = b.claimed("in flight")
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 1))))
		noError(t, j.MarkBatch(ctx, 1, "750job", reportsync.BatchClosed))
		noError(t, b.ReleaseRun(ctx, claim.Run.ID, "node-1", 1))
		if got := must(b.RequestCancel(ctx, claim.Run.ID))(t); got.Status != reportsync.RunQueued {
			t.Errorf("a run in flight is %s", got.Status)
		}
		if again, _ := b.claim(claim.Run.ID, "node-2", lease); !again.CancelRequested {
			t.Error("the next attempt is not told")
		}
	})
}

// However rows come in, the counts of the ended run are those of its outcomes (invariant 2).
func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		in := b.integration("onboarding")
		rapid.Check(t, func(rt *rapid.T) {
			ctx := t.Context()
			run := b.runOf(in.ID)
			_, j := b.claim(run.ID, "node-1", lease)
			var want reportsync.Counts
			seq := 0
			for row, groups := 1, rapid.IntRange(0, 6).Draw(rt, "groups"); groups > 0; groups-- {
				kind := rapid.SampledFrom(reportsync.OutcomeKinds).Draw(rt, "kind")
				n := rapid.IntRange(1, 5).Draw(rt, "rows")
				if rapid.Bool().Draw(rt, "written") {
					seq++
					noError(t, j.Plan(ctx, batchOf(seq, planned(row, n))))
					noError(t, j.Settle(ctx, seq, rowsOf(kind, row, n), rapid.Bool().Draw(rt, "done")))
				} else {
					noError(t, j.Record(ctx, rowsOf(kind, row, n)))
				}
				row += n
				want.Read += int64(n)
				want.Add(kind, int64(n))
			}
			noError(t, b.FinishRun(ctx, run.ID, "node-1", 1, reportsync.RunCompleted, reportsync.Counts{Read: want.Read}, 0, 0, nil))
			got := must(b.Run(ctx, run.ID))(t).Counts
			if got != want || got.Total() != got.Read {
				rt.Fatalf("counts %+v, want %+v", got, want)
			}
		})
	})
}

func TestRuntimeIsRounded(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		claim, _ := b.claimed("onboarding")
		noError(t, b.FinishRun(t.Context(), claim.Run.ID, "node-1", 1, reportsync.RunCompleted, reportsync.Counts{}, 0, 0, nil))
		got := must(b.Run(t.Context(), claim.Run.ID))(t)
		if want := got.FinishedAt.Sub(*got.StartedAt).Round(time.Millisecond).Seconds(); *got.RuntimeSeconds != want {
			t.Errorf("ran %v seconds, want %v", *got.RuntimeSeconds, want)
		}
	})
}
