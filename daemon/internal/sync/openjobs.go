package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// factsOf returns what is known of a run when an attempt begins. Jobs that the run before had to leave are its own from
// then on.
func factsOf(job Job) reportsync.RunFacts {
	facts := job.Run.RunFacts
	if job.Run.DryRun {
		return facts
	}
	facts.OpenJobs = slices.Clone(facts.OpenJobs)
	for _, id := range job.Previous.OpenJobs {
		if !slices.Contains(facts.OpenJobs, id) {
			facts.OpenJobs = append(facts.OpenJobs, id)
		}
	}
	return facts
}

// discard takes a job that was not closed out of the org's sight. It wrote nothing and never will; where it can't be
// aborted now, that is tried again at the run's end.
func (r *run) discard(ctx context.Context, id string) {
	going, release := r.inFlight(ctx)
	defer release()
	if err := r.discardNow(going, id); err != nil {
		r.leftOpen(going, id)
	} else {
		r.ledger.aborted(id)
	}
}

func (r *run) discardNow(ctx context.Context, id string) error {
	if err := r.Org.AbortIngest(ctx, id); err != nil && !salesforce.IsNotFound(err) {
		r.Logger.Debug("job left open", "job", id, "error", err)
		return err
	}
	r.deleteJob(ctx, id)
	return nil
}

// leftOpen notes a job that could be neither begun nor aborted. Without the note nothing worse happens than that it stays
// until Salesforce ends it.
func (r *run) leftOpen(ctx context.Context, id string) {
	err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		if !slices.Contains(f.OpenJobs, id) {
			f.OpenJobs = append(slices.Clone(f.OpenJobs), id)
		}
	})
	if err != nil {
		r.Logger.Debug("open job not noted", "job", id, "error", err)
	}
}

// takeOver sees to it that no job which an earlier run had to leave writes beside this one: it would not be among the
// records that are read now, and what it creates would be created once more. A job whose end can't be seen stops the run.
func (r *run) takeOver(ctx context.Context) error {
	if r.Run.DryRun {
		return nil
	}
	for _, id := range slices.Clone(r.ledger.openJobs()) {
		job, err := r.Org.IngestJob(ctx, id)
		if err == nil && !job.State.Finished() {
			err = r.endLeft(ctx, id)
		}
		if err != nil && !salesforce.IsNotFound(err) {
			return fmt.Errorf("end Bulk job %s, which an earlier run has left: %w", id, err)
		}
		r.tidy(ctx, func(going context.Context) { r.deleteJob(going, id) })
		r.ledger.aborted(id)
	}
	return nil
}

// endLeft aborts a job and waits for its end.
func (r *run) endLeft(ctx context.Context, id string) error {
	refused := r.Org.AbortIngest(ctx, id)
	if refused != nil {
		if err := r.ledger.warn(ctx, "Bulk job %s, which an earlier run has left, can't be aborted (%s): waiting for its end", id, messageOf(refused)); err != nil {
			return err
		}
	}
	job, err := r.Org.WaitIngest(ctx, id, salesforce.IngestWait{})
	if err != nil {
		return err
	}
	return r.ledger.info(ctx, "Bulk job %s, which was left open, is %s", id, strings.ToLower(string(job.State)))
}

// abortLeftOpen aborts the jobs that could not be aborted before, or may be at work, now that the run ends. What is still
// refused is left to the next run, and to people, who are told.
func (r *run) abortLeftOpen(ctx context.Context) error {
	working := r.ledger.jobsAtWork()
	for _, id := range working {
		r.leftOpen(ctx, id)
	}
	open := r.ledger.openJobs()
	if len(open) == 0 {
		return nil
	}
	aborting, cancel := context.WithTimeout(ctx, r.pace.settle)
	defer cancel()
	var left []string
	for _, id := range open {
		err := r.discardNow(aborting, id)
		if err == nil {
			err = r.ledger.info(ctx, "Bulk job %s, which was left open, is aborted", id)
		} else {
			left = append(left, id)
			does := "stays open in Salesforce, where it does nothing"
			if slices.Contains(working, id) {
				does = "may still be at work in Salesforce"
			}
			err = r.ledger.warn(ctx, "Bulk job %s %s: it could not be aborted (%s). The next run of the integration sees to it first", id, does, messageOf(err))
		}
		if err != nil {
			return err
		}
	}
	return r.ledger.learn(ctx, func(f *reportsync.RunFacts) { f.OpenJobs = left })
}

// aborted takes a job from those that stay open, which is stored with the next fact.
func (l *ledger) aborted(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.facts.OpenJobs = slices.DeleteFunc(slices.Clone(l.facts.OpenJobs), func(open string) bool { return open == id })
}

// jobsAtWork returns the jobs that may be at work.
func (l *ledger) jobsAtWork() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.atWork))
}

// working notes that a job may be at work.
func (l *ledger) working(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.atWork[id] = true
}

// ended notes that a job is at work no more, or never was.
func (l *ledger) ended(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.atWork, id)
}

// openJobs returns the jobs that stay open in Salesforce.
func (l *ledger) openJobs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.facts.OpenJobs
}
