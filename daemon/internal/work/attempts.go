package work

import (
	"context"
	"sync"
)

// attempts are the runs that this node works on, each with the function that ends its context.
type attempts struct {
	mu    sync.Mutex
	live  map[string]context.CancelCauseFunc
	cause error // once set, no attempt goes on
}

func newAttempts() *attempts {
	return &attempts{live: map[string]context.CancelCauseFunc{}}
}

// add registers an attempt and returns what takes it out again. After end, the attempt is over before it began.
func (a *attempts) add(runID string, cancel context.CancelCauseFunc) (remove func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.live[runID] = cancel
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
	if cancel, ok := a.live[runID]; ok {
		cancel(cause)
	}
}

// end ends the contexts of all attempts, also of those still to come.
func (a *attempts) end(cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cause = cause
	for _, cancel := range a.live {
		cancel(cause)
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
