package orgsim_test

import (
	"sync"
	"time"
)

// clock is a time that tests move. (testing/synctest cannot serve here: a real
// listener keeps its bubble from ever being idle.)
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 5, 1, 7, 25, 37, 836_000_000, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
