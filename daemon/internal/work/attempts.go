package work

import (
	"context"
	"sync"
)

// attempts are the runs that this node works on.
type attempts struct {
	mu    sync.Mutex
	live  map[string]liveAttempt
	cause error // once set, no attempt goes on
}

// liveAttempt is the lane that an attempt takes a place of, and the function that ends its context.
type liveAttempt struct {
	lane   lane
	cancel context.CancelCauseFunc
}

func newAttempts() *attempts {
	return &attempts{live: map[string]liveAttempt{}}
}

// add registers an attempt and returns what takes it out again. After end, the attempt is over before it began.
func (a *attempts) add(runID string, l lane, cancel context.CancelCauseFunc) (remove func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[runID] = liveAttempt{lane: l, cancel: cancel}
	if a.cause != nil {
		cancel(a.cause)
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.live, runID)
	}
}

// cancel ends the context of one attempt, if it is of this node.
func (a *attempts) cancel(runID string, cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if attempt, ok := a.live[runID]; ok {
		attempt.cancel(cause)
	}
}

// end ends the contexts of all attempts, also of those still to come.
func (a *attempts) end(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cause = cause
	for _, attempt := range a.live {
		attempt.cancel(cause)
	}
}

func (a *attempts) ended() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cause != nil
}

func (a *attempts) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.live)
}

// in returns how many attempts take places of a lane.
func (a *attempts) in(l lane) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, attempt := range a.live {
		if attempt.lane == l {
			n++
		}
	}
	return n
}
