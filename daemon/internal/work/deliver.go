package work

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// deliverLimit bounds how many queued runs one sweep looks at; the oldest come first.
const deliverLimit = 1000

// delivery is the last job that was inserted for a queued run; the zero value stands for none.
type delivery struct {
	lane lane
	at   time.Time
}

// startRun stores a run and inserts its job.
func (s *sweeper) startRun(ctx context.Context, want reportsync.NewRun) (reportsync.Run, error) {
	run, err := s.cfg.Store.CreateRun(ctx, want)
	if err != nil {
		return reportsync.Run{}, err
	}
	s.announce(ctx, []reportsync.Run{run})
	return run, nil
}

// announce inserts the jobs of new runs. Where that fails the runs stand: the next sweep makes good for their jobs.
func (s *sweeper) announce(ctx context.Context, runs []reportsync.Run) {
	jobs := make([]job, len(runs))
	for i, r := range runs {
		jobs[i] = jobOf(store.QueuedRun{ID: r.ID, Trigger: r.Trigger, Attempt: r.Attempt}, 0)
	}
	if err := s.insert(ctx, jobs); err != nil {
		s.cfg.Logger.Warn("new runs wait for the next sweep", "runs", len(runs), "error", err)
	}
}

// deliver sees to it that each queued run has a job: one that was created by a node that died before it inserted the
// job, that came back to the queue, or whose job went down with the node that had fetched it.
func (s *sweeper) deliver(ctx context.Context) error {
	queued, err := s.cfg.Store.QueuedRuns(ctx, deliverLimit)
	if err != nil {
		return fmt.Errorf("list queued runs: %w", err)
	}
	return s.insert(ctx, s.missing(queued, time.Now()))
}

// missing returns the jobs that queued runs are in need of: their first, and another for a run that still waits though
// this node has a free place: its job must be lost, for a job that is fetched claims its run at once. One too many does
// no harm. What was delivered for runs that are no longer queued is forgotten.
func (s *sweeper) missing(queued []store.QueuedRun, now time.Time) []job {
	full := map[lane]bool{}
	for _, l := range []lane{onDemand, scheduled} {
		full[l] = s.live.in(l) >= s.cfg.Parallel
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := make(map[string]delivery, len(queued))
	var jobs []job
	for _, run := range queued {
		last, delivered := s.delivered[run.ID]
		if delivered {
			kept[run.ID] = last
		}
		switch {
		case !delivered:
			jobs = append(jobs, jobOf(run, 0))
		case now.Sub(last.at) >= s.cfg.Timing.Redeliver && !full[last.lane]:
			jobs = append(jobs, jobOf(run, now.UnixNano()/int64(s.cfg.Timing.Redeliver)))
		}
	}
	s.delivered = kept
	return jobs
}

// jobOf makes the job for the next attempt at a run; redelivery is 0 for the first such job.
func jobOf(run store.QueuedRun, redelivery int64) job {
	return job{lane: laneOf(run.Trigger), args: runArgs{RunID: run.ID, Attempt: run.Attempt + 1, Redelivery: redelivery}}
}

// insert inserts jobs and notes that.
func (s *sweeper) insert(ctx context.Context, jobs []job) error {
	if len(jobs) == 0 {
		return nil
	}
	if err := s.queue.insert(ctx, jobs); err != nil {
		return fmt.Errorf("insert the jobs of queued runs: %w", err)
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range jobs {
		s.delivered[j.args.RunID] = delivery{lane: j.lane, at: now}
	}
	return nil
}
