package salesforce

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// stallPatience is how long the other side may stay silent. A query may take 120 s before its first
// byte (SOQL guide: limits), so it is longer than that.
const stallPatience = 3 * time.Minute

var errStalled = errors.New("the connection has been silent for " + stallPatience.String())

// stallGuard cuts an exchange in which nothing moves. It has no limit for the whole, so that a large
// download may take its time, and it does not run while the reader of a body is busy elsewhere.
type stallGuard struct {
	next     http.RoundTripper
	patience time.Duration
}

func (g *stallGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	watch := &watchdog{ctx: ctx, cancel: cancel, patience: g.patience}
	watch.timer = time.AfterFunc(g.patience, func() { cancel(errStalled) })

	guarded := req.WithContext(ctx)
	if req.Body != nil && req.Body != http.NoBody {
		guarded.Body = &sending{ReadCloser: req.Body, watch: watch}
		if req.GetBody != nil {
			// A transport sends the body again over a new connection when the old one turns out to be dead.
			guarded.GetBody = func() (io.ReadCloser, error) {
				body, err := req.GetBody()
				if err != nil {
					return nil, err
				}
				return &sending{ReadCloser: body, watch: watch}, nil
			}
		}
	}
	resp, err := g.next.RoundTrip(guarded)
	watch.answered.Store(true)
	watch.rest()
	if err != nil {
		err = watch.explain(err)
		cancel(nil)
		return nil, err
	}
	resp.Body = &receiving{ReadCloser: resp.Body, watch: watch}
	return resp, nil
}

// CloseIdleConnections passes the call on, as http.Client expects of wrapping transports.
func (g *stallGuard) CloseIdleConnections() {
	if t, ok := g.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

type watchdog struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	timer    *time.Timer
	patience time.Duration
	// answered is set with the response's header; a transport may still be taking the rest of the
	// request body then, and that must not start the clock again.
	answered atomic.Bool
}

func (w *watchdog) alert() { w.timer.Reset(w.patience) }
func (w *watchdog) rest()  { w.timer.Stop() }

// explain replaces "context canceled" by the silence that caused it.
func (w *watchdog) explain(err error) error {
	if errors.Is(context.Cause(w.ctx), errStalled) {
		return errStalled
	}
	return err
}

// sending pushes the deadline on with every piece of the request body that is taken.
type sending struct {
	io.ReadCloser
	watch *watchdog
}

func (s *sending) Read(p []byte) (int, error) {
	if !s.watch.answered.Load() {
		s.watch.alert()
	}
	return s.ReadCloser.Read(p)
}

// receiving watches only while a read of the response body waits.
type receiving struct {
	io.ReadCloser
	watch *watchdog
}

func (r *receiving) Read(p []byte) (int, error) {
	r.watch.alert()
	n, err := r.ReadCloser.Read(p)
	r.watch.rest()
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.watch.explain(err)
	}
	return n, err
}

func (r *receiving) Close() error {
	err := r.ReadCloser.Close()
	r.watch.rest()
	r.watch.cancel(nil)
	return err
}
