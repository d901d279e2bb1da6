package reportsync

import (
	"errors"
	"fmt"
	"strings"
)

// Code classifies an [Error] for programs. Codes are stable; messages are not.
type Code string

// The codes that the config API and a run's error carry.
const (
	CodeInvalid            Code = "invalid"             // a value breaks a rule; Fields say which and why
	CodeNotFound           Code = "not_found"           // the thing is gone, or never was
	CodeConflict           Code = "conflict"            // the state of things forbids it: a name taken, a run under way
	CodeInUse              Code = "in_use"              // others depend on it; the message names them
	CodePreconditionFailed Code = "precondition_failed" // If-Match named another revision than the stored one
	CodeUnauthorized       Code = "unauthorized"        // no token, or one that is not known
	CodeForbidden          Code = "forbidden"           // the token's role does not reach so far
	CodeUnavailable        Code = "unavailable"         // a remote party can't be reached now; later may do
	CodeInternal           Code = "internal"            // our fault; details are in the daemon's log only

	CodeReportNotFound   Code = "report_not_found"   // no report of the source matches
	CodeReportUnreadable Code = "report_unreadable"  // the report can't be opened or is no table
	CodeReportChanged    Code = "report_changed"     // the report changed while, or between the attempts in which, it was read
	CodeColumnNotFound   Code = "column_not_found"   // the report has no such column
	CodeObjectNotFound   Code = "object_not_found"   // the org has no such object, or the user may not see it
	CodeFieldNotFound    Code = "field_not_found"    // the object has no such field, or the user may not see it
	CodeFieldNotWritable Code = "field_not_writable" // the field can't be written by this user
	CodeFieldUnsupported Code = "field_unsupported"  // the field's type can't be fed from a report
	CodeKeyNotUsable     Code = "key_not_usable"     // the field can't be matched by
	CodeCredentials      Code = "credentials"        // Salesforce refused the login
	CodeOrgMismatch      Code = "org_mismatch"       // the login leads to another org than the one declared
	CodeSalesforce       Code = "salesforce_error"   // Salesforce refused or failed a call
	CodeSalesforceLimit  Code = "salesforce_limit"   // the org's API allowance is used up
	CodeGuard            Code = "guard"              // a limit that the integration sets stopped the run before its first write
	CodeReportStale      Code = "report_stale"       // the newest report is older than the integration takes
	CodeCallBudget       Code = "call_budget"        // the connection's own allowance of API calls is used up
	CodeInterrupted      Code = "interrupted"        // the run was cut off too often to go on
)

// Error is an error that a user is told. Everything else is reported as internal and kept in the daemon's log.
type Error struct {
	Code    Code
	Message string       // what went wrong, naming the thing and the place
	Hint    string       // the way out, empty when the message holds it already
	Fields  []FieldError // the attributes to blame, if any
	Err     error        // the cause, for logs; never shown to users
}

// FieldError blames one attribute of a configuration object.
type FieldError struct {
	Pointer string `json:"pointer" doc:"JSON pointer (RFC 6901) to the value to blame" example:"/match/column"`
	Code    Code   `json:"code" doc:"What is wrong with it, for programs"`
	Detail  string `json:"detail" doc:"What is wrong with it, and the way out"`
}

// Error returns the message, followed by what is wrong with each field and by the hint.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Detail)
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an [Error] with a formatted message; a %w operand becomes its cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint returns a copy of e that offers a way out.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// Invalid makes the error that lists what is wrong with a configuration object, or nil when nothing is.
func Invalid(what string, fields []FieldError) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Message: what + " is not valid", Fields: fields}
}

// RevisionMismatch makes the error for a change that is meant for the revision want of what has the revision have, or nil
// when that is the one; a want of 0 is meant for any.
func RevisionMismatch(what string, want, have int64) error {
	if want == 0 || want == have {
		return nil
	}
	return Errorf(CodePreconditionFailed, "%s has revision %d, not %d: it was changed in the meantime", what, have, want).
		WithHint("read it again and repeat the change on what stands now")
}

// CodeOf returns the code of the first [Error] in err's chain, and [CodeInternal] when there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
