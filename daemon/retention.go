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

func (d *Daemon) prune(ctx context.Context, now time.Time) {
	pruned, err := d.store.PruneRuns(ctx, now.AddDate(0, 0, -d.cfg.RetentionDays))
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.log.Error("old runs could not be deleted", "error", err)
	case len(pruned) > 0:
		d.log.Info("deleted old runs", "runs", len(pruned), "older_than_days", d.cfg.RetentionDays)
	}
}
