package work_test

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// inBubble opens a store whose goroutines all live in the bubble of the test. Time there begins at midnight UTC.
func inBubble(t *testing.T) *store.Store {
	t.Helper()
	dir := t.TempDir()
	return opener(dir, "sqlite://"+filepath.Join(dir, "reportsync.db"))(t)
}

// sleepUntil lets the bubble's clock run to a time of its day.
func sleepUntil(t *testing.T, hour, minute, second int) {
	t.Helper()
	now := time.Now().UTC()
	then := time.Date(now.Year(), now.Month(), now.Day(), hour, minute, second, 0, time.UTC)
	if then.Before(now) {
		t.Fatalf("%s has passed", then)
	}
	time.Sleep(then.Sub(now))
	synctest.Wait()
}

func countRuns(t *testing.T, s *store.Store, in reportsync.Integration, want int) []reportsync.Run {
	t.Helper()
	runs := listRuns(t, s, in)
	if len(runs) != want {
		t.Fatalf("%s: %d runs, want %d", time.Now().UTC().Format(time.TimeOnly), len(runs), want)
	}
	return runs
}

// The default schedule starts a run at 09:00 UTC, within two seconds, and one only.
func TestDailyAtNine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inBubble(t)
		in := addIntegration(t, s, reportsync.DefaultSchedule)
		sleepUntil(t, 8, 59, 50)
		startNode(t, work.Config{Store: s, Execute: completed})
		sleepUntil(t, 8, 59, 59)
		countRuns(t, s, in, 0)
		sleepUntil(t, 9, 0, 2)
		run := countRuns(t, s, in, 1)[0]
		nine := time.Date(2000, 1, 1, 9, 0, 0, 0, time.UTC)
		if run.Status != reportsync.RunCompleted || run.Trigger != reportsync.TriggerSchedule || run.ScheduledFor == nil || !run.ScheduledFor.Equal(nine) {
			t.Errorf("run %s by %s for %v, want a completed scheduled one for %s", run.Status, run.Trigger, run.ScheduledFor, nine)
		}
		sleepUntil(t, 9, 2, 0)
		countRuns(t, s, in, 1)
	})
}

// A daemon that was down for days runs the latest slot when it is back, and none of the others.
func TestCatchUpOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inBubble(t)
		in := addIntegration(t, s, reportsync.DefaultSchedule)
		time.Sleep(3*24*time.Hour + 12*time.Hour)
		startNode(t, work.Config{Store: s, Execute: completed})
		time.Sleep(time.Minute)
		synctest.Wait()
		run := countRuns(t, s, in, 1)[0]
		if latest := time.Date(2000, 1, 4, 9, 0, 0, 0, time.UTC); run.ScheduledFor == nil || !run.ScheduledFor.Equal(latest) {
			t.Errorf("caught up for %v, want %s", run.ScheduledFor, latest)
		}
	})
}

// Slots that come while a run is live are caught up once it has ended, by one run.
func TestSlotDuringRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inBubble(t)
		in := addIntegration(t, s, "* * * * *")
		execute, began := held()
		startNode(t, work.Config{Store: s, Execute: execute})
		sleepUntil(t, 0, 1, 2)
		a := <-began
		sleepUntil(t, 0, 3, 30)
		countRuns(t, s, in, 1)
		a.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		sleepUntil(t, 0, 3, 32)
		run := countRuns(t, s, in, 2)[0]
		if slot := time.Date(2000, 1, 1, 0, 3, 0, 0, time.UTC); run.ScheduledFor == nil || !run.ScheduledFor.Equal(slot) {
			t.Errorf("the second run is for %v, want %s", run.ScheduledFor, slot)
		}
		(<-began).end(sync.Result{Status: reportsync.RunCompleted}, nil)
		synctest.Wait()
	})
}

// With the default timing, a run on demand begins within two seconds, and one whose node died goes on within a minute
// (invariant 6).
func TestPromises(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := inBubble(t)
		execute, began := held()
		orphan := queueRun(t, s, addIntegration(t, s, reportsync.ManualSchedule))
		if _, err := s.ClaimRun(t.Context(), orphan.ID, "dead", 20*time.Second); err != nil {
			t.Fatal(err)
		}
		died := time.Now()
		n := startNode(t, work.Config{Store: s, Execute: execute})
		asked := time.Now()
		startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		a := <-began
		if waited := time.Since(asked); waited > 2*time.Second {
			t.Errorf("a run on demand began after %s", waited)
		}
		b := <-began
		if waited := time.Since(died); b.claim.Run.ID != orphan.ID || waited > time.Minute {
			t.Errorf("run %s went on after %s, want %s within a minute", b.claim.Run.ID, waited, orphan.ID)
		}
		for _, attempt := range []attempt{a, b} {
			attempt.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		}
		synctest.Wait()
	})
}
