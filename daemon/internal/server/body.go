package server

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	maxBodyBytes    = 1 << 20
	bodyReadTimeout = 15 * time.Second
)

// readBody reads the body as a whole, so that the idempotency key can be bound to it and errors can point into it. It
// bounds its size and its time: a client that dribbles holds no handler up. Once the request is read, the read deadline
// is taken off: left in place, it would end the request's context while a handler still works or waits.
func (s *server) readBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	x := exchangeOf(ctx.Context())
	control := http.NewResponseController(w)
	setReadDeadline(control, time.Now().Add(bodyReadTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	setReadDeadline(control, time.Time{})
	switch {
	case err != nil:
		s.refuse(ctx, bodyProblem(x, err))
		return
	case !utf8.Valid(body):
		s.refuse(ctx, newProblem(x, http.StatusBadRequest, reportsync.Errorf(reportsync.CodeInvalid, "the body is not UTF-8")))
		return
	}
	x.body = body
	r.Body = io.NopCloser(bytes.NewReader(body))
	next(ctx)
}

// setReadDeadline bounds reading where there is a connection: not when a test records the answer.
func setReadDeadline(control *http.ResponseController, at time.Time) {
	if err := control.SetReadDeadline(at); err != nil && !errors.Is(err, http.ErrNotSupported) {
		panic(http.ErrAbortHandler) // the connection is closed already
	}
}

func bodyProblem(x *exchange, err error) *Problem {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return newProblem(x, http.StatusRequestEntityTooLarge, reportsync.Errorf(reportsync.CodeInvalid, "the body is longer than %d bytes", maxBodyBytes))
	}
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return newProblem(x, http.StatusRequestTimeout, reportsync.Errorf(reportsync.CodeInvalid, "the body did not arrive within %s", bodyReadTimeout))
	}
	return newProblem(x, http.StatusBadRequest, reportsync.Errorf(reportsync.CodeInvalid, "the body ended too early"))
}
