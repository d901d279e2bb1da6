package salesforce

import (
	"slices"
	"strings"
)

// Retry is what may get a row through that Salesforce has refused.
type Retry uint8

// From nothing to starting over.
const (
	// RetryNone: the row will be refused again until somebody changes it, the org or the user's rights.
	RetryNone Retry = iota
	// RetryAgain: the same may be taken a moment later.
	RetryAgain
	// RetrySmaller: the row got in the way of others, or of itself in too large a transaction. It may be
	// taken a moment later with fewer rows at once, and with those together that share a parent.
	RetrySmaller
	// RetryLater: nothing is taken for minutes or hours, as during maintenance; another run may do it.
	RetryLater
	// RetryMatch: the record that an update was for is gone, so the row has to be matched anew.
	RetryMatch
)

// String returns the word for logs.
func (r Retry) String() string {
	return [...]string{"none", "again", "smaller", "later", "match"}[r]
}

// rowRetries are the status codes of rows after which something other than RetryNone makes sense (SOAP API
// guide: core data types, status codes).
var rowRetries = map[string]Retry{
	"UNKNOWN_EXCEPTION":                 RetryAgain,
	"INTERNAL_ERROR":                    RetryAgain,
	"SERVER_UNAVAILABLE":                RetryAgain,
	"TEMPORARY_QUERY_MORE_FAILURE":      RetryAgain,
	"TOO_MANY_APEX_REQUESTS":            RetryAgain,
	"ALL_OR_NONE_OPERATION_ROLLED_BACK": RetryAgain,

	CodeLockedRow:                  RetrySmaller,
	"LIMIT_EXCEEDED":               RetrySmaller,
	"APEX_CPU_TIME_LIMIT_EXCEEDED": RetrySmaller,
	"REQUEST_RUNNING_TOO_LONG":     RetrySmaller,
	"QUERY_TIMEOUT":                RetrySmaller,

	codeMaintenance:  RetryLater,
	CodeRequestLimit: RetryLater,

	CodeNotFound:                  RetryMatch,
	CodeEntityIsDeleted:           RetryMatch,
	"INVALID_CROSS_REFERENCE_KEY": RetryMatch,
}

// wrappingCodes are those of a trigger or a flow that failed, whose own cause stands in the message.
var wrappingCodes = []string{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER", "APEX_ERROR"}

// governorTexts say that a transaction met a limit of Apex; they are not localised. Limits are per
// transaction, so fewer rows may stay below them (Apex guide: execution governors and limits).
var governorTexts = []string{
	CodeLockedRow, "System.LimitException", "Too many SOQL queries", "Too many query rows", "Too many SOSL queries",
	"Too many DML statements", "Too many DML rows", "CPU time limit exceeded", "heap size too large",
	"Too many callouts", "Too many future calls", "Too many queueable jobs", "LIMIT_EXCEEDED", "QUERY_TIMEOUT",
}

// RowRetry tells what may get a row through that was refused with a status code. The message counts only
// where it holds the code of something deeper: messages are localised. RetryMatch is meant for updates;
// where a row has no record of its own, what is gone is a parent, and the answer is final.
func RowRetry(code, message string) Retry {
	if slices.Contains(wrappingCodes, code) {
		return nestedRetry(message)
	}
	return rowRetries[code]
}

func nestedRetry(message string) Retry {
	if strings.Contains(message, codeMaintenance) {
		return RetryLater
	}
	if slices.ContainsFunc(governorTexts, func(text string) bool { return strings.Contains(message, text) }) {
		return RetrySmaller
	}
	return RetryNone
}

// Retry is RowRetry for the error. A record that is gone and is blamed on a field is not the row's own,
// but one that the field points to.
func (e RowError) Retry() Retry {
	retry := RowRetry(e.Code, e.Message)
	if retry == RetryMatch && len(e.Fields) > 0 {
		return RetryNone
	}
	return retry
}
