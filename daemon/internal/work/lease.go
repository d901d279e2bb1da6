package work

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// lease is the goroutine that keeps an attempt's hold on its run.
type lease struct {
	end  context.CancelFunc
	done sync.WaitGroup
}

// keepLease renews the lease of a claim until stop, also while a cancelled attempt still settles what is in flight. It
// ends the attempt with [reportsync.ErrLeaseLost] when the lease is lost or can't be proven any more, and with
// [reportsync.ErrCancelled] when somebody asked any node for it.
func (n *Node) keepLease(claim store.Claim, cancel context.CancelCauseFunc, log hclog.Logger) *lease {
	if claim.CancelRequested {
		cancel(reportsync.ErrCancelled)
	}
	ctx, end := context.WithCancel(context.Background())
	l := &lease{end: end}
	claimed := time.Now()
	l.done.Go(func() {
		ticker := time.NewTicker(n.cfg.Timing.Renew)
		defer ticker.Stop()
		held := claimed
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			var lost bool
			if held, lost = n.renew(ctx, claim, held, cancel, log); lost {
				cancel(reportsync.ErrLeaseLost)
				return
			}
		}
	})
	return l
}

// renew renews the lease once. It returns since when the lease is held for sure, counted from before the store was
// asked, and whether it is lost: an attempt stops a renewal's time before the lease that it could not renew runs out.
func (n *Node) renew(ctx context.Context, claim store.Claim, held time.Time, cancel context.CancelCauseFunc, log hclog.Logger) (time.Time, bool) {
	asked := time.Now()
	ctx, done := context.WithTimeout(ctx, n.cfg.Timing.Renew)
	defer done()
	cancelled, err := n.cfg.Store.RenewLease(ctx, claim.Run.ID, n.cfg.Name, claim.Run.Attempt, n.cfg.Timing.Lease)
	switch {
	case errors.Is(err, reportsync.ErrLeaseLost):
		return held, true
	case errors.Is(err, context.Canceled):
		return held, false
	case err != nil:
		log.Warn("the run's lease could not be renewed", "error", err)
		return held, time.Since(held) >= n.cfg.Timing.Lease-n.cfg.Timing.Renew
	case cancelled:
		cancel(reportsync.ErrCancelled)
	}
	return asked, false
}

// stop ends the renewals and waits for the one under way.
func (l *lease) stop() {
	l.end()
	l.done.Wait()
}
