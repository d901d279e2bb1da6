package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A postponed run is queued as if nobody had taken it up, with its log, and nobody takes it up before its time.
func TestPostponeRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		claim, j := b.claim(run.ID, "node-1", lease)
		noError(t, j.Log(ctx, reportsync.LogInfo, reportsync.StageOpen, "too old"))
		noError(t, j.PinReport(ctx, reportsync.ReportVersion{Path: "onboarding/old.csv"}))
		noError(t, j.Progress(ctx, reportsync.RunProgress{Stage: reportsync.StageExtract, Counts: reportsync.Counts{Read: 3}, APICalls: 2, BytesSent: 9}))
		waiting := &reportsync.Waiting{Until: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Reason: "too old"}
		noError(t, j.Facts(ctx, reportsync.RunFacts{Waiting: waiting}))
		if running := must(b.Run(ctx, run.ID))(t); running.Waiting != nil {
			t.Errorf("it is running, and waits: %+v", running.Waiting)
		}
		noError(t, b.PostponeRun(ctx, run.ID, "node-1", 1, time.Now().Add(time.Hour)))

		want := run
		want.APICalls, want.BytesSent, want.StartedAt, want.Waiting = 2, 9, claim.Run.StartedAt, waiting
		if diff := cmp.Diff(want, must(b.Run(ctx, run.ID))(t)); diff != "" {
			t.Errorf("postponed (-want +got):\n%s", diff)
		}
		if entries := must(b.RunLog(ctx, run.ID, 0, 0))(t); len(entries) != 1 {
			t.Errorf("its log has %d entries", len(entries))
		}
		if ids := queuedIDs(t, b.Store); len(ids) != 0 {
			t.Errorf("waits to be claimed: %v", ids)
		}
		if _, err := b.ClaimRun(ctx, run.ID, "node-2", lease); !errors.Is(err, store.ErrNotQueued) {
			t.Errorf("claimed before its time: %v", err)
		}
		_, err := b.CreateRun(ctx, reportsync.NewRun{IntegrationID: run.IntegrationID})
		wantCode(t, err, reportsync.CodeConflict, run.ID)

		got := must(b.RequestCancel(ctx, run.ID, "the token \"ada\""))(t)
		if got.Status != reportsync.RunCancelled || got.Counts != (reportsync.Counts{}) || got.Waiting != nil {
			t.Errorf("cancelled it is %+v", got)
		}
		entries := must(b.RunLog(ctx, run.ID, 1, 0))(t)
		if len(entries) != 1 || entries[0].Message != `cancelled by the token "ada" while it was queued` || entries[0].At.IsZero() {
			t.Errorf("its log goes on with %+v", entries)
		}
	})
}

func TestPostponedRunWakesUp(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		first, _ := b.claim(run.ID, "node-1", lease)
		noError(t, b.PostponeRun(ctx, run.ID, "node-1", 1, time.Now().Add(-time.Second)))
		if ids := queuedIDs(t, b.Store); !cmp.Equal(ids, []string{run.ID}) {
			t.Errorf("waiting to be claimed: %v", ids)
		}
		again, _ := b.claim(run.ID, "node-1", lease)
		if again.Run.Attempt != 1 || !again.Run.StartedAt.Equal(*first.Run.StartedAt) {
			t.Errorf("claimed as attempt %d, started %v", again.Run.Attempt, again.Run.StartedAt)
		}
		noError(t, b.ReleaseRun(ctx, run.ID, "node-1", 1))
		if ids := queuedIDs(t, b.Store); len(ids) != 1 { // its time has not come back with it
			t.Errorf("waiting to be claimed after its release: %v", ids)
		}
	})
}

// A run that has planned rows goes on from what its journal says, with the report that they are of, and nobody takes it up
// before its time. It can be cancelled meanwhile, which makes its time come.
func TestPostponeRunWithRows(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		run := b.run("onboarding")
		claim, j := b.claim(run.ID, "node-1", lease)
		version := reportsync.ReportVersion{Path: "onboarding/old.csv", SHA256: "x"}
		noError(t, j.PinReport(ctx, version))
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 1))))
		noError(t, b.PostponeRun(ctx, run.ID, "node-1", claim.Run.Attempt, time.Now().Add(time.Hour)))
		if _, err := b.ClaimRun(ctx, run.ID, "node-2", lease); !errors.Is(err, store.ErrNotQueued) {
			t.Errorf("claimed before its time: %v", err)
		}
		got := must(b.RequestCancel(ctx, run.ID, "somebody"))(t)
		if got.Status != reportsync.RunQueued {
			t.Errorf("with rows that have no answer it was ended: %s", got.Status)
		}
		again, j := b.claim(run.ID, "node-2", lease)
		if again.Run.Attempt != 2 || again.Run.ReportVersion == nil || *again.Run.ReportVersion != version || !again.CancelRequested {
			t.Errorf("claimed as %+v", again.Run)
		}
		if batches := must(j.Batches(ctx))(t); len(batches) != 1 {
			t.Errorf("its journal has the batches %+v", batches)
		}
	})
}

// Jobs that stay open are handed from run to run, not from one that was followed by another.
func TestOpenJobs(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		first := b.run("onboarding")
		if open := must(b.OpenJobs(ctx, first.IntegrationID, first.ID))(t); len(open) != 0 {
			t.Errorf("before any run %v are open", open)
		}
		end := func(id string, open ...string) {
			_, j := b.claim(id, "node-1", lease)
			noError(t, j.Facts(ctx, reportsync.RunFacts{OpenJobs: open}))
			noError(t, b.FinishRun(ctx, id, "node-1", 1, reportsync.RunResult{Status: reportsync.RunFailed}))
		}
		end(first.ID, "750A", "750B")
		second := must(b.CreateRun(ctx, reportsync.NewRun{IntegrationID: first.IntegrationID}))(t)
		if open := must(b.OpenJobs(ctx, first.IntegrationID, second.ID))(t); !cmp.Equal(open, []string{"750A", "750B"}) {
			t.Errorf("open are %v", open)
		}
		end(second.ID)
		if open := must(b.OpenJobs(ctx, first.IntegrationID, ""))(t); len(open) != 0 {
			t.Errorf("after a run that left none %v are open", open)
		}
	})
}
