package artifact

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// patience is how long a bucket may take to move on: to answer, to give the next bytes, to take those that it was given.
// The libraries know no such limit; a run would wait for ever for a host that takes connections and says nothing.
const patience = time.Minute

// stalledError is the error for a bucket that did not move on.
type stalledError struct{ after time.Duration }

func (e stalledError) Error() string { return fmt.Sprintf("it gave no answer within %s", e.after) }

// watch ends its context when a bucket does not move on. Only the time counts in which somebody waits for it.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer // nil for a folder, whose calls can't be ended
	limit  time.Duration
}

// watch begins to wait for the bucket. The caller must end the watch.
func (b *Bucket) watch(ctx context.Context) *watch {
	w := &watch{limit: b.patience}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	if b.folder == "" {
		w.timer = time.AfterFunc(w.limit, func() { w.cancel(stalledError{w.limit}) })
	}
	return w
}

// waits says that somebody waits for the bucket from now on.
func (w *watch) waits() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

// rests says that nobody waits for the bucket.
func (w *watch) rests() {
	if w.timer != nil {
		w.timer.Stop()
	}
}

func (w *watch) end() {
	w.rests()
	w.cancel(nil)
}

// explain returns what has led to the error of a call: the libraries only say that its context has ended.
func (w *watch) explain(err error) error {
	if stalled, ok := errors.AsType[stalledError](context.Cause(w.ctx)); ok && err != nil {
		return stalled
	}
	return err
}
