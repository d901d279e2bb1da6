package web

import (
	"sync"
	"time"
)

// longCall is how long a call is under way before it counts against the limit of
// concurrent ones (Limits quick reference: concurrent API request limits).
const longCall = 20 * time.Second

// underway are the calls that a gate has not answered yet. The zero value is
// ready.
type underway struct {
	mu    sync.Mutex
	calls map[*Call]struct{}
}

// begin notes a call; what it returns forgets it.
func (u *underway) begin(c *Call) (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.calls == nil {
		u.calls = map[*Call]struct{}{}
	}
	u.calls[c] = struct{}{}
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.calls, c)
	}
}

// long counts the calls that were begun so long before.
func (u *underway) long(now time.Time) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := 0
	for c := range u.calls {
		if now.Sub(c.begun) >= longCall {
			n++
		}
	}
	return n
}
