package sync

import (
	"context"
	"sync"
	"time"
)

// usagePause is how long calls may be under way or done that are not stored: what an attempt that is killed can't tell.
const usagePause = time.Second

// follow stores the calls that were begun, soon after, until what it returns is called.
func (l *ledger) follow(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
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
	}
}

// refresh stores what was used if calls have begun since it was stored last.
func (l *ledger) refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.usage().Calls == l.calls {
		return nil
	}
	return l.progress(ctx)
}
