package sync

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// explain turns what stopped a run into what its user is told. It returns false for faults of ours, which say nothing
// to a user.
func explain(err error) (*reportsync.RunError, bool) {
	if e, ok := errors.AsType[*reportsync.Error](err); ok {
		return &reportsync.RunError{Code: e.Code, Message: withFields(e), Hint: e.Hint}, true
	}
	if e, ok := errors.AsType[*salesforce.Error](err); ok {
		told := Translate(e)
		return &reportsync.RunError{Code: told.Code, Message: told.Message, Hint: told.Hint}, true
	}
	if errors.Is(err, syscall.ENOSPC) {
		return &reportsync.RunError{
			Code: reportsync.CodeUnavailable, Message: "the disk with the daemon's scratch folder is full",
			Hint: "free some space there, or set scratch_dir to a folder on a larger disk; a run needs about as much as its report has bytes",
		}, false
	}
	return &reportsync.RunError{
		Code:    reportsync.CodeInternal,
		Message: "reportsync met a fault of its own",
		Hint:    "the daemon's log has the details",
	}, false
}

// Translate puts what an org answered, or why it gave no answer, into the domain's terms. Wherever a user is told of
// it, in a run or at the check of a connection, the same fault has the same code.
func Translate(e *salesforce.Error) *reportsync.Error {
	return &reportsync.Error{Code: codeOf(e), Message: sentence(e), Hint: e.Hint, Err: e}
}

func codeOf(e *salesforce.Error) reportsync.Code {
	switch {
	case e.Code == salesforce.CodeOrganizationChanged:
		return reportsync.CodeOrgMismatch
	case salesforce.IsCredentials(e), salesforce.IsAuth(e):
		return reportsync.CodeCredentials
	case salesforce.IsCallBudget(e):
		return reportsync.CodeCallBudget
	case salesforce.IsLimit(e):
		return reportsync.CodeSalesforceLimit
	case salesforce.IsUnreachable(e), salesforce.IsRetryable(e):
		return reportsync.CodeUnavailable
	}
	return reportsync.CodeSalesforce
}

// sentence leaves out what Error adds for logs: method, address and status.
func sentence(e *salesforce.Error) string {
	if e.Code == "" {
		return fmt.Sprintf("%s: %s", e.Op, e.Message)
	}
	return fmt.Sprintf("%s: %s: %s", e.Op, e.Code, e.Message)
}

// withFields adds what is wrong with each attribute, since a run's error has no list of them.
func withFields(e *reportsync.Error) string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	details := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		details[i] = f.Detail
	}
	return e.Message + ": " + strings.Join(details, "; ")
}
