package work_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// queueRun stores a run as a node does that dies before it inserts the run's job.
func queueRun(t *testing.T, s *store.Store, in reportsync.Integration) reportsync.Run {
	t.Helper()
	run, err := s.CreateRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerManual})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// A node that died right after it stored a run leaves it to the others.
func TestQueuedWithoutJob(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		run := queueRun(t, s, addIntegration(t, s, reportsync.ManualSchedule))
		startNode(t, work.Config{Store: s, Execute: completed, Timing: brisk})
		awaitStatus(t, s, run.ID, reportsync.RunCompleted)
	})
}

// A node that died in the middle of a run stops renewing; the run goes on elsewhere as its next attempt.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		run := queueRun(t, s, addIntegration(t, s, reportsync.ManualSchedule))
		if _, err := s.ClaimRun(t.Context(), run.ID, "dead", 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		execute, began := held()
		startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		a := receive(t, began, "the attempt that takes over")
		if a.claim.Run.ID != run.ID || a.claim.Run.Attempt != 2 {
			t.Errorf("attempt %d at %s, want the second at %s", a.claim.Run.Attempt, a.claim.Run.ID, run.ID)
		}
		a.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		awaitStatus(t, s, run.ID, reportsync.RunCompleted)
	})
}

// While a node renews its lease, however long its run takes, no other takes the run.
func TestLeaseIsKept(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		run := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		a := receive(t, began, "the attempt")
		select {
		case <-a.ctx.Done():
			t.Errorf("the attempt was ended: %v", context.Cause(a.ctx))
		case again := <-began:
			t.Errorf("attempt %d began beside the first", again.claim.Run.Attempt)
		case <-time.After(2 * brisk.Lease): // what is shown is that nothing happens
		}
		a.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		if got := awaitStatus(t, s, run.ID, reportsync.RunCompleted); got.Attempt != 1 {
			t.Errorf("%d attempts, want 1", got.Attempt)
		}
	})
}

// An attempt whose run was taken away stops, and what it returns changes nothing.
func TestLeaseLost(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		const name = "slow"
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk, Name: name})
		run := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		a := receive(t, began, "the attempt")
		// As another node does it when this one is late.
		if err := s.ReleaseRun(t.Context(), run.ID, name, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ClaimRun(t.Context(), run.ID, "quick", time.Hour); err != nil && !errors.Is(err, store.ErrNotQueued) {
			t.Fatal(err)
		}
		<-a.ctx.Done()
		if cause := context.Cause(a.ctx); !errors.Is(cause, reportsync.ErrLeaseLost) {
			t.Errorf("cause %v, want %v", cause, reportsync.ErrLeaseLost)
		}
		a.end(sync.Result{Status: reportsync.RunFailed}, nil)
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.Status != reportsync.RunRunning {
			t.Errorf("the run is %s (%v), want it to go on", got.Status, err)
		}
	})
}

// A run that is cut off again and again ends, so that the next one can start.
func TestCutOffTooOften(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		timing := brisk
		timing.Lease, timing.Renew = 300*time.Millisecond, 100*time.Millisecond
		n := startNode(t, work.Config{
			Store: s, Timing: timing,
			Execute: func(context.Context, store.Claim, *store.Journal) (sync.Result, error) {
				return sync.Result{}, errors.New("disk full")
			},
		})
		run := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		failed := awaitStatus(t, s, run.ID, reportsync.RunFailed)
		if failed.Error == nil || failed.Error.Code != reportsync.CodeInterrupted {
			t.Errorf("error %+v, want %s", failed.Error, reportsync.CodeInterrupted)
		}
		if failed.Attempt != 5 {
			t.Errorf("%d attempts, want 5", failed.Attempt)
		}
	})
}

// A node that died between fetching a job and claiming its run leaves a job that looks as if it were worked on.
func TestLostJob(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		busy := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk, Parallel: 1})
		blocker := addIntegration(t, s, reportsync.ManualSchedule)
		startRun(t, busy, blocker)
		a := receive(t, began, "the run that blocks the node")
		lost := startRun(t, busy, addIntegration(t, s, reportsync.ManualSchedule))
		markFetched(t, s, lost.ID)

		a.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		b := receive(t, began, "the run whose job was lost")
		if b.claim.Run.ID != lost.ID {
			t.Errorf("run %s began, want %s", b.claim.Run.ID, lost.ID)
		}
		b.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		awaitStatus(t, s, lost.ID, reportsync.RunCompleted)
	})
}

// markFetched marks the job of a run in River's table as River does for the node that fetches it.
func markFetched(t *testing.T, s *store.Store, runID string) {
	t.Helper()
	var marked int64
	if pool := s.Postgres(); pool != nil {
		tag, err := pool.Exec(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() WHERE args->>'run_id' = $1`, runID)
		if err != nil {
			t.Fatal(err)
		}
		marked = tag.RowsAffected()
	} else {
		result, err := s.SQLite().ExecContext(t.Context(),
			`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', 'subsec') WHERE json_extract(args, '$.run_id') = ?`, runID)
		if err != nil {
			t.Fatal(err)
		}
		if marked, err = result.RowsAffected(); err != nil {
			t.Fatal(err)
		}
	}
	if marked != 1 {
		t.Fatalf("%d jobs for the run, want 1", marked)
	}
}
