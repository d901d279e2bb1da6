package work

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// deliverLimit bounds how many queued runs one sweep looks at; the oldest come first.
const deliverLimit = 1000

// sweeper looks again and again for what nobody else sees to. It holds no state that a restart would miss.
type sweeper struct {
	cfg    Config
	queue  queue
	live   *attempts
	woken  chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup

	last      atomic.Int64 // Unix nanoseconds of the last sweep that went through
	scheduled time.Time    // when the schedules were last looked at
	reported  string       // the error that was last logged

	mu        sync.Mutex
	delivered map[string]delivery // queued runs that this node has inserted jobs for
}

// delivery is the last job that was inserted for a queued run; the zero value stands for none.
type delivery struct {
	lane lane
	at   time.Time
}

func newSweeper(cfg Config, q queue, live *attempts) *sweeper {
	return &sweeper{cfg: cfg, queue: q, live: live, woken: make(chan struct{}, 1), delivered: map[string]delivery{}}
}

func (s *sweeper) start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.last.Store(time.Now().UnixNano())
	s.done.Go(func() {
		ticker := time.NewTicker(s.cfg.Timing.Sweep)
		defer ticker.Stop()
		woken := true
		for {
			s.note(ctx, s.once(ctx, woken))
			woken = false
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			case <-s.woken:
				woken = true
			}
		}
	})
}

func (s *sweeper) stop() {
	s.cancel()
	s.done.Wait()
}

// wake asks for a sweep now, schedules included.
func (s *sweeper) wake() {
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
func (s *sweeper) once(ctx context.Context, woken bool) error {
	return errors.Join(s.requeue(ctx), s.startDue(ctx, woken), s.deliver(ctx))
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
func (s *sweeper) startDue(ctx context.Context, woken bool) error {
	now := s.cfg.Now()
	sameMinute := now.Truncate(time.Minute).Equal(s.scheduled.Truncate(time.Minute))
	if sameMinute && !woken && now.Sub(s.scheduled) < s.cfg.Timing.Schedule {
		return nil
	}
	states, err := s.cfg.Store.Schedules(ctx)
	if err != nil {
		return fmt.Errorf("read the schedules: %w", err)
	}
	s.scheduled = now
	var failures []error
	for _, want := range due(states, now) {
		_, err := s.startRun(ctx, want)
		switch code := reportsync.CodeOf(err); {
		case err == nil, errors.Is(err, store.ErrSlotTaken):
		case code == reportsync.CodeConflict, code == reportsync.CodeNotFound:
			// Between the two looks another run began or the integration went away: the next look decides anew.
		default:
			failures = append(failures, fmt.Errorf("start the run of %s for %s: %w", want.IntegrationID, want.Slot.Format(time.RFC3339), err))
		}
	}
	return errors.Join(failures...)
}

// startRun stores a run and inserts its job.
func (s *sweeper) startRun(ctx context.Context, want reportsync.NewRun) (reportsync.Run, error) {
	run, err := s.cfg.Store.CreateRun(ctx, want)
	if err != nil {
		return reportsync.Run{}, err
	}
	if err := s.insert(ctx, run, 0); err != nil {
		// The run stands; the next sweep makes good for its job.
		s.cfg.Logger.Warn("a new run waits for the next sweep", "run", run.ID, "error", err)
	}
	return run, nil
}

// deliver sees to it that each queued run has a job: one that was created by a node that died before it inserted the
// job, that came back to the queue, or whose job went down with the node that had fetched it.
func (s *sweeper) deliver(ctx context.Context) error {
	ids, err := s.cfg.Store.QueuedRuns(ctx, deliverLimit)
	if err != nil {
		return fmt.Errorf("list queued runs: %w", err)
	}
	var failures []error
	for id, last := range s.waiting(ids) {
		if err := s.deliverRun(ctx, id, last); err != nil {
			failures = append(failures, fmt.Errorf("queue run %s: %w", id, err))
		}
	}
	return errors.Join(failures...)
}

// waiting pairs queued runs with their last delivery, and forgets all others.
func (s *sweeper) waiting(ids []string) map[string]delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	queued := make(map[string]delivery, len(ids))
	kept := make(map[string]delivery, len(ids))
	for _, id := range ids {
		last, ok := s.delivered[id]
		queued[id] = last
		if ok {
			kept[id] = last
		}
	}
	s.delivered = kept
	return queued
}

// deliverRun inserts the first job of a queued run, and another when the run still waits though this node has a free
// place: its job must be lost, for a job that is fetched claims its run at once. One too many does no harm.
func (s *sweeper) deliverRun(ctx context.Context, id string, last delivery) error {
	var redelivery int64
	if !last.at.IsZero() {
		now := time.Now()
		if now.Sub(last.at) < s.cfg.Timing.Redeliver || s.live.in(last.lane) >= s.cfg.Parallel {
			return nil
		}
		redelivery = now.UnixNano() / int64(s.cfg.Timing.Redeliver)
	}
	run, err := s.cfg.Store.Run(ctx, id)
	if err != nil {
		return err
	}
	return s.insert(ctx, run, redelivery)
}

// insert inserts a job for the next attempt at a run.
func (s *sweeper) insert(ctx context.Context, run reportsync.Run, redelivery int64) error {
	l := laneOf(run)
	args := runArgs{RunID: run.ID, Attempt: run.Attempt + 1, Redelivery: redelivery}
	if err := s.queue.insert(ctx, l, args); err != nil {
		return fmt.Errorf("insert its job: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered[run.ID] = delivery{lane: l, at: time.Now()}
	return nil
}
