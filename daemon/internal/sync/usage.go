package sync

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// usagePause is how long calls may be under way or done that are not stored: what an attempt that is killed can't tell.
const usagePause = time.Second

// lastUsage bounds how long an attempt's end waits until its last calls are stored.
const lastUsage = 5 * time.Second

// follow stores the calls that were begun, soon after, until what it returns is called, which stores the last ones.
func (l *ledger) follow(attempt context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(attempt))
	var following sync.WaitGroup
	following.Go(func() {
		ticker := time.NewTicker(usagePause)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				_ = l.refresh(ctx) // whatever keeps it from being stored, the stages meet it too
			}
		}
	})
	return func() {
		cancel()
		following.Wait()
		if errors.Is(context.Cause(attempt), reportsync.ErrLeaseLost) {
			return
		}
		// What an attempt has used that leaves its run live counts as well.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(attempt), lastUsage)
		defer cancel()
		_ = l.refresh(ctx)
	}
}

// refresh stores what was used, if there is more than when it was stored last.
func (l *ledger) refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if used := l.usage(); used.Calls == l.calls && used.BulkBatches == l.batches {
		return nil
	}
	return l.progress(ctx)
}
