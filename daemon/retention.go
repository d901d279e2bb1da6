package daemon

import (
	"context"
	"time"
)

// pruneInterval is how often the history is cut: it is counted in days.
const pruneInterval = 24 * time.Hour

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
	for i, id := range pruned {
		if err := d.deleteArtifacts(ctx, id); err != nil {
			d.notePruning(ctx, "artifacts of old runs could not be deleted; it is tried again in a day", err)
			pruned = pruned[:i]
			break
		}
	}
	if len(pruned) > 0 {
		d.log.Info("deleted old runs", "runs", len(pruned), "older_than_days", d.cfg.RetentionDays)
	}
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
