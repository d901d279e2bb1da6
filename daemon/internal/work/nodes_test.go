package work_test

import (
	"context"
	"fmt"
	gosync "sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// clock is a time that a test sets, for all nodes alike.
type clock struct {
	mu  gosync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// On one PostgreSQL, however many nodes sweep, a slot starts one run, and a run has one attempt (invariant 3).
func TestNodesShareOneDatabase(t *testing.T) {
	t.Parallel()
	open := opener(t.TempDir(), testenv.Postgres(t))
	const nodes, integrations, slots = 3, 4, 5
	var executed gosync.Map // by run id
	counting := func(node int) work.Execute {
		return func(ctx context.Context, c store.Claim, j *store.Journal) (sync.Result, error) {
			if other, twice := executed.LoadOrStore(c.Run.ID, node); twice {
				t.Errorf("run %s was executed by nodes %v and %d", c.Run.ID, other, node)
			}
			return completed(ctx, c, j)
		}
	}
	now := &clock{now: time.Now()}
	var starting errgroup.Group
	var s *store.Store
	for i := range nodes {
		s = open(t)
		n, err := work.New(work.Config{Store: s, Execute: counting(i), Timing: brisk, Now: now.Now, Name: fmt.Sprintf("node-%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stopNode(t, n) })
		starting.Go(func() error { return n.Start(t.Context()) })
	}
	var created []reportsync.Integration
	for range integrations {
		created = append(created, addIntegration(t, s, "* * * * *"))
	}
	if err := starting.Wait(); err != nil {
		t.Fatal(err)
	}
	first := time.Now().Truncate(time.Minute).Add(time.Minute)
	for slot := range slots {
		now.set(first.Add(time.Duration(slot) * time.Minute))
		for _, in := range created {
			awaitRuns(t, s, in, slot+1)
		}
	}
	for _, in := range created {
		seen := map[time.Time]bool{}
		for _, run := range listRuns(t, s, in) {
			if run.ScheduledFor == nil || run.Attempt != 1 || seen[*run.ScheduledFor] {
				t.Errorf("run %s: slot %v, attempt %d; want a slot of its own and one attempt", run.ID, run.ScheduledFor, run.Attempt)
				continue
			}
			seen[*run.ScheduledFor] = true
		}
		if len(seen) != slots {
			t.Errorf("%d slots were run, want %d", len(seen), slots)
		}
	}
}

func listRuns(t *testing.T, s *store.Store, in reportsync.Integration) []reportsync.Run {
	t.Helper()
	runs, _, err := s.Runs(t.Context(), store.RunFilter{IntegrationID: in.ID})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// awaitRuns waits until an integration has so many runs, all of them completed.
func awaitRuns(t *testing.T, s *store.Store, in reportsync.Integration, want int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d completed runs", want), func() bool {
		runs := listRuns(t, s, in)
		if len(runs) > want {
			t.Fatalf("%d runs, want %d", len(runs), want)
		}
		return len(runs) == want && runs[0].Status == reportsync.RunCompleted
	})
}
