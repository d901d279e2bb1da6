package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// authenticate lets a request through when its token has the role that its operation needs. It is the first to know
// the operation, so it notes it for the log.
func (s *server) authenticate(ctx huma.Context, next func(huma.Context)) {
	x := exchangeOf(ctx.Context())
	x.operation, x.doc = ctx.Operation(), s.api.OpenAPI()
	need := requiredRole(ctx.Operation())
	if need == public {
		next(ctx)
		return
	}
	token, err := s.bearer(ctx.Context(), ctx.Header("Authorization"))
	if err == nil && !token.Role.Includes(need) {
		err = reportsync.Errorf(reportsync.CodeForbidden, "token %q has the role %s; this needs %s", token.Name, token.Role, need).
			WithHint("use a token with the role %s", need)
	}
	if err != nil {
		s.refuse(ctx, challenge(s.problem(ctx.Context(), err), ctx.Header("Authorization") != ""))
		return
	}
	x.token = &token
	next(ctx)
}

// bearer finds the token that an Authorization header carries.
func (s *server) bearer(ctx context.Context, header string) (reportsync.Token, error) {
	if header == "" {
		return reportsync.Token{}, reportsync.Errorf(reportsync.CodeUnauthorized, "this needs a token").
			WithHint(`send "Authorization: Bearer TOKEN"; the daemon's first token stands in admin.token in its state folder`)
	}
	scheme, secret, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return reportsync.Token{}, reportsync.Errorf(reportsync.CodeUnauthorized, "the Authorization header holds no bearer token").
			WithHint(`send "Authorization: Bearer TOKEN"`)
	}
	token, err := s.store.TokenBySecret(ctx, strings.TrimSpace(secret))
	if err != nil {
		return reportsync.Token{}, fmt.Errorf("look up token: %w", err)
	}
	return token, nil
}

// challenge adds what a client needs to know to do better (RFC 6750, section 3).
func challenge(p *Problem, sent bool) *Problem {
	value := `Bearer realm="reportsync"`
	switch {
	case p.Status == http.StatusForbidden:
		value += `, error="insufficient_scope"`
	case p.Status != http.StatusUnauthorized:
		return p
	case sent:
		value += `, error="invalid_token"`
	}
	p.header = http.Header{"Www-Authenticate": {value}}
	return p
}

// refuse ends a request with a problem before its handler is reached.
func (s *server) refuse(ctx huma.Context, p *Problem) {
	_, w := humago.Unwrap(ctx)
	writeProblem(w, p)
}
