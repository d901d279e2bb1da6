package sync

import "context"

// tidy does what frees the org's storage beside whatever the run does next: only the run's end waits for it.
func (r *run) tidy(ctx context.Context, remove func(ctx context.Context)) {
	r.tidying.Go(func() error {
		return caught(func() error {
			going, release := r.inFlight(ctx)
			defer release()
			remove(going)
			return nil
		})
	})
}

// tidied ends what the run does beside its stages, and waits until all is removed from the org that it has left there, so
// that its calls can be counted.
func (r *run) tidied(ctx context.Context) {
	if r.forget != nil {
		r.forget()
		_ = r.recalling.Wait() // whoever needed it has seen what came of it
	}
	r.early.drop(ctx)
	r.foretold.drop()
	_ = thrown(r.tidying.Wait())
}
