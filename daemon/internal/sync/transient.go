package sync

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// maxRounds is how often a row is sent in all before its answer is final.
const maxRounds = 4

// isTransient reports whether a refused row is worth sending again within this run.
func isTransient(code, message string) bool {
	switch salesforce.RowRetry(code, message) { //nolint:exhaustive // the others are final
	case salesforce.RetryAgain, salesforce.RetrySmaller:
		return true
	}
	return false
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
