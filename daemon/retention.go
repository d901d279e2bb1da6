package daemon

import (
	"context"
	"sync"
	"time"
)

// pruneInterval is how often the history is cut: it is counted in days.
const pruneInterval = 24 * time.Hour

// startRetention deletes runs that ended longer ago than the history is kept, now and once a day.
func (d *Daemon) startRetention() {
	ctx, cancel := context.WithCancel(context.Background())
	var pruning sync.WaitGroup
	pruning.Go(func() {
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
	d.stop.onStop("stop the pruning of old runs", func(context.Context) error {
		cancel()
		pruning.Wait()
		return nil
	})
}

func (d *Daemon) prune(ctx context.Context, now time.Time) {
	pruned, err := d.store.PruneRuns(ctx, now.AddDate(0, 0, -d.cfg.RetentionDays))
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.log.Error("old runs could not be deleted", "error", err)
	case pruned > 0:
		d.log.Info("deleted old runs", "runs", pruned, "older_than_days", d.cfg.RetentionDays)
	}
}
