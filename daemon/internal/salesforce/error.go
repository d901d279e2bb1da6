package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Codes that callers decide on. Salesforce has some hundred more (SOAP API guide: core data types);
// they arrive in Error.Code and RowError.Code as sent.
const (
	CodeInvalidSession  = "INVALID_SESSION_ID"
	CodeRequestLimit    = "REQUEST_LIMIT_EXCEEDED"
	CodeLockedRow       = "UNABLE_TO_LOCK_ROW"
	CodeInvalidField    = "INVALID_FIELD"
	CodeInvalidType     = "INVALID_TYPE"
	CodeNotFound        = "NOT_FOUND"
	CodeEntityIsDeleted = "ENTITY_IS_DELETED"

	codeMaintenance = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
)

// Codes of this package, for what Salesforce gives no code for.
const (
	// CodeUnreachable means that no answer came: name not resolved, connection refused or cut, TLS.
	CodeUnreachable = "UNREACHABLE"
	// CodeUnexpectedAnswer means that an answer came which isn't what the API promises.
	CodeUnexpectedAnswer = "UNEXPECTED_ANSWER"
	// CodeRedirected means that the answer points to another address, which isn't followed because
	// the token would go with it.
	CodeRedirected = "REDIRECTED"
	// CodeUnsupportedVersion means that the org doesn't offer Config.APIVersion.
	CodeUnsupportedVersion = "UNSUPPORTED_API_VERSION"
	// CodeOrganizationChanged means that a new login led into another org than the first one, as after
	// a sandbox refresh; nothing more is sent.
	CodeOrganizationChanged = "ORGANIZATION_CHANGED"
	// CodeInvalidRequest means that the request was refused before it was sent.
	CodeInvalidRequest = "INVALID_REQUEST"
	// CodeJobFailed and CodeJobAborted are the ends of a Bulk job that did not complete.
	CodeJobFailed  = "BULK_JOB_FAILED"
	CodeJobAborted = "BULK_JOB_ABORTED"
)

// Error is why a call failed: what was being done, what was answered, and what usually helps.
type Error struct {
	// Op is the attempted deed as a verb phrase: "describe Contact".
	Op string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Code is Salesforce's errorCode, an OAuth error such as invalid_grant, or one of this package's.
	Code    string
	Message string
	// Hint is what to do about it, empty when nothing general can be said.
	Hint   string
	Fields []string
	// Method and URL are the request, without the query.
	Method string
	URL    string
	// Err is the cause where one exists as an error, such as a *net.OpError.
	Err error

	class      errorClass
	anonymous  bool // the answer held no error object of Salesforce: anybody on the way may have given it
	retryAfter time.Duration
}

// errorClass is what an error means for the caller; it is decided where the answer is read.
type errorClass uint8

const (
	classOther       errorClass = iota
	classRetryable              // the same call may succeed later
	classAuth                   // the session is not accepted
	classCredentials            // OAuth refused to start a session
	classUnreachable            // no answer came
	classLimit                  // the org's daily requests are used up
)

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", e.Op)
	if e.Code != "" {
		fmt.Fprintf(&b, "%s: ", e.Code)
	}
	b.WriteString(e.Message)
	if where := e.where(); where != "" {
		fmt.Fprintf(&b, " (%s)", where)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "; %s", e.Hint)
	}
	return b.String()
}

func (e *Error) where() string {
	var parts []string
	if e.Method != "" {
		parts = append(parts, e.Method+" "+e.URL)
	}
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	return strings.Join(parts, ", ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// IsRetryable reports whether the same call may succeed later without anybody changing anything:
// the org or the network was in trouble. For CreateIngest and UploadIngestContent see the package comment.
func IsRetryable(err error) bool {
	return inClass(err, classRetryable, classUnreachable) && !untrusted(err)
}

// IsUnreachable reports whether the org gave no answer at all.
func IsUnreachable(err error) bool { return inClass(err, classUnreachable) }

// IsAuth reports whether the org refused the session, or starting one.
func IsAuth(err error) bool { return inClass(err, classAuth, classCredentials) }

// IsCredentials reports whether the client id, the secret or the app's settings are at fault.
// Error.Code and Error.Message then hold OAuth's error and description.
func IsCredentials(err error) bool { return inClass(err, classCredentials) }

// IsLimit reports whether the org's API requests of the last 24 hours are used up; it takes hours to
// pass.
func IsLimit(err error) bool { return inClass(err, classLimit) }

// IsNotFound reports whether an object, a field, a record or a job doesn't exist for the run-as
// user: without field-level security a field behaves as non-existent.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	switch e.Code {
	case CodeNotFound, CodeInvalidType, CodeInvalidField, CodeEntityIsDeleted:
		return true
	}
	return e.Status == http.StatusNotFound
}

func inClass(err error, classes ...errorClass) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	e, ok := errors.AsType[*Error](err)
	return ok && slices.Contains(classes, e.class)
}

// refuse makes the error for a request that isn't sent.
func refuse(op, format string, args ...any) *Error {
	return &Error{Op: op, Code: CodeInvalidRequest, Message: fmt.Sprintf(format, args...)}
}

// unexpected makes the error for an answer that isn't what the API promises.
func unexpected(op, format string, args ...any) *Error {
	return &Error{Op: op, Code: CodeUnexpectedAnswer, Message: fmt.Sprintf(format, args...)}
}
