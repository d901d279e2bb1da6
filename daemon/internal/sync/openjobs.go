package sync

import (
	"context"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// factsOf returns what is known of a run when an attempt begins. Jobs that the run before had to leave open are its own
// from then on.
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

// abortLeftOpen aborts the jobs that could not be aborted before, now that the run ends. What is still refused is left to
// the next run, and to people, who are told.
func (r *run) abortLeftOpen(ctx context.Context) error {
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
			err = r.ledger.warn(ctx, "Bulk job %s stays open in Salesforce, where it does nothing: it could not be aborted (%s). The next run of the integration tries again", id, messageOf(err))
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

// openJobs returns the jobs that stay open in Salesforce.
func (l *ledger) openJobs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.facts.OpenJobs
}
