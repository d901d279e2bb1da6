package sync

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// lookAgain is how long a run that waits for a newer report leaves the source alone.
const lookAgain = time.Minute

// fresh stops the run when the newest report is older than the integration takes: with [*PostponedError] while the run may
// wait for a newer one. A run that goes on with an old one in any case does not wait.
func (r *run) fresh(ctx context.Context, v reportsync.ReportVersion) error {
	oldest, wait := r.spec.Oldest()
	if oldest == 0 {
		return nil
	}
	age := time.Since(v.ModifiedAt)
	if age <= oldest {
		return nil
	}
	stale := fmt.Sprintf("the report %s was last changed at %s, %s ago, and freshness.max_age is %s",
		v.Path, v.ModifiedAt.UTC().Format("2006-01-02 15:04:05 UTC"), older(age, oldest), oldest)
	switch {
	case wait == 0 || r.Run.IgnoreGuards:
	case r.Run.DryRun:
		stale += fmt.Sprintf(" (a run that writes first waits %s for a newer one)", wait)
	default:
		if err := r.await(ctx, stale); err != nil {
			return err
		}
		stale += ", also after a wait of " + wait.String()
	}
	return r.halt(ctx, reportsync.CodeReportStale, "see whether the report is still delivered, allow a greater freshness.max_age", stale)
}

// older rounds the age of a report that is older than it may be, but not so far that it would look as if it were not.
func older(age, oldest time.Duration) time.Duration {
	for _, unit := range []time.Duration{time.Minute, time.Second, time.Millisecond} {
		if rounded := age.Round(unit); rounded > oldest {
			return rounded
		}
	}
	return age
}

// await returns a [*PostponedError] while the run may wait for a report, or nil. It says so in the log the first time.
func (r *run) await(ctx context.Context, why string) error {
	_, wait := r.spec.Oldest()
	waited := time.Since(r.waitsSince())
	if waited >= wait {
		return nil
	}
	until := r.waitsSince().Add(wait).UTC()
	if waited < lookAgain {
		if err := r.ledger.warn(ctx, "%s: waiting for a newer report until %s", why, until.Format("2006-01-02 15:04:05 UTC")); err != nil {
			return err
		}
	}
	waiting := &reportsync.Waiting{Until: until, Reason: why}
	if err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) { f.Waiting = waiting }); err != nil {
		return err
	}
	return &PostponedError{Until: time.Now().Add(min(lookAgain, wait-waited)), For: "a newer report"}
}

// waitsSince returns when the run's wait began: when it was first taken up.
func (r *run) waitsSince() time.Time {
	if r.Run.StartedAt != nil {
		return *r.Run.StartedAt
	}
	return r.Run.QueuedAt
}
