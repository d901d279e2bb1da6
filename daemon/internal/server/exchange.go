package server

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// exchange is what is known of a request while it passes through.
type exchange struct {
	requestID string
	operation *huma.Operation   // what is asked for; nil when there is no such thing
	doc       *huma.OpenAPI     // that describes the operation
	token     *reportsync.Token // who asks, once that is known
	body      []byte            // as it was sent
	rules     func() error      // checks the body against the rules of the domain, as far as it could be decoded; nil for none
}

// route is the path of the operation, with its placeholders.
func (x *exchange) route() string {
	if x.operation == nil {
		return ""
	}
	return x.operation.Path
}

type exchangeKey struct{}

// exchangeOf returns the exchange that a context belongs to; outside of one, an empty one.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// saneRequestID keeps foreign ids from breaking log lines.
var saneRequestID = regexp.MustCompile(`^[A-Za-z0-9._:+/=-]{1,100}$`)

// exchange gives each request its id, logs it once it is answered and turns panics into problems. Bodies, queries and
// tokens are never logged.
func (s *server) exchange(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{requestID: r.Header.Get(api.HeaderRequestID)}
		if !saneRequestID.MatchString(x.requestID) {
			x.requestID = uuid.NewString()
		}
		a := &answer{ResponseWriter: w}
		a.Header().Set(api.HeaderRequestID, x.requestID)
		a.Header().Set("X-Content-Type-Options", "nosniff")
		a.Header().Set("Cache-Control", "no-store")
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		began := time.Now()
		defer s.logExchange(x, a, r.Method, began)
		defer s.recoverPanic(a, r)
		next.ServeHTTP(a, r)
	})
}

func (s *server) logExchange(x *exchange, a *answer, method string, began time.Time) {
	if !s.log.IsDebug() {
		return
	}
	token := ""
	if x.token != nil {
		token = x.token.Name
	}
	s.log.Debug("request", "method", method, "route", x.route(), "status", a.status, "duration", time.Since(began),
		"request_id", x.requestID, "token", token)
}

// recoverPanic answers a panic with a problem, or breaks the connection off when the answer has begun.
func (s *server) recoverPanic(a *answer, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	x := exchangeOf(r.Context())
	s.log.Error("panic while answering", "request_id", x.requestID, "method", r.Method, "route", x.route(), "panic", v,
		"stack", string(debug.Stack()))
	if a.status != 0 {
		panic(http.ErrAbortHandler)
	}
	writeProblem(a, hiddenProblem(x))
}

// answer remembers the status of a response.
type answer struct {
	http.ResponseWriter
	status int // 0 until the header was written
}

// WriteHeader notes the first status and passes it on.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write passes on a part of the body, with status 200 where none was set.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
