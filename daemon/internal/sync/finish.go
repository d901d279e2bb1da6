package sync

import (
	"context"
	"errors"
	"fmt"
	"iter"

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
	if r.rows.len() == 0 {
		rows, err := r.unread()
		if err != nil {
			return err
		}
		r.keep(rows)
	}
	return r.closePast(ctx)
}

// ending tells what became of each row when a run is over.
type ending struct {
	run      *run
	through  bool   // the run came to its end
	reason   string // why it did not
	counts   reportsync.Counts
	rejected int64
	artifact *reportsync.Artifact
}

// tell writes down the outcomes of all rows, in their order, and adds them up.
func (e *ending) tell(ctx context.Context) error {
	writer, err := e.evidence(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if writer != nil {
			writer.Discard()
		}
	}()
	for o, err := range ahead(e.outcomes(), func(o reportsync.Outcome) reportsync.Outcome { return o }) {
		if err != nil {
			return fmt.Errorf("tell what became of the rows: %w", err)
		}
		if err := e.count(ctx, o); err != nil {
			return err
		}
		if writer == nil {
			continue
		}
		if err := writer.Add(o); err != nil {
			writer.Discard()
			writer = nil
			if err := e.withoutEvidence(ctx, err); err != nil {
				return err
			}
		}
	}
	if err := e.run.past.failure(); err != nil {
		return err
	}
	if writer == nil {
		return nil
	}
	artifact, err := writer.Close(ctx)
	if err != nil {
		return e.withoutEvidence(ctx, err)
	}
	e.artifact = &artifact
	return nil
}

// outcomes yields the outcomes of all rows.
func (e *ending) outcomes() iter.Seq2[reportsync.Outcome, error] {
	return func(yield func(reportsync.Outcome, error) bool) {
		for row, err := range e.run.rows.each() {
			var o reportsync.Outcome
			if err == nil {
				o, err = e.outcome(row)
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}

// count adds an outcome up.
func (e *ending) count(ctx context.Context, o reportsync.Outcome) error {
	e.counts.Read++
	e.counts.Add(o.Kind, 1)
	e.rejected += int64(bit(o.Rejected())) //nolint:gosec // 0 or 1
	if e.counts.Read%progressRows != 0 {
		return nil
	}
	return e.run.ledger.advance(ctx, e.counts.Read)
}

// evidence opens what keeps the outcomes; nil where it can't be opened, and the run ends without.
func (e *ending) evidence(ctx context.Context) (EvidenceWriter, error) {
	if e.run.Evidence == nil {
		return nil, nil
	}
	writer, err := e.run.Evidence.Create(ctx, e.run.Run.ID, e.run.Run.Attempt)
	if err != nil {
		return nil, e.withoutEvidence(ctx, err)
	}
	return writer, nil
}

// withoutEvidence says that outcomes can't be kept. What was written to Salesforce was written all the same, so that
// is no reason to fail the run.
func (e *ending) withoutEvidence(ctx context.Context, why error) error {
	e.run.Logger.Error("outcomes of a run could not be kept", "run", e.run.Run.ID, "error", why)
	return e.run.ledger.log(ctx, reportsync.LogError, "the outcomes of the rows can't be kept, only those of rows that were written: %s", why)
}

// outcome returns what became of a row, also of one that is still on its way.
func (e *ending) outcome(row *reportRow) (reportsync.Outcome, error) {
	r := e.run
	st := r.rows.states[row.index]
	if st.done() {
		return r.outcome(r.target, row)
	}
	if e.through && r.Run.DryRun {
		return r.intended(row)
	}
	o := begin(row, reportsync.Unprocessed)
	o.Code, o.Message = reportsync.RowNotSent, e.reason+" before the row was sent"
	planned := r.past.sentPlan(row.index)
	switch {
	case planned != nil:
		o.Code, o.Message = reportsync.RowNoAnswer, e.reason+" before Salesforce's answer for the row was there"
		o.RecordID, o.Changes = planned.RecordID, planned.Changes
	case st.is() == rowGroup:
		whole, err := r.groupOutcome(r.target, row, reportsync.Unprocessed)
		if whole.Kind == reportsync.Unprocessed && whole.Code == "" {
			whole.Code, whole.Message = o.Code, o.Message
		}
		return whole, err
	case st&rowSent != 0:
		o.Code, o.Message = reportsync.RowNoAnswer, e.reason+" before Salesforce's answer for the row was there"
		return r.intend(row, o)
	}
	return o, nil
}

// intended is the outcome of a row that a dry run would have written, had Salesforce taken it.
func (r *run) intended(row *reportRow) (reportsync.Outcome, error) {
	switch r.rows.states[row.index].is() {
	case rowCreate:
		return r.intend(row, begin(row, reportsync.Created))
	case rowGroup:
		return r.groupOutcome(r.target, row, reportsync.Updated)
	default:
		return r.intend(row, begin(row, reportsync.Updated))
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
	default: // its record was not looked at
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
