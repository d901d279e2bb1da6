package work_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// addMany stores integrations of one schedule that share all else.
func addMany(t *testing.T, s *store.Store, n int, schedule string) {
	t.Helper()
	first := addIntegration(t, s, reportsync.ManualSchedule).IntegrationSpec
	first.Schedule = &schedule
	for i := range n {
		first.Name = fmt.Sprintf("many-%d", i)
		if _, err := s.CreateIntegration(t.Context(), first); err != nil {
			t.Fatal(err)
		}
	}
}

// A thousand integrations of the same minute all get their run, and one each.
func TestManyDueAtOnce(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		const n = 1000
		addMany(t, s, n, "* * * * *")
		now := &clock{now: time.Now()}
		worked := make(chan string, 2*n)
		// Leases as they are by default: where the machine is slow, a brisk one runs out and its run has another attempt.
		timing := work.Timing{Sweep: 200 * time.Millisecond, Poll: brisk.Poll}
		startNode(t, work.Config{Store: s, Now: now.Now, Timing: timing, Parallel: 32, Execute: func(ctx context.Context, c store.Claim, j *store.Journal) (sync.Result, error) {
			worked <- c.Run.ID
			return completed(ctx, c, j)
		}})
		now.set(time.Now().Truncate(time.Minute).Add(time.Minute))
		seen := map[string]bool{}
		for range n {
			id := receive(t, worked, "a run of the minute")
			if seen[id] {
				t.Fatalf("%s was worked on twice", id)
			}
			seen[id] = true
		}
		eventually(t, "the end of all runs", func() bool {
			live, _, err := s.Runs(t.Context(), store.RunFilter{Status: []reportsync.RunStatus{reportsync.RunQueued, reportsync.RunRunning}, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			return len(live) == 0
		})
		runs, next, err := s.Runs(t.Context(), store.RunFilter{Limit: n})
		if err != nil || next != "" {
			t.Fatalf("more than %d runs, or none: %v", n, err)
		}
		served := map[string]bool{}
		for _, run := range runs {
			served[run.IntegrationID] = true
		}
		if len(served) != n {
			t.Errorf("%d integrations had a run, want %d", len(served), n)
		}
	})
}
