package work

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// startTogether is how many due runs are stored in one transaction: many integrations have the same schedule, and on
// SQLite each transaction waits for the disk. Nobody else writes meanwhile, so it has an end.
const startTogether = 100

// sweeper looks again and again for what nobody else sees to. It holds no state that a restart would miss.
type sweeper struct {
	cfg    Config
	queue  queue
	live   *attempts
	woken  chan struct{} // there is something in freed
	cancel context.CancelFunc
	done   sync.WaitGroup

	last      atomic.Int64 // Unix nanoseconds of the last sweep that went through
	scheduled time.Time    // when the schedules were last looked at
	reported  string       // the error that was last logged

	mu        sync.Mutex
	freed     map[string]bool     // integrations whose run has ended here, to be looked at now
	delivered map[string]delivery // queued runs that this node has inserted jobs for
}

func newSweeper(cfg Config, q queue, live *attempts) *sweeper {
	return &sweeper{cfg: cfg, queue: q, live: live, woken: make(chan struct{}, 1), freed: map[string]bool{}, delivered: map[string]delivery{}}
}

func (s *sweeper) start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.last.Store(time.Now().UnixNano())
	s.done.Go(func() {
		ticker := time.NewTicker(s.cfg.Timing.Sweep)
		defer ticker.Stop()
		s.note(ctx, s.once(ctx))
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				s.note(ctx, s.once(ctx))
			case <-s.woken:
				s.note(ctx, s.startFreed(ctx))
			}
		}
	})
}

func (s *sweeper) stop() {
	s.cancel()
	s.done.Wait()
}

// free asks for a look now at an integration whose run has ended: a slot that came due meanwhile starts at once.
func (s *sweeper) free(integrationID string) {
	s.mu.Lock()
	s.freed[integrationID] = true
	s.mu.Unlock()
	select {
	case s.woken <- struct{}{}:
	default: // one is asked for already
	}
}

// healthy tolerates a database that is away for a moment.
func (s *sweeper) healthy() error {
	const patience = 30 * time.Second
	if age := time.Since(time.Unix(0, s.last.Load())); age > patience+10*s.cfg.Timing.Sweep {
		return fmt.Errorf("runs have not been looked after for %s", age.Round(time.Second))
	}
	return nil
}

// note logs an error when it is new, and once when it is gone: a database that is away must not fill the log.
func (s *sweeper) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err == nil:
		s.last.Store(time.Now().UnixNano())
		if s.reported != "" {
			s.reported = ""
			s.cfg.Logger.Info("runs are looked after again")
		}
	case err.Error() != s.reported:
		s.reported = err.Error()
		s.cfg.Logger.Error("runs can't be looked after", "error", err)
	}
}

// once takes each step even when another fails.
func (s *sweeper) once(ctx context.Context) error {
	return errors.Join(s.requeue(ctx), s.startDue(ctx), s.deliver(ctx))
}

// requeue takes runs from nodes that no longer renew their leases (invariant 6).
func (s *sweeper) requeue(ctx context.Context) error {
	requeued, failed, err := s.cfg.Store.RequeueExpired(ctx, maxAttempts)
	for _, id := range requeued {
		s.cfg.Logger.Warn("run goes on after its node died or lost the database", "run", id)
	}
	for _, id := range failed {
		s.cfg.Logger.Error("run failed: it was cut off too often", "run", id, "attempts", maxAttempts)
	}
	if err != nil {
		return fmt.Errorf("requeue expired runs: %w", err)
	}
	return nil
}

// startDue starts the runs whose slots have come. Slots are whole minutes, so that most sweeps have nothing to look at.
func (s *sweeper) startDue(ctx context.Context) error {
	now := s.cfg.Now()
	sameMinute := now.Truncate(time.Minute).Equal(s.scheduled.Truncate(time.Minute))
	if sameMinute && now.Sub(s.scheduled) < s.cfg.Timing.Schedule {
		return nil
	}
	if err := s.startSlots(ctx, now); err != nil {
		return err
	}
	s.scheduled = now
	return nil
}

// startFreed looks at the integrations that have become free, and at no others: after each of a thousand runs a look at
// a thousand schedules would be all that the node does.
func (s *sweeper) startFreed(ctx context.Context) error {
	s.mu.Lock()
	freed := slices.Sorted(maps.Keys(s.freed))
	clear(s.freed)
	s.mu.Unlock()
	if len(freed) == 0 {
		return nil
	}
	return s.startSlots(ctx, s.cfg.Now(), freed...)
}

// startSlots starts the runs that the schedules of the integrations ask for, of all of them when none is named.
func (s *sweeper) startSlots(ctx context.Context, now time.Time, integrations ...string) error {
	states, err := s.cfg.Store.Schedules(ctx, integrations...)
	if err != nil {
		return fmt.Errorf("read the schedules: %w", err)
	}
	var failures []error
	for chunk := range slices.Chunk(due(states, now), startTogether) {
		runs, err := s.cfg.Store.CreateRuns(ctx, chunk)
		if err != nil {
			// One that can't be started must not keep back the others.
			runs, err = s.startEach(ctx, chunk)
		}
		failures = append(failures, err)
		s.announce(ctx, runs)
	}
	return errors.Join(failures...)
}

// startEach stores runs one by one.
func (s *sweeper) startEach(ctx context.Context, wanted []reportsync.NewRun) (runs []reportsync.Run, err error) {
	var failures []error
	for _, want := range wanted {
		made, err := s.cfg.Store.CreateRuns(ctx, []reportsync.NewRun{want})
		if err != nil {
			failures = append(failures, fmt.Errorf("start the run of %s for %s: %w", want.IntegrationID, want.Slot.Format(time.RFC3339), err))
		}
		runs = append(runs, made...)
	}
	return runs, errors.Join(failures...)
}
