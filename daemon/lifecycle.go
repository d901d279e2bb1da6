package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// teardown undoes what was set up, last in first out. A step that fails neither hides nor keeps the others.
type teardown struct {
	mu    sync.Mutex
	steps []step
}

type step struct {
	name string
	undo func(ctx context.Context) error
}

// onStop registers how to undo what the line before has set up.
func (t *teardown) onStop(name string, undo func(ctx context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps = append(t.steps, step{name: name, undo: undo})
}

// run undoes everything once; there is nothing left for a second call.
func (t *teardown) run(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var failures []error
	for _, s := range slices.Backward(t.steps) {
		if err := s.undo(ctx); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
		}
	}
	t.steps = nil
	return errors.Join(failures...)
}
