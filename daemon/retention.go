package daemon

import (
	"context"
	"fmt"
	"time"
)

// pruneInterval is how often the history is cut: it is counted in days.
const pruneInterval = 24 * time.Hour

// clearPatience is how long nothing may be deleted from the bucket before it is left alone for the day.
const clearPatience = 10 * time.Minute

// startRetention deletes runs that ended longer ago than the history is kept, now and once a day.
func (d *Daemon) startRetention() {
	d.background("the pruning of old runs", func(ctx context.Context) {
		ticker := time.NewTicker(pruneInterval)
		defer ticker.Stop()
		for {
			d.prune(ctx, time.Now())
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// prune deletes old runs from the store and then their artifacts from the bucket. The store remembers those whose artifacts
// are still there, so that a bucket that is away is cleared the next time.
func (d *Daemon) prune(ctx context.Context, now time.Time) {
	pruned, err := d.store.PruneRuns(ctx, now.AddDate(0, 0, -d.cfg.RetentionDays))
	if err != nil {
		d.notePruning(ctx, "old runs could not be deleted", err)
		return
	}
	deleted, failed, first := d.clear(ctx, pruned)
	if first != nil {
		d.notePruning(ctx, fmt.Sprintf("artifacts of %d old runs could not be deleted; it is tried again in a day", failed), first)
	}
	if deleted > 0 {
		d.log.Info("deleted old runs", "runs", deleted, "older_than_days", d.cfg.RetentionDays)
	}
}

// clear deletes the artifacts of runs. One that can't be deleted, such as an object that the bucket holds back, is no reason
// to keep the others, but a bucket that is away is not asked about each of thousands. It returns how many could be deleted,
// how many not, and why the first of these could not.
func (d *Daemon) clear(ctx context.Context, runIDs []string) (deleted, failed int, first error) {
	last := time.Now()
	for i, id := range runIDs {
		err := d.deleteArtifacts(ctx, id)
		if err == nil {
			deleted++
			last = time.Now()
			continue
		}
		failed++
		if first == nil {
			first = err
		}
		if ctx.Err() != nil || time.Since(last) > clearPatience {
			return deleted, failed + len(runIDs) - i - 1, first
		}
	}
	return deleted, failed, first
}

func (d *Daemon) deleteArtifacts(ctx context.Context, runID string) error {
	if err := d.artifacts.DeleteRun(ctx, runID); err != nil {
		return err
	}
	return d.store.ForgetPruned(ctx, runID)
}

// notePruning keeps silent where it is only that the daemon stops.
func (d *Daemon) notePruning(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		d.log.Error(what, "error", err)
	}
}
