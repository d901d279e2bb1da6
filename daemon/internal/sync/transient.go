package sync

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// maxRounds is how often a row is sent in all before its answer is final.
const maxRounds = 4

// transient are the row codes after which the same row may be taken a moment later (SOAP API guide: core data types).
var transient = []string{
	"UNABLE_TO_LOCK_ROW",
	"TOO_MANY_APEX_REQUESTS",
	"UNKNOWN_EXCEPTION",
	"INTERNAL_ERROR",
	"SERVER_UNAVAILABLE",
	"REQUEST_RUNNING_TOO_LONG",
	"TEMPORARY_QUERY_MORE_FAILURE",
	"ALL_OR_NONE_OPERATION_ROLLED_BACK",
	"INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
	"LIMIT_EXCEEDED",
	"APEX_CPU_TIME_LIMIT_EXCEEDED",
}

// nested are the codes that wrap the error of a trigger or a flow, whose own code stands in the message.
var nested = []string{"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"}

// governor limits are per transaction: fewer rows at once may stay below them (Apex developer guide: execution
// governors and limits).
var governor = []string{"Too many SOQL queries", "Too many DML", "CPU time limit exceeded", "UNABLE_TO_LOCK_ROW"}

// isTransient reports whether a refused row is worth sending again.
func isTransient(code, message string) bool {
	if slices.Contains(transient, code) {
		return true
	}
	return slices.Contains(nested, code) && slices.ContainsFunc(governor, func(part string) bool { return strings.Contains(message, part) })
}

// roundRows is how many rows go together in a round: fewer each time, so that rows that are in each other's way part.
func roundRows(round int) int {
	rows := salesforce.MaxCollectionRows
	for range round {
		rows = max(1, rows/5)
	}
	return rows
}

// rest waits before another round, longer each time and never twice the same, so that rows that met don't meet again.
func (r *run) rest(ctx context.Context, round int) error {
	ceiling := r.pace.retry << round
	timer := time.NewTimer(ceiling/2 + rand.N(ceiling/2+1)) //nolint:gosec // spreads load, guards no secret
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
