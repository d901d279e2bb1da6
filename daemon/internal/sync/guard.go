package sync

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// guard is the last stop before the first write. A dry run ends here: its rows get the outcome that they would have
// got if Salesforce took them all. It returns whether to go on.
func (r *run) guard(ctx context.Context, writes []write) (bool, error) {
	if err := r.ledger.enter(ctx, reportsync.StageGuard, int64(len(writes))); err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if !r.Run.DryRun {
		return true, nil
	}
	for _, w := range writes {
		w.outcome.Kind = reportsync.Updated
		if err := r.ledger.end(ctx, w.row, w.outcome); err != nil {
			return false, err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return false, err
	}
	return false, r.ledger.info(ctx, "dry run: %s would have been written, none was", count(len(writes), "record"))
}
