package work_test

import (
	"context"
	"errors"
	"strings"
	gosync "sync"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/work"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestRunOnDemand(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		in := addIntegration(t, s, reportsync.ManualSchedule)
		run := startRun(t, n, in)

		a := receive(t, began, "the attempt")
		if a.claim.Run.ID != run.ID || a.claim.Run.Attempt != 1 || a.claim.Integration.ID != in.ID {
			t.Errorf("attempt %d at %s of %s, want the first at %s of %s", a.claim.Run.Attempt, a.claim.Run.ID, a.claim.Integration.ID, run.ID, in.ID)
		}
		_, err := n.StartRun(t.Context(), reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerManual})
		if reportsync.CodeOf(err) != reportsync.CodeConflict || !strings.Contains(err.Error(), run.ID) {
			t.Errorf("a second live run: error %v, want a conflict that names %s", err, run.ID)
		}
		a.end(sync.Result{Status: reportsync.RunCompleted, APICalls: 7}, nil)
		if got := awaitStatus(t, s, run.ID, reportsync.RunCompleted); got.APICalls != 7 {
			t.Errorf("%d API calls, want 7", got.APICalls)
		}
		if err := n.Healthy(); err != nil {
			t.Error(err)
		}
	})
}

func TestCancelRunning(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		run := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		a := receive(t, began, "the attempt")
		if _, err := n.CancelRun(t.Context(), run.ID, "somebody"); err != nil {
			t.Fatal(err)
		}
		<-a.ctx.Done()
		if cause := context.Cause(a.ctx); !errors.Is(cause, reportsync.ErrCancelled) {
			t.Errorf("cause %v, want %v", cause, reportsync.ErrCancelled)
		}
		awaitStatus(t, s, run.ID, reportsync.RunCancelled)
	})
}

// A cancel that was asked of another node arrives with the renewal of the lease.
func TestCancelThroughStore(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		run := startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		receive(t, began, "the attempt")
		if _, err := s.RequestCancel(t.Context(), run.ID, "somebody"); err != nil {
			t.Fatal(err)
		}
		awaitStatus(t, s, run.ID, reportsync.RunCancelled)
	})
}

// A run that a stop cuts off goes on at the next start.
func TestStopAndGoOn(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		execute, began := held()
		first := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		run := startRun(t, first, addIntegration(t, s, reportsync.ManualSchedule))
		a := receive(t, began, "the first attempt")
		stopNode(t, first)
		if cause := context.Cause(a.ctx); !errors.Is(cause, reportsync.ErrShutdown) {
			t.Errorf("cause %v, want %v", cause, reportsync.ErrShutdown)
		}
		if got, err := s.Run(t.Context(), run.ID); err != nil || got.Status != reportsync.RunQueued {
			t.Fatalf("after the stop the run is %s (%v), want %s", got.Status, err, reportsync.RunQueued)
		}
		stopNode(t, first) // again, which does nothing

		startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk})
		b := receive(t, began, "the second attempt")
		if b.claim.Run.ID != run.ID || b.claim.Run.Attempt != 2 {
			t.Errorf("attempt %d at %s, want the second at %s", b.claim.Run.Attempt, b.claim.Run.ID, run.ID)
		}
		b.end(sync.Result{Status: reportsync.RunCompleted}, nil)
		awaitStatus(t, s, run.ID, reportsync.RunCompleted)
	})
}

func TestStartAfterStop(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		n, err := work.New(work.Config{Store: s, Execute: completed})
		if err != nil {
			t.Fatal(err)
		}
		stopNode(t, n)
		if err := n.Start(t.Context()); err == nil {
			t.Error("a stopped node started")
		}
	})
}

// A panic fails its run and nothing else.
func TestPanic(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		log := &lockedBuffer{}
		var once gosync.Once
		n := startNode(t, work.Config{
			Store: s, Timing: brisk,
			Logger: hclog.New(&hclog.LoggerOptions{Output: log}),
			Execute: func(ctx context.Context, c store.Claim, j *store.Journal) (sync.Result, error) {
				once.Do(func() { panic("boom") })
				return completed(ctx, c, j)
			},
		})
		in := addIntegration(t, s, reportsync.ManualSchedule)
		broken := awaitStatus(t, s, startRun(t, n, in).ID, reportsync.RunFailed)
		if broken.Error == nil || broken.Error.Code != reportsync.CodeInternal || strings.Contains(broken.Error.Message, "boom") {
			t.Errorf("error %+v, want an internal one without the panic", broken.Error)
		}
		if text := log.String(); !strings.Contains(text, "boom") || !strings.Contains(text, "node_test.go") {
			t.Errorf("the log misses the panic or its stack:\n%s", text)
		}
		awaitStatus(t, s, startRun(t, n, in).ID, reportsync.RunCompleted)
	})
}

// No more runs than Parallel are worked on at once, and all get their turn.
func TestParallel(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, s *store.Store) {
		const runs, parallel = 5, 2
		execute, began := held()
		n := startNode(t, work.Config{Store: s, Execute: execute, Timing: brisk, Parallel: parallel})
		for range runs {
			startRun(t, n, addIntegration(t, s, reportsync.ManualSchedule))
		}
		var under []attempt
		for range parallel {
			under = append(under, receive(t, began, "an attempt"))
		}
		for done := range runs {
			if got := n.Running(); got > parallel {
				t.Errorf("%d runs at once, want %d at most", got, parallel)
			}
			a := under[0]
			under = under[1:]
			a.end(sync.Result{Status: reportsync.RunCompleted}, nil)
			awaitStatus(t, s, a.claim.Run.ID, reportsync.RunCompleted)
			if done+parallel < runs {
				under = append(under, receive(t, began, "the next attempt"))
			}
		}
	})
}

// lockedBuffer takes what several goroutines log.
type lockedBuffer struct {
	mu   gosync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
