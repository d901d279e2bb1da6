package server

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Problem is an error answer, as huma wants it.
//
//nolint:errname // the OpenAPI document names the schema after the type
type Problem struct {
	api.Problem
	header http.Header
}

// Error returns what went wrong.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns headers that go with the answer.
func (p *Problem) GetHeaders() http.Header { return p.header }

// ContentType returns the content type of problems, whatever was negotiated.
func (p *Problem) ContentType(string) string { return api.ProblemContentType }

// statuses is the one place where the code of an error becomes an HTTP status. Codes that are not listed say that the
// configuration does not fit the world: 422, as for any other value that can't be accepted.
var statuses = map[reportsync.Code]int{
	reportsync.CodeNotFound:           http.StatusNotFound,
	reportsync.CodeConflict:           http.StatusConflict,
	reportsync.CodeInUse:              http.StatusConflict,
	reportsync.CodePreconditionFailed: http.StatusPreconditionFailed,
	reportsync.CodeUnauthorized:       http.StatusUnauthorized,
	reportsync.CodeForbidden:          http.StatusForbidden,
	reportsync.CodeUnavailable:        http.StatusServiceUnavailable,
	reportsync.CodeInternal:           http.StatusInternalServerError,
	reportsync.CodeSalesforce:         http.StatusBadGateway,
	reportsync.CodeSalesforceLimit:    http.StatusServiceUnavailable,
}

// titles say in words what kind of problem a code is.
var titles = map[reportsync.Code]string{
	reportsync.CodeInvalid:            "Not valid",
	reportsync.CodeNotFound:           "Not found",
	reportsync.CodeConflict:           "Conflict",
	reportsync.CodeInUse:              "In use",
	reportsync.CodePreconditionFailed: "Changed in the meantime",
	reportsync.CodeUnauthorized:       "Token missing or not known",
	reportsync.CodeForbidden:          "Role too low",
	reportsync.CodeUnavailable:        "Not available",
	reportsync.CodeInternal:           "Internal error",
	reportsync.CodeReportNotFound:     "Report not found",
	reportsync.CodeReportUnreadable:   "Report not readable",
	reportsync.CodeReportChanged:      "Report changed",
	reportsync.CodeColumnNotFound:     "Column not found",
	reportsync.CodeObjectNotFound:     "Object not found",
	reportsync.CodeFieldNotFound:      "Field not found",
	reportsync.CodeFieldNotWritable:   "Field not writable",
	reportsync.CodeFieldUnsupported:   "Field type not supported",
	reportsync.CodeKeyNotUsable:       "Field not usable as key",
	reportsync.CodeCredentials:        "Login refused",
	reportsync.CodeOrgMismatch:        "Another org",
	reportsync.CodeSalesforce:         "Salesforce error",
	reportsync.CodeSalesforceLimit:    "Salesforce limit reached",
}

// statusOf returns the HTTP status of an error. Salesforce's refusals are the client's to mend when they blame a value.
func statusOf(e *reportsync.Error) int {
	status, ok := statuses[e.Code]
	if !ok || e.Code == reportsync.CodeSalesforce && len(e.Fields) > 0 {
		return http.StatusUnprocessableEntity
	}
	return status
}

// asDomainError finds the error that a user is told in err's chain.
func asDomainError(err error) (*reportsync.Error, bool) { return errors.AsType[*reportsync.Error](err) }

// newProblem makes the answer for an error that a user is told.
func newProblem(x *exchange, status int, e *reportsync.Error) *Problem {
	title, ok := titles[e.Code]
	if !ok {
		title = http.StatusText(status)
	}
	return &Problem{Problem: api.Problem{
		Type: "urn:reportsync:problem:" + string(e.Code), Title: title, Status: status, Code: e.Code,
		Detail: e.Message, Hint: e.Hint, RequestID: x.requestID, Errors: e.Fields,
	}}
}

// hiddenProblem makes the answer for an error that is ours alone.
func hiddenProblem(x *exchange) *Problem {
	return newProblem(x, http.StatusInternalServerError, &reportsync.Error{
		Code: reportsync.CodeInternal, Message: "the daemon failed to answer; its log has the cause under request id " + x.requestID,
	})
}

// problem turns a handler's error into its answer. What users are not told is logged here, and only here.
func (s *server) problem(ctx context.Context, err error) *Problem {
	x := exchangeOf(ctx)
	e, ok := asDomainError(err)
	switch {
	case ok && e.Code != reportsync.CodeInternal:
		return newProblem(x, statusOf(e), e)
	case ctx.Err() != nil:
		// The client has gone, or the daemon goes down: nobody's fault, and hardly anybody reads it.
		return newProblem(x, http.StatusServiceUnavailable, &reportsync.Error{
			Code: reportsync.CodeUnavailable, Message: "the request ended before it was answered", Hint: "send it again",
		})
	}
	s.log.Error("request failed", "request_id", x.requestID, "route", x.route(), "error", err)
	return hiddenProblem(x)
}

// writeProblem sends a problem from outside of huma.
func writeProblem(w http.ResponseWriter, p *Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and numbers only
	}
	maps.Copy(w.Header(), p.header)
	w.Header().Set("Content-Type", api.ProblemContentType)
	w.WriteHeader(p.Status)
	w.Write(append(body, '\n')) //nolint:errcheck // the client has gone; there is nobody to tell
}
