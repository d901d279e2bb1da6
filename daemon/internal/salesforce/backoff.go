package salesforce

import (
	"context"
	"math/rand/v2"
	"time"
)

// pace is how pauses grow: a fixed floor and, on top of it, a random share of a ceiling that doubles
// with each attempt (full jitter), so that many clients don't come back at the same moment.
type pace struct {
	floor   time.Duration
	first   time.Duration
	ceiling time.Duration
}

var (
	paceUsual = pace{first: 500 * time.Millisecond, ceiling: 30 * time.Second}
	// paceLong is for the limit of concurrent long requests: those that hold it run 20 s and more (App
	// limits: concurrent API request limits).
	paceLong = pace{floor: 5 * time.Second, first: 10 * time.Second, ceiling: time.Minute}
)

// delay is the pause after the given attempt, counted from 1.
func (p pace) delay(attempt int) time.Duration {
	return p.floor + rand.N(p.limit(attempt)+1) //nolint:gosec // spreads load and guards no secret
}

func (p pace) limit(attempt int) time.Duration {
	limit := p.first
	for range attempt - 1 {
		if limit >= p.ceiling {
			break
		}
		limit *= 2
	}
	return min(limit, p.ceiling)
}

// pause waits, or returns the context's cause.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
