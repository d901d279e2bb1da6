package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestClaimRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		run := b.runOf(in.ID)
		changed := in.IntegrationSpec
		changed.Object = "Lead"
		must(b.ReplaceIntegration(ctx, in.ID, 0, changed))(t)

		claim := must(b.ClaimRun(ctx, run.ID, "node-1", lease))(t)
		if diff := cmp.Diff(in, claim.Integration); diff != "" {
			t.Errorf("the run works on another revision (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(must(b.Source(ctx, in.SourceID))(t), claim.Source); diff != "" {
			t.Errorf("source (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(must(b.Connection(ctx, in.ConnectionID))(t), claim.Connection); diff != "" {
			t.Errorf("connection (-want +got):\n%s", diff)
		}
		if r := claim.Run; r.Status != reportsync.RunRunning || r.Attempt != 1 || r.StartedAt == nil || r.Stage != reportsync.StageOpen || claim.CancelRequested {
			t.Errorf("claimed %+v", r)
		}
		if ids := queuedIDs(t, b.Store); len(ids) != 0 {
			t.Errorf("still queued: %v", ids)
		}
		_, err := b.ClaimRun(ctx, run.ID, "node-2", lease)
		if !errors.Is(err, store.ErrNotQueued) {
			t.Errorf("claimed twice: %v", err)
		}
		_, err = b.ClaimRun(ctx, "run_missing", "node-2", lease)
		wantCode(t, err, reportsync.CodeNotFound)
	})
}

func TestClaimRace(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		run, nodes := b.run("onboarding"), b.nodes()
		var won atomic.Int32
		race(10, func(i int) {
			_, err := nodes[i%len(nodes)].ClaimRun(t.Context(), run.ID, fmt.Sprintf("node-%d", i), lease)
			switch {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, store.ErrNotQueued):
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Errorf("%d nodes claimed the run", won.Load())
		}
	})
}

func TestRenewLease(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		b.claim(run.ID, "node-1", 0) // over at once, but nobody has taken it
		if wanted := must(b.RenewLease(ctx, run.ID, "node-1", 1, lease))(t); wanted {
			t.Error("somebody wants to cancel")
		}
		if requeued, failed, err := b.RequeueExpired(ctx, 5); err != nil || len(requeued)+len(failed) != 0 {
			t.Errorf("took a renewed lease: %v, %v, %v", requeued, failed, err)
		}
		must(b.RequestCancel(ctx, run.ID, "somebody"))(t)
		if wanted := must(b.RenewLease(ctx, run.ID, "node-1", 1, lease))(t); !wanted {
			t.Error("does not say that somebody wants to cancel")
		}
		for name, err := range map[string]error{
			"another owner":   errorOf(b.RenewLease(ctx, run.ID, "node-2", 1, lease)),
			"another attempt": errorOf(b.RenewLease(ctx, run.ID, "node-1", 2, lease)),
			"another run":     errorOf(b.RenewLease(ctx, "run_missing", "node-1", 1, lease)),
		} {
			if !errors.Is(err, reportsync.ErrLeaseLost) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// A node that comes back after its run was taken over changes nothing any more.
func TestTakeoverFencesTheOldOwner(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		_, old := b.claim(run.ID, "node-1", 0)
		noError(t, old.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageWrite, APICalls: 7}))
		noError(t, old.Plan(ctx, batchOf(1, planned(1, 2))))
		requeued, failed, err := b.RequeueExpired(ctx, 5)
		if err != nil || !cmp.Equal(requeued, []string{run.ID}) || len(failed) != 0 {
			t.Fatalf("requeued %v, failed %v, %v", requeued, failed, err)
		}
		fenced := func(when string) {
			t.Helper()
			for name, err := range fencedCalls(t, b, run.ID, old) {
				if !errors.Is(err, reportsync.ErrLeaseLost) {
					t.Errorf("%s, %s: %v", when, name, err)
				}
			}
		}
		fenced("queued again")
		claim, current := b.claim(run.ID, "node-1", lease) // the same node, started again
		fenced("in another attempt")
		if claim.Run.Attempt != 2 || claim.Run.APICalls != 7 {
			t.Errorf("attempt %d begins with %d calls", claim.Run.Attempt, claim.Run.APICalls)
		}
		if rows := replayed(t, current.Planned); len(rows[1]) != 2 {
			t.Errorf("the new attempt finds %v", rows)
		}
		entries := must(b.RunLog(ctx, run.ID, 0, 0))(t)
		if len(entries) != 1 || entries[0].Level != reportsync.LogWarn || !strings.Contains(entries[0].Message, "node-1") || entries[0].Stage != reportsync.StageWrite {
			t.Errorf("the run's log says %+v", entries)
		}
		noError(t, current.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 2), true))
		noError(t, b.FinishRun(ctx, run.ID, "node-1", 2, reportsync.RunResult{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 2, Updated: 2}, APICalls: 5}))
		fenced("ended")
		if got := must(b.Run(ctx, run.ID))(t); got.APICalls != 12 || got.Attempt != 2 {
			t.Errorf("ended with %d calls in attempt %d", got.APICalls, got.Attempt)
		}
	})
}

