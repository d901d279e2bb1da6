package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-resty/resty/v2"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ProblemContentType is the content type of error answers (RFC 9457).
const ProblemContentType = "application/problem+json"

// ResponseError is an error answer of the daemon.
type ResponseError struct {
	Status    int    // HTTP status
	RequestID string // as it stands in the daemon's log; empty when something else answered
	Problem   Problem
}

// Error returns what went wrong, in a user's words, with the request id.
func (e *ResponseError) Error() string {
	text := e.Unwrap().Error()
	if e.RequestID != "" {
		text += fmt.Sprintf(" [request %s]", e.RequestID)
	}
	return text
}

// Unwrap returns the same as the domain's [*reportsync.Error].
func (e *ResponseError) Unwrap() error {
	p := e.Problem
	return &reportsync.Error{Code: p.Code, Message: p.Detail, Hint: p.Hint, Fields: p.Errors}
}

func isProblem(res *resty.Response) bool {
	return strings.HasPrefix(res.Header().Get("Content-Type"), ProblemContentType)
}

// responseError decodes an error answer.
func (c *Client) responseError(res *resty.Response) error {
	var p Problem
	if !isProblem(res) || json.Unmarshal(res.Body(), &p) != nil || p.Code == "" {
		return c.strangeAnswer(res)
	}
	return &ResponseError{Status: res.StatusCode(), RequestID: res.Header().Get(HeaderRequestID), Problem: p}
}

// strangeAnswer is the error for an answer that no reportsyncd gives: some proxy or another program sent it.
func (c *Client) strangeAnswer(res *resty.Response) error {
	p := Problem{
		Status: res.StatusCode(),
		Code:   reportsync.CodeInternal,
		Detail: fmt.Sprintf("%s answered %s, but not as reportsyncd does", c.endpoint, res.Status()),
		Hint:   "check that the endpoint is reportsyncd's own, and what stands between",
	}
	switch res.StatusCode() {
	case http.StatusUnauthorized:
		p.Code = reportsync.CodeUnauthorized
	case http.StatusForbidden:
		p.Code = reportsync.CodeForbidden
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		p.Code = reportsync.CodeUnavailable
	}
	return &ResponseError{Status: res.StatusCode(), RequestID: res.Header().Get(HeaderRequestID), Problem: p}
}
