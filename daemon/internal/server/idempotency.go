package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	headerReplayed    = "Idempotency-Replayed"
	keepAnswerTimeout = 5 * time.Second
)

var idempotencyKey = regexp.MustCompile(`^[\x21-\x7e]{1,200}$`)

func idempotencyParam() *huma.Param {
	longest := 200
	return &huma.Param{
		Name: api.HeaderIdempotencyKey, In: "header",
		Description: "Within a day, a request with the same key is answered as the first was, and changes nothing. With another body it is refused",
		Schema:      &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
	}
}

// idempotent makes a POST with a key count once: later ones, also on other nodes, get the first answer again. Keys
// belong to the token that they came with. Errors are not kept, so a key serves until it has had effect; answers are,
// before they are sent, and sealed by the store, since they may hold secrets.
func (s *server) idempotent(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	key := r.Header.Get(api.HeaderIdempotencyKey)
	if r.Method != http.MethodPost || key == "" {
		next(ctx)
		return
	}
	x := exchangeOf(r.Context())
	if !idempotencyKey.MatchString(key) {
		s.refuse(ctx, newProblem(x, http.StatusUnprocessableEntity, reportsync.Errorf(reportsync.CodeInvalid,
			"the header %s must hold 1 to 200 visible ASCII characters", api.HeaderIdempotencyKey)))
		return
	}
	first, err := s.store.IdempotentBegin(r.Context(), key, x.token.ID, fingerprint(r, x.body))
	if err != nil {
		s.refuse(ctx, s.problem(r.Context(), err))
		return
	}
	if first != nil {
		w.Header().Set(headerReplayed, "true")
		(&recorder{header: first.Header, status: first.Status, body: *bytes.NewBuffer(first.Body)}).copyTo(w)
		return
	}
	answered := &recorder{header: http.Header{}}
	defer func() {
		if answered.status == 0 { // a panic: the key must not stay taken
			s.keepAnswer(r.Context(), key, x.token.ID, nil)
		}
	}()
	next(humago.NewContext(ctx.Operation(), r, answered))
	s.keepAnswer(r.Context(), key, x.token.ID, answered.toKeep())
	answered.copyTo(w)
}

// fingerprint tells requests apart.
func fingerprint(r *http.Request, body []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(r.Method), []byte(r.URL.RequestURI()), body} {
		h.Write(part)
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// keepAnswer stores an answer, nil for none, even if the client is gone by now: it will ask again.
func (s *server) keepAnswer(ctx context.Context, key, tokenID string, a *store.Answer) {
	kept, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepAnswerTimeout)
	defer cancel()
	if err := s.store.IdempotentEnd(kept, key, tokenID, a); err != nil {
		s.log.Error("keep answer of idempotent request", "request_id", exchangeOf(ctx).requestID, "error", err)
	}
}

// recorder holds an answer back until it is complete.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns the header of the answer.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader notes the first status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write adds to the body.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// toKeep returns what is stored of the answer, nil for nothing: a request that failed changed nothing.
func (r *recorder) toKeep() *store.Answer {
	if r.status >= http.StatusBadRequest {
		return nil
	}
	return &store.Answer{Status: r.status, Header: r.header, Body: r.body.Bytes()}
}

func (r *recorder) copyTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	w.Write(r.body.Bytes()) //nolint:errcheck // the client has gone; there is nobody to tell
}