// fencedCalls does everything that only the holder of a run may do.
func fencedCalls(t *testing.T, b *bundle, runID string, j *store.Journal) map[string]error {
	ctx := t.Context()
	return map[string]error{
		"Log":         j.Log(ctx, reportsync.LogInfo, reportsync.StageOpen, "late"),
		"Progress":    j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageOpen}),
		"PinReport":   j.PinReport(ctx, reportsync.ReportVersion{Path: "late.csv"}),
		"Facts":       j.Facts(ctx, reportsync.RunFacts{}),
		"Planned":     j.Planned(ctx, func(int, []reportsync.Outcome) error { return nil }),
		"Answers":     j.Answers(ctx, func(int, []reportsync.Outcome) error { return nil }),
		"Batches":     errorOf(j.Batches(ctx)),
		"Plan":        j.Plan(ctx, batchOf(9, planned(20, 1))),
		"MarkBatch":   j.MarkBatch(ctx, 1, "job", reportsync.BatchOpen),
		"Settle":      j.Settle(ctx, 1, rowsOf(reportsync.Failed, 1, 1), true),
		"RenewLease":  errorOf(b.RenewLease(ctx, runID, "node-1", 1, lease)),
		"ReleaseRun":  b.ReleaseRun(ctx, runID, "node-1", 1),
		"FinishRun":   b.FinishRun(ctx, runID, "node-1", 1, reportsync.RunResult{Status: reportsync.RunCompleted}),
		"PostponeRun": b.PostponeRun(ctx, runID, "node-1", 1, time.Now()),
		"FailRun":     b.FailRun(ctx, runID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal}),
	}
}

func TestRequeueRace(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		var want []string
		for i := range 5 {
			run := b.run(fmt.Sprintf("integration %d", i))
			b.claim(run.ID, "node-1", 0)
			want = append(want, run.ID)
		}
		nodes := b.nodes()
		var taken atomic.Int64
		race(5, func(i int) {
			requeued, failed, err := nodes[i%len(nodes)].RequeueExpired(t.Context(), 5)
			if err != nil || len(failed) != 0 {
				t.Errorf("failed %v, %v", failed, err)
			}
			taken.Add(int64(len(requeued)))
		})
		if int(taken.Load()) != len(want) {
			t.Errorf("%d runs were queued again, want %d", taken.Load(), len(want))
		}
		if got := queuedIDs(t, b.Store); !cmp.Equal(got, want) {
			t.Errorf("queued: %v, want %v", got, want)
		}
	})
}

func TestRunThatIsCutOffTooOften(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		for range 4 { // stopped in good order, which does not count
			c, _ := b.claim(run.ID, "node-1", lease)
			noError(t, b.ReleaseRun(ctx, run.ID, "node-1", c.Run.Attempt))
		}
		_, j := b.claim(run.ID, "node-1", 0)
		noError(t, j.Plan(ctx, batchOf(1, planned(3, 4))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 3, 1), false))
		if requeued, _, err := b.RequeueExpired(ctx, 2); err != nil || len(requeued) != 1 {
			t.Fatalf("requeued %v, %v", requeued, err)
		}
		b.claim(run.ID, "node-2", 0)
		_, failed, err := b.RequeueExpired(ctx, 2)
		if err != nil || !cmp.Equal(failed, []string{run.ID}) {
			t.Fatalf("failed %v, %v", failed, err)
		}
		got := must(b.Run(ctx, run.ID))(t)
		if got.Status != reportsync.RunFailed || got.Error == nil || got.Error.Code != reportsync.CodeInterrupted || got.FinishedAt == nil || got.Attempt != 6 {
			t.Errorf("ended as %+v", got)
		}
		if want := (reportsync.Counts{Read: 4, Updated: 1, Unprocessed: 3}); got.Counts != want {
			t.Errorf("counts %+v, want %+v", got.Counts, want)
		}
		for _, o := range b.outcomes(run.ID, reportsync.Unprocessed) {
			if o.Code != reportsync.RowNoAnswer || o.Message == "" || len(o.Changes) != 1 {
				t.Errorf("an unanswered row reads %+v", o)
			}
		}
		entries := must(b.RunLog(ctx, run.ID, 0, 0))(t)
		if len(entries) != 2 || entries[1].Level != reportsync.LogError || entries[1].Seq != 2 {
			t.Errorf("the run's log says %+v", entries)
		}
		b.runOf(run.IntegrationID) // nothing stands in the way of the next
	})
}

func TestReleaseRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		claim, j := b.claimed("onboarding")
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageMatch, Done: 1, Total: 2}))
		noError(t, b.ReleaseRun(ctx, claim.Run.ID, "node-1", 1))
		if got := must(b.Run(ctx, claim.Run.ID))(t); got.Status != reportsync.RunQueued || got.Stage != "" || got.Progress != nil {
			t.Errorf("released as %+v", got)
		}
		again, _ := b.claim(claim.Run.ID, "node-2", lease)
		if again.Run.Attempt != 2 || !again.Run.StartedAt.Equal(*claim.Run.StartedAt) {
			t.Errorf("attempt %d started at %s, the first at %s", again.Run.Attempt, again.Run.StartedAt, claim.Run.StartedAt)
		}
	})
}
