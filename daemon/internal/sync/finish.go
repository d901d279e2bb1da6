package sync

import (
	"context"
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// finish gives the run its status. Whatever stopped it, every row that was read ends with an outcome and the counts
// add up (invariant 2), unless this attempt is not the run's last.
func (r *run) finish(ctx context.Context, stop error) (Result, error) {
	if err := unfinishedBusiness(ctx, stop); err != nil {
		return Result{}, err
	}
	cancelled := stop != nil && errors.Is(context.Cause(ctx), reportsync.ErrCancelled)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.pace.store)
	defer cancel()
	result := Result{Status: reportsync.RunCompleted}
	switch {
	case cancelled:
		result.Status = reportsync.RunCancelled
	case stop != nil:
		result.Status = reportsync.RunFailed
		var known bool
		if result.Err, known = explain(stop); !known {
			r.Logger.Error("run failed", "run", r.Run.ID, "integration", r.Integration.ID, "error", stop)
		}
	}
	if stop != nil {
		if err := r.abandon(ctx, cancelled); err != nil {
			return Result{}, err
		}
	}
	result.Counts = r.ledger.tally()
	if result.Status == reportsync.RunCompleted && result.Counts.Rejected() > 0 {
		result.Status = reportsync.RunCompletedWithErrors
	}
	used := r.Org.Usage()
	result.APICalls, result.BulkBatches = used.Calls, used.BulkBatches
	return result, r.sayEnd(ctx, result)
}

// unfinishedBusiness returns what ends the attempt and leaves the run live, nil when the run is over.
func unfinishedBusiness(ctx context.Context, stop error) error {
	cause := context.Cause(ctx)
	storeErr, broken := errors.AsType[*storeError](stop)
	switch {
	case stop == nil:
		return nil
	case errors.Is(stop, reportsync.ErrLeaseLost), errors.Is(cause, reportsync.ErrLeaseLost):
		return reportsync.ErrLeaseLost
	case cause != nil && !errors.Is(cause, reportsync.ErrCancelled):
		return cause
	case broken && cause == nil:
		return storeErr
	}
	return nil
}

// abandon gives the rows that are still open the outcome that is true of them.
func (r *run) abandon(ctx context.Context, cancelled bool) error {
	reason := "the run failed"
	if cancelled {
		reason = "the run was cancelled"
	}
	if err := r.ledger.flush(ctx); err != nil {
		return err
	}
	if r.Run.Attempt > 1 && !r.past.recalled {
		if cancelled {
			if err := r.endJobs(ctx); err != nil {
				return err
			}
		}
		if err := r.recall(ctx); err != nil {
			return err
		}
	}
	if r.rows == nil {
		r.rows = r.unread()
		r.ledger.setRead(r.rows.read())
	}
	for row := range r.rows.open() {
		o := row.reject(reportsync.Unprocessed, reportsync.RowNotSent, reason+" before the row was sent")
		if row.sent {
			o.Code, o.Message = reportsync.RowNoAnswer, reason+" before Salesforce's answer for the row was there"
		}
		if row.earlier != nil {
			o.RecordID, o.Changes = row.earlier.outcome.RecordID, row.earlier.outcome.Changes
		}
		if err := r.ledger.end(ctx, row, o); err != nil {
			return err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return err
	}
	return r.closePast(ctx)
}

// unread stands in for the report when it could not be read to its end. An attempt that reads none has no rows. One
// that follows another knows how many the report had, and something of those that were planned.
func (r *run) unread() *rowSet {
	rows := &rowSet{}
	if r.Run.Attempt <= 1 {
		return rows
	}
	last := r.Run.Counts.Read
	for number := range r.past.answered {
		last = max(last, number)
	}
	for number := range r.past.open {
		last = max(last, number)
	}
	for number := int64(1); number <= last; number++ {
		row := &reportRow{number: number}
		if _, answered := r.past.answered[number]; answered {
			row.done = true
		}
		if e := r.past.open[number]; e != nil {
			row.line, row.key = e.outcome.Line, e.outcome.Key
			row.earlier, row.batch, row.sent = e, e.batch, e.sent
		}
		rows.add(row)
	}
	return rows
}

func (r *run) sayEnd(ctx context.Context, result Result) error {
	if err := r.ledger.enter(ctx, reportsync.StageFinish, result.Counts.Read); err != nil {
		return err
	}
	if err := r.ledger.advance(ctx, result.Counts.Read); err != nil {
		return err
	}
	c := result.Counts
	level := reportsync.LogInfo
	switch {
	case result.Err != nil:
		level = reportsync.LogError
		text := result.Err.Message
		if result.Err.Hint != "" {
			text += " (" + result.Err.Hint + ")"
		}
		if err := r.ledger.log(ctx, level, "%s", text); err != nil {
			return err
		}
	case c.Rejected() > 0:
		level = reportsync.LogWarn
	}
	return r.ledger.log(ctx, level,
		"%s: %d rows read, %d updated, %d unchanged, %d unmatched, %d ambiguous, %d duplicate, %d invalid, %d failed, %d unprocessed; %d API calls, %d Bulk batches",
		result.Status, c.Read, c.Updated, c.Unchanged, c.Unmatched, c.Ambiguous, c.Duplicate, c.Invalid, c.Failed, c.Unprocessed, result.APICalls, result.BulkBatches)
}
