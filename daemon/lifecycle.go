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

// background runs fn until the daemon stops, which ends its context and waits for it.
func (d *Daemon) background(name string, fn func(ctx context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { fn(ctx) })
	d.stop.onStop("stop "+name, func(context.Context) error {
		cancel()
		running.Wait()
		return nil
	})
}
