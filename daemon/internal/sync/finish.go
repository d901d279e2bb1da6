package sync

import (
	"context"
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// finish gives the run its status and writes down what became of its rows. Whatever stopped it, every row that was read
// ends with an outcome and the counts add up (invariant 2), unless this attempt is not the run's last.
func (r *run) finish(ctx context.Context, stop error) (Result, error) {
	if err := unfinishedBusiness(ctx, stop); err != nil {
		return Result{}, err
	}
	cancelled := stop != nil && errors.Is(context.Cause(ctx), reportsync.ErrCancelled)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.pace.store)
	defer cancel()
	result := Result{Status: reportsync.RunCompleted}
	ending := &ending{run: r, through: stop == nil}
	switch {
	case cancelled:
		result.Status, ending.reason = reportsync.RunCancelled, "the run was cancelled"
	case stop != nil:
		result.Status, ending.reason = reportsync.RunFailed, "the run failed"
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
	if err := r.abortLeftOpen(ctx); err != nil {
		return Result{}, err
	}
	if err := r.ledger.enter(ctx, reportsync.StageFinish, int64(r.rows.len())); err != nil {
		return Result{}, err
	}
	if err := ending.tell(ctx); err != nil {
		return Result{}, err
	}
	result.Counts, result.Artifact = ending.counts, ending.artifact
	if result.Status == reportsync.RunCompleted && ending.rejected > 0 {
		result.Status = reportsync.RunCompletedWithErrors
	}
	r.tidied(ctx)
	used := r.Org.Usage()
	result.APICalls, result.BulkBatches, result.BytesSent, result.BytesReceived = used.Calls, used.BulkBatches, used.BytesSent, used.BytesReceived
	return result, r.sayEnd(ctx, result)
}

// unfinishedBusiness returns what ends the attempt and leaves the run live, nil when the run is over.
func unfinishedBusiness(ctx context.Context, stop error) error {
	cause := context.Cause(ctx)
	storeErr, broken := errors.AsType[*storeError](stop)
	waiting, postponed := errors.AsType[*PostponedError](stop)
	switch {
	case stop == nil:
		return nil
	case errors.Is(stop, reportsync.ErrLeaseLost), errors.Is(cause, reportsync.ErrLeaseLost):
		return reportsync.ErrLeaseLost
	case cause != nil && !errors.Is(cause, reportsync.ErrCancelled):
		return cause
	case broken && cause == nil:
		return storeErr
	case postponed && cause == nil:
		return waiting
	}
	return nil
}

// abandon sees to it that all is known that can be known of the rows of a run that stopped.
func (r *run) abandon(ctx context.Context, cancelled bool) error {
	if r.past.attempts && !r.past.recalled {
		if err := r.past.recall(ctx, r.Journal); err != nil {
			return err
		}
		if cancelled {
			if err := r.endJobs(ctx); err != nil {
				return err
			}
		}
	}
	if cancelled && r.rows.len() == 0 && r.past.attempts {
		looking, done := context.WithTimeout(ctx, r.pace.settle)
		err := r.lookAtPlanned(looking)
		done()
		if err != nil {
			return err
		}
	}
	if r.rows.len() == 0 {
		rows, err := r.unread(ctx)
		if err != nil {
			return err
		}
		r.keep(rows)
	}
	return r.closePast(ctx)
}

// intended is the outcome of a row that a dry run would have written, had Salesforce taken it.
func (r *run) intended(row *reportRow) (reportsync.Outcome, error) {
	switch r.rows.states[row.index].is() {
	case rowCreate:
		return r.intend(row, begin(row, reportsync.Created))
	case rowGroup:
		return r.groupOutcome(r.target, row, reportsync.Updated)
	default:
		o, err := r.intend(row, begin(row, reportsync.Updated))
		return unsettled(o), err
	}
}

// intend adds to an outcome which record and values were meant.
func (r *run) intend(row *reportRow, o reportsync.Outcome) (reportsync.Outcome, error) {
	switch r.rows.states[row.index].is() {
	case rowCreate:
		o.Changes = r.target.creation(row)
	case rowDiffers:
		f, err := r.rows.find(r.rows.links[row.index])
		if err != nil {
			return o, err
		}
		o.RecordID, o.Changes = f.id, r.target.changes(row, f)
	case rowDirect:
		if r.target.key.isID() {
			o.RecordID = string(row.key)
		}
		o.Changes = r.target.unread(r.target.assignAll(row, !r.target.key.isID()))
	default: // nothing is meant
	}
	return o, nil
}

func (r *run) sayEnd(ctx context.Context, result Result) error {
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
	case result.Status == reportsync.RunCompletedWithErrors:
		level = reportsync.LogWarn
	}
	return r.ledger.log(ctx, level,
		"%s: %d rows read, %d updated, %d created, %d unchanged, %d unmatched, %d ambiguous, %d duplicate, %d invalid, %d failed, %d unprocessed; %d API calls, %d Bulk batches",
		result.Status, c.Read, c.Updated, c.Created, c.Unchanged, c.Unmatched, c.Ambiguous, c.Duplicate, c.Invalid, c.Failed, c.Unprocessed, r.Run.APICalls+result.APICalls, r.Run.BulkBatches+result.BulkBatches)
}
