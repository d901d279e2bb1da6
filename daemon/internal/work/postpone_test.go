package work_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// later is an execution that asks for another attempt until a moment has come.
func later(until time.Time) work.Execute {
	return func(context.Context, store.Claim, *store.Journal) (sync.Result, error) {
		if time.Now().Before(until) {
			return sync.Result{}, fmt.Errorf("open the report: %w", &sync.PostponedError{Until: until})
		}
		return sync.Result{Status: reportsync.RunCompleted}, nil
	}
}

// A run that waits for its report takes no place from others, and goes on when its time has come.
func TestPostponed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inBubble(t)
		until := time.Now().Add(5 * time.Minute)
		n := startNode(t, work.Config{Store: s, Execute: later(until), Parallel: 1})
		first := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		second := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		for _, id := range []string{first.ID, second.ID} {
			if run := theRun(t, s, id); run.Status != reportsync.RunQueued || run.Attempt != 0 {
				t.Errorf("a waiting run is %s, attempt %d", run.Status, run.Attempt)
			}
		}
		if n.Running() != 0 {
			t.Errorf("%d runs are worked on, want none", n.Running())
		}
		if _, err := n.CancelRun(t.Context(), second.ID, "somebody"); err != nil {
			t.Fatal(err)
		}
		if run := theRun(t, s, second.ID); run.Status != reportsync.RunCancelled {
			t.Errorf("a waiting run that was cancelled is %s", run.Status)
		}
		time.Sleep(time.Until(until) + 3*time.Second)
		synctest.Wait()
		run := theRun(t, s, first.ID)
		if run.Status != reportsync.RunCompleted || run.Attempt != 1 || run.FinishedAt.Before(until) {
			t.Errorf("in the end it is %s, attempt %d, at %v", run.Status, run.Attempt, run.FinishedAt)
		}
	})
}

// One that is put off to a time that has passed goes on all the same.
func TestPostponedToThePast(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		var postponed atomic.Bool
		n := startNode(t, work.Config{Store: s, Timing: brisk, Execute: func(ctx context.Context, c store.Claim, j *store.Journal) (sync.Result, error) {
			if postponed.CompareAndSwap(false, true) {
				return sync.Result{}, &sync.PostponedError{Until: time.Now().Add(-time.Minute)}
			}
			return completed(ctx, c, j)
		}})
		awaitStatus(t, s, startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule)).ID, reportsync.RunCompleted)
	})
}

func theRun(t *testing.T, s *store.Store, id string) reportsync.Run {
	t.Helper()
	run, err := s.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
