package salesforce

import (
	"errors"
	"fmt"
	"strings"
)

// isJobState reports whether a job's state did not allow what was asked.
func isJobState(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && sameCode(e.Code, "InvalidJobState")
}

// jobError explains the end of a job that did not complete. The message begins with the cause's name:
// "InvalidBatch : Field name not found : X" (Bulk API 2.0 guide: errors).
func jobError(op string, job jobJSON) error {
	e := &Error{Op: op, Message: job.ErrorMessage}
	switch job.State {
	case JobFailed:
		e.Code = CodeJobFailed
	case JobAborted:
		e.Code = CodeJobAborted
	default:
		return nil
	}
	if e.Message == "" {
		e.Message = fmt.Sprintf("job %s is %s and Salesforce gives no reason", job.ID, job.State)
		return e
	}
	cause, _, _ := strings.Cut(e.Message, ":")
	cause = strings.TrimSpace(cause)
	e.Hint = hintFor(cause, e.Message)
	if sameCode(cause, "InvalidBatch") && strings.Contains(e.Message, "Field name not found") {
		e.Hint = hintFor(CodeInvalidField, "")
	}
	if sameCode(cause, "TooManyLockFailure", "Timeout") {
		e.class = classRetryable
	}
	return e
}

func wrapOp(op string, err error) error { return fmt.Errorf("%s: %w", op, err) }

// sameID compares two ids whatever their forms; what isn't an id is compared as text.
func sameID(a, b string) bool {
	if full, err := ID18(a); err == nil {
		a = full
	}
	if full, err := ID18(b); err == nil {
		b = full
	}
	return a == b
}
