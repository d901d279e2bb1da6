package store_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var slot = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func TestCreateRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		before := time.Now().Add(-time.Second)
		run := must(b.CreateRun(ctx, reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerSchedule, DryRun: true, FullResync: true, IgnoreGuards: true, Slot: &slot}))(t)
		if !reportsync.RunID.Is(run.ID) || run.QueuedAt.Before(before) || run.QueuedAt.After(time.Now()) {
			t.Errorf("queued %s at %s", run.ID, run.QueuedAt)
		}
		want := reportsync.Run{
			ID: run.ID, IntegrationID: in.ID, IntegrationName: "onboarding", Report: in.Report, Object: "Contact", Trigger: reportsync.TriggerSchedule,
			DryRun: true, FullResync: true, IgnoreGuards: true, Status: reportsync.RunQueued, ScheduledFor: &slot, QueuedAt: run.QueuedAt, Revision: 1,
		}
		for what, got := range map[string]reportsync.Run{"created": run, "read": must(b.Run(ctx, run.ID))(t)} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
		}
		if ids := queuedIDs(t, b.Store); !cmp.Equal(ids, []string{run.ID}) {
			t.Errorf("queued: %v", ids)
		}
		_, err := b.CreateRun(ctx, reportsync.NewRun{IntegrationID: in.ID})
		wantCode(t, err, reportsync.CodeConflict, `"onboarding"`, run.ID, "queued")
		_, err = b.CreateRun(ctx, reportsync.NewRun{IntegrationID: "int_missing"})
		wantCode(t, err, reportsync.CodeNotFound, "int_missing")
		for _, id := range []string{"run_missing", "", "run_\x00", "run_\xff", "' OR 1 = 1"} {
			_, err = b.Run(ctx, id)
			wantCode(t, err, reportsync.CodeNotFound)
		}
	})
}

// One slot starts one run, even when that is long gone (invariant 3).
func TestSlotStartsOneRun(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		at := func(slot time.Time) (reportsync.Run, error) {
			return b.CreateRun(ctx, reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerSchedule, Slot: &slot})
		}
		run := must(at(slot))(t)
		_, err := at(slot)
		if !errors.Is(err, store.ErrSlotTaken) {
			t.Errorf("the same slot while its run is live: %v", err)
		}
		_, err = at(slot.Add(time.Hour))
		wantCode(t, err, reportsync.CodeConflict, run.ID)

		must(b.RequestCancel(ctx, run.ID, "somebody"))(t)
		if ids := must(b.PruneRuns(ctx, time.Now().Add(time.Hour)))(t); len(ids) != 1 {
			t.Errorf("pruned %v", ids)
		}
		for _, taken := range []time.Time{slot, slot.Add(-time.Hour)} {
			if _, err := at(taken); !errors.Is(err, store.ErrSlotTaken) {
				t.Errorf("%s after its run was pruned: %v", taken, err)
			}
		}
		must(at(slot.Add(time.Hour)))(t) // the conflict has not used it up
	})
}

// Of runs that are made together, those that can't be leave nothing and keep back no other.
func TestCreateRuns(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		busy, late, free := b.integration("busy"), b.integration("late"), b.integration("free")
		live := b.runOf(busy.ID)
		must(b.RequestCancel(ctx, must(b.CreateRun(ctx, reportsync.NewRun{IntegrationID: late.ID, Slot: &slot}))(t).ID, "somebody"))(t)
		at := func(id string) reportsync.NewRun {
			return reportsync.NewRun{IntegrationID: id, Trigger: reportsync.TriggerSchedule, Slot: &slot}
		}
		made := must(b.CreateRuns(ctx, []reportsync.NewRun{at(busy.ID), at("int_missing"), at(late.ID), at(free.ID), at(free.ID)}))(t)
		if len(made) != 1 || made[0].IntegrationID != free.ID || made[0].Status != reportsync.RunQueued {
			t.Errorf("made %+v", made)
		}
		must(b.RequestCancel(ctx, live.ID, "somebody"))(t)
		made = must(b.CreateRuns(ctx, []reportsync.NewRun{at(busy.ID)}))(t) // its slot was not used up
		if len(made) != 1 || len(queuedIDs(t, b.Store)) != 2 {
			t.Errorf("then made %+v", made)
		}
	})
}

func TestRunsPerIntegrationRace(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		in, nodes := b.integration("onboarding"), b.nodes()
		var mu sync.Mutex
		made := map[string]bool{}
		race(20, func(i int) {
			run, err := nodes[i%len(nodes)].CreateRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerAPI})
			switch {
			case err == nil:
				mu.Lock()
				made[run.ID] = true
				mu.Unlock()
			case reportsync.CodeOf(err) != reportsync.CodeConflict:
				t.Error(err)
			}
		})
		if len(made) != 1 {
			t.Errorf("made %d runs: %v", len(made), made)
		}
	})
}

