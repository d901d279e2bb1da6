package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	prefix         = "/" + api.Version
	securityScheme = "bearer"
)

// operationTimeout ends an operation that hangs, in an org that does not answer for instance. It is longer than the
// longest wait for a run, and shorter than the time after which the store takes a request with an idempotency key for
// dead and lets another one in.
const operationTimeout = 50 * time.Second

// public marks an operation that needs no token.
const public reportsync.Role = ""

// register mounts an operation. The role it needs stands in its security requirement, so that the document says what
// authenticate enforces.
func register[I, O any](s *server, role reportsync.Role, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if role != public {
		op.Security = []map[string][]string{{securityScheme: {string(role)}}}
	}
	op.Errors = append(usualErrors(role, op), op.Errors...)
	slices.Sort(op.Errors)
	op.Errors = slices.Compact(op.Errors)
	// The body has been read by then, within limits of our own; huma's read deadline would outlast the body and end
	// the context of a handler that takes longer.
	op.BodyReadTimeout = -1
	op.MaxBodyBytes = maxBodyBytes + 1
	if op.Method == http.MethodPost {
		op.Parameters = append(op.Parameters, idempotencyParam())
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, operationTimeout)
		defer cancel()
		out, err := handler(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// usualErrors lists the statuses that any operation of this form may answer with.
func usualErrors(role reportsync.Role, op huma.Operation) []int {
	codes := []int{http.StatusUnprocessableEntity, http.StatusInternalServerError}
	if role != public {
		codes = append(codes, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(op.Path, "{id}") {
		codes = append(codes, http.StatusNotFound)
	}
	switch op.Method {
	case http.MethodPut, http.MethodDelete:
		codes = append(codes, http.StatusConflict, http.StatusPreconditionFailed)
	case http.MethodPost:
		codes = append(codes, http.StatusConflict)
	}
	if op.Method == http.MethodPost || op.Method == http.MethodPut {
		codes = append(codes, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	return codes
}

// requiredRole returns the role that an operation needs, public for none.
func requiredRole(op *huma.Operation) reportsync.Role {
	for _, requirement := range op.Security {
		if roles := requirement[securityScheme]; len(roles) > 0 {
			return reportsync.Role(roles[0])
		}
	}
	return public
}

// IDParam is the path parameter that most operations have. It is exported because huma reads no unexported embedded
// struct; so are [PageParams] and [ListParams].
type IDParam struct {
	ID string `path:"id" maxLength:"100" doc:"Id of the object"`
}

// emptyOutput answers with 204.
type emptyOutput struct{}
