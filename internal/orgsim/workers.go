package orgsim

import "sync"

// workers are the goroutines of an org's background jobs. A request may start one
// while the org is being closed, which a WaitGroup alone does not allow. The zero
// value is ready.
type workers struct {
	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// start runs work in the background; it returns false, and does nothing, once
// close was called.
func (w *workers) start(work func()) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.running.Go(work)
	return true
}

// close lets no more work start and waits for what runs.
func (w *workers) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.running.Wait()
}