func TestSlotRace(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		in, nodes := b.integration("onboarding"), b.nodes()
		var mu sync.Mutex
		made := 0
		race(10, func(i int) {
			run, err := nodes[i%len(nodes)].CreateRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerSchedule, Slot: &slot})
			if err == nil { // ended at once, so that only the slot keeps the others out
				_, err = b.RequestCancel(t.Context(), run.ID, "somebody")
				mu.Lock()
				made++
				mu.Unlock()
			}
			if err != nil && !errors.Is(err, store.ErrSlotTaken) {
				t.Error(err)
			}
		})
		if made != 1 {
			t.Errorf("one slot started %d runs", made)
		}
	})
}

// race runs fn n times at once and waits for all.
func race(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestRunsNewestFirst(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		one, two := b.integration("one"), b.integration("two")
		var want []string // newest first
		for i := range 6 {
			in := one
			if i%3 == 2 {
				in = two
			}
			run := b.runOf(in.ID)
			want = append([]string{run.ID}, want...)
			if i < 4 {
				must(b.RequestCancel(ctx, run.ID, "somebody"))(t)
			}
		}
		ids := func(f store.RunFilter) (all []string) {
			t.Helper()
			for {
				page, next, err := b.Runs(ctx, f)
				noError(t, err)
				for _, r := range page {
					all = append(all, r.ID)
				}
				if next == "" {
					return all
				}
				f.Cursor = next
			}
		}
		for name, test := range map[string]struct {
			filter store.RunFilter
			want   []string
		}{
			"all":            {store.RunFilter{}, want},
			"two a page":     {store.RunFilter{Limit: 2}, want},
			"of one":         {store.RunFilter{IntegrationID: two.ID, Limit: 1}, []string{want[0], want[3]}},
			"queued":         {store.RunFilter{Status: []reportsync.RunStatus{reportsync.RunQueued}}, want[:2]},
			"of two kinds":   {store.RunFilter{Status: []reportsync.RunStatus{reportsync.RunQueued, reportsync.RunCancelled}}, want},
			"none":           {store.RunFilter{Status: []reportsync.RunStatus{reportsync.RunFailed}}, nil},
			"of one, queued": {store.RunFilter{IntegrationID: one.ID, Status: []reportsync.RunStatus{reportsync.RunQueued}}, []string{want[1]}},
		} {
			if diff := cmp.Diff(test.want, ids(test.filter)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestPruneRuns(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx, in := t.Context(), b.integration("onboarding")
		old := b.runOf(in.ID)
		claim, j := b.claim(old.ID, "node-1", lease)
		noError(t, j.Log(ctx, reportsync.LogInfo, reportsync.StageOpen, "hello"))
		noError(t, j.Plan(ctx, batchOf(1, planned(1, 3))))
		noError(t, j.Settle(ctx, 1, rowsOf(reportsync.Updated, 1, 3), true))
		noError(t, b.FinishRun(ctx, old.ID, "node-1", claim.Run.Attempt, reportsync.RunResult{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: 3, Updated: 3}, APICalls: 1}))
		ended := must(b.Run(ctx, old.ID))(t).FinishedAt
		live := b.runOf(in.ID)

		if ids := must(b.PruneRuns(ctx, *ended))(t); len(ids) != 0 {
			t.Errorf("pruned %v, which ended at the very moment", ids)
		}
		for range 2 { // the artifacts are still to be deleted
			if ids := must(b.PruneRuns(ctx, ended.Add(time.Hour)))(t); !cmp.Equal(ids, []string{old.ID}) {
				t.Errorf("pruned %v, want %s", ids, old.ID)
			}
		}
		noError(t, b.ForgetPruned(ctx, old.ID))
		if ids := must(b.PruneRuns(ctx, ended.Add(time.Hour)))(t); len(ids) != 0 {
			t.Errorf("still to delete the artifacts of %v", ids)
		}
		_, err := b.Run(ctx, old.ID)
		wantCode(t, err, reportsync.CodeNotFound)
		_, err = b.RunLog(ctx, old.ID, 0, 0)
		wantCode(t, err, reportsync.CodeNotFound)
		_, _, err = b.Outcomes(ctx, old.ID, store.OutcomeFilter{})
		wantCode(t, err, reportsync.CodeNotFound)
		must(b.Run(ctx, live.ID))(t)
		must(b.IntegrationRevision(ctx, in.ID, 1))(t)
	})
}
