// Package fault makes an org misbehave on purpose. A [Fault] says which requests,
// jobs or rows it strikes and what happens to them; an [Injector] holds the rules
// in force and counts their hits. Tests wait for a hit with [Rule.Wait] instead
// of sleeping.
package fault

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Action is what a fault does.
type Action string

// The actions. Those up to ExpireSession strike requests, the job actions strike
// ingest jobs when they are processed, LockRows strikes rows as they are written.
const (
	Respond       Action = "respond"        // answer with Status and Body; nothing takes effect
	ResetBefore   Action = "reset_before"   // reset the connection; nothing takes effect
	ResetAfter    Action = "reset_after"    // carry the request out, then reset the connection
	Delay         Action = "delay"          // wait for Delay, then go on
	Hold          Action = "hold"           // wait for Release, then go on
	ExpireSession Action = "expire_session" // end the request's session: 401 INVALID_SESSION_ID
	FailJob       Action = "fail_job"       // fail the job after Rows rows, which stay committed
	HoldJob       Action = "hold_job"       // stop the job after Rows rows until Release
	LockRows      Action = "lock_rows"      // UNABLE_TO_LOCK_ROW
)

// Fault is one rule. Empty properties match everything.
type Fault struct {
	Name   string `json:"name,omitzero"`   // shown in the journal
	Method string `json:"method,omitzero"` // of the request
	Path   string `json:"path,omitzero"`   // glob over the URL path, * within a segment and ** across; of jobs: the job's own path
	After  int    `json:"after,omitzero"`  // this many matches pass unharmed first
	Times  int    `json:"times,omitzero"`  // then this many are struck; 0: all

	Action Action `json:"action"`

	Status      int    `json:"status,omitzero"`       // of Respond
	Body        string `json:"body,omitzero"`         // of Respond
	ContentType string `json:"content_type,omitzero"` // of Respond; default application/json;charset=UTF-8
	RetryAfter  int    `json:"retry_after,omitzero"`  // of Respond: a Retry-After header, in seconds

	Delay Duration `json:"delay,omitzero"` // of Delay

	Rows    int    `json:"rows,omitzero"`    // of FailJob and HoldJob
	Message string `json:"message,omitzero"` // of FailJob: the job's errorMessage; default: a Timeout

	Object string   `json:"object,omitzero"` // of LockRows and the job actions: API name
	IDs    []string `json:"ids,omitzero"`    // of LockRows: 18-character ids of records or of their parents; none: every row
}

// Check tells what is wrong with a fault, or returns nil.
func (f *Fault) Check() error {
	if !slices.Contains(actions(), f.Action) {
		return fmt.Errorf("action %q is none of %v", f.Action, actions())
	}
	if f.Path != "" && !doublestar.ValidatePattern(f.Path) {
		return fmt.Errorf("path %q is not a valid glob", f.Path)
	}
	if f.After < 0 || f.Times < 0 || f.Rows < 0 || f.Delay < 0 || f.RetryAfter < 0 {
		return errors.New("after, times, rows, delay and retry_after must not be negative")
	}
	if f.Action == Respond && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d: a respond fault needs one from 200 to 599", f.Status)
	}
	return nil
}

func actions() []Action {
	return []Action{Respond, ResetBefore, ResetAfter, Delay, Hold, ExpireSession, FailJob, HoldJob, LockRows}
}

// Unavailable is the HTML page that a load balancer gives with status 503.
func Unavailable() Fault {
	return Fault{
		Name: "html 503", Action: Respond, Status: http.StatusServiceUnavailable, ContentType: "text/html;charset=UTF-8",
		Body: "<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body><h1>503 Service Unavailable</h1><p>We are down for maintenance. Sorry for the inconvenience.</p></body></html>",
	}
}

// ServerError is a JSON answer with status 500 and code UNKNOWN_EXCEPTION.
func ServerError() Fault {
	return Fault{
		Name: "json 500", Action: Respond, Status: http.StatusInternalServerError,
		Body: `[{"message":"An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (1234567890)","errorCode":"UNKNOWN_EXCEPTION"}]`,
	}
}

// DailyLimit is REQUEST_LIMIT_EXCEEDED for the calls of the last 24 hours.
func DailyLimit() Fault {
	return limitExceeded("daily limit", "TotalRequests Limit exceeded.")
}

// ConcurrentLimit is REQUEST_LIMIT_EXCEEDED for long requests at the same time.
func ConcurrentLimit() Fault {
	return limitExceeded("concurrent limit", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
}

func limitExceeded(name, message string) Fault {
	return Fault{
		Name: name, Action: Respond, Status: http.StatusForbidden,
		Body: `[{"message":"` + message + `","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`,
	}
}

// Duration is a time.Duration that JSON writes as text such as "1.5s".
type Duration time.Duration

// MarshalText prints the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration such as "1.5s".
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("parse duration: %w", err)
	}
	*d = Duration(parsed)
	return nil
}
