package sync

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// settleJob joins the results of a finished job back to its rows and stores them. Rows that met a passing obstacle are
// sent again by collections. It returns the rows that the job never came to; without any the batch is settled.
func (r *run) settleJob(ctx context.Context, target *target, b *batch, job salesforce.IngestJob) ([]write, error) {
	going, release := r.inFlight(ctx)
	defer release()
	results, err := r.jobResults(going, b, job)
	if err != nil {
		return nil, err
	}
	if err := r.sayJob(going, b, job, results); err != nil {
		return nil, err
	}
	if err := r.settleMissing(going, b, results.missing); err != nil {
		return nil, err
	}
	if len(results.again) > 0 && ctx.Err() == nil {
		s := &sending{seq: b.seq, writes: results.again, round: 1, large: 1, refused: results.refused.byRow()}
		if err := r.sendRounds(ctx, target, s); err != nil {
			return nil, err
		}
	} else if err := r.ledger.settle(going, b.seq, results.refused, false); err != nil { // final, since the run stops
		return nil, err
	}
	if len(results.left) == 0 {
		if err := r.ledger.mark(going, b.seq, job.ID, reportsync.BatchSettled); err != nil {
			return nil, err
		}
	}
	r.deleteJob(going, job.ID)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return results.left, nil
}

// results is what a job left to be done.
type results struct {
	updated, failed int
	again           []write // met a passing obstacle
	refused         answers // the answers of again
	left            []write // the job never came to them
	missing         []write // in no result file
	strangers       int     // result rows of records that were not sent
}

// jobResults reads a job's result files and settles the final answers in them.
func (r *run) jobResults(ctx context.Context, b *batch, job salesforce.IngestJob) (*results, error) {
	out, waiting := &results{}, make(map[string]write, len(b.writes))
	for _, w := range b.writes {
		waiting[w.outcome.RecordID] = w
	}
	var final answers
	err := eachResult(ctx, r, job.ID, waiting, &out.strangers, func(w write, result salesforce.IngestResult) error {
		o := jobAnswer(w.outcome, result)
		switch {
		case result.Status == salesforce.IngestUnprocessed:
			out.left = append(out.left, w)
			w.row.sent = false
			return nil
		case o.Kind == reportsync.Failed && isTransient(o.Code, o.Message):
			out.again = append(out.again, w)
			out.refused.add(w.row, o)
			return nil
		case o.Kind == reportsync.Failed:
			out.failed++
		default:
			out.updated++
		}
		if final.add(w.row, o); len(final.rows) < recordRows {
			return nil
		}
		full := final
		final = answers{}
		return r.ledger.settle(ctx, b.seq, full, false)
	})
	out.missing = slices.Collect(maps.Values(waiting))
	if stored := r.ledger.settle(ctx, b.seq, final, false); stored != nil {
		return nil, stored
	}
	if err != nil {
		return nil, fmt.Errorf("read the results of Bulk job %s: %w", job.ID, err)
	}
	return out, nil
}

// eachResult pairs the result rows of a job with what was sent, by record id: their order and their values are not
// those of the upload (Bulk API 2.0 guide: get results). What is paired is taken out of waiting. Files that lack rows
// are not believed before they were read twice: Salesforce may still be writing them.
func eachResult[T any](ctx context.Context, r *run, job string, waiting map[string]T, strangers *int,
	take func(T, salesforce.IngestResult) error,
) error {
	err := readResults(ctx, r.Org, job, waiting, strangers, take)
	e, ok := errors.AsType[*salesforce.Error](err)
	if len(waiting) == 0 || err != nil && (!ok || e.Code != salesforce.CodeUnexpectedAnswer) {
		return err
	}
	if err := r.rest(ctx, 0); err != nil {
		return err
	}
	return readResults(ctx, r.Org, job, waiting, new(int), take) // rows that were paired before are no strangers
}

func readResults[T any](ctx context.Context, org *salesforce.Client, job string, waiting map[string]T, strangers *int,
	take func(T, salesforce.IngestResult) error,
) error {
	for result, err := range org.IngestResults(ctx, job) {
		if err != nil {
			return err
		}
		row, ok := waiting[result.ID]
		if !ok {
			*strangers++
			continue
		}
		delete(waiting, result.ID)
		if err := take(row, result); err != nil {
			return err
		}
	}
	return nil
}

// jobAnswer turns a result row into the outcome of the row that was sent.
func jobAnswer(o reportsync.Outcome, result salesforce.IngestResult) reportsync.Outcome {
	o.Kind = reportsync.Updated
	if result.Status == salesforce.IngestFailed {
		o.Kind = reportsync.Failed
		o.Code, o.Message = describeRowErrors([]salesforce.RowError{result.Error})
	}
	return o
}

func (r *run) sayJob(ctx context.Context, b *batch, job salesforce.IngestJob, out *results) error {
	if job.State == salesforce.JobComplete && len(out.again)+len(out.left)+len(out.missing)+out.strangers == 0 {
		return r.ledger.answered(ctx, reportsync.LogInfo, "Bulk job %s is %s: %d of %d rows updated, %d failed", job.ID, job.State, out.updated, len(b.writes), out.failed)
	}
	text := fmt.Sprintf("Bulk job %s is %s: %d of %d rows updated, %d failed, %d to be sent again, %d unprocessed",
		job.ID, job.State, out.updated, len(b.writes), out.failed, len(out.again), len(out.left))
	if job.ErrorMessage != "" {
		text += "; " + job.ErrorMessage
	}
	if len(out.missing) > 0 {
		ids := make([]string, 0, len(out.missing))
		for _, w := range out.missing {
			ids = append(ids, w.outcome.RecordID)
		}
		slices.Sort(ids)
		text += fmt.Sprintf("; %d rows are in no result file: %s", len(ids), enumerate(ids))
	}
	if out.strangers > 0 {
		text += fmt.Sprintf("; %d result rows are about records that were not sent, or came twice", out.strangers)
	}
	return r.ledger.answered(ctx, reportsync.LogWarn, "%s", text)
}

// settleMissing ends rows that no result file has: nobody can say what became of them.
func (r *run) settleMissing(ctx context.Context, b *batch, missing []write) error {
	var lost answers
	for _, w := range missing {
		o := w.outcome
		o.Kind, o.Code, o.Message = reportsync.Unprocessed, reportsync.RowNoAnswer, "the row is in none of the Bulk job's result files"
		lost.add(w.row, o)
	}
	return r.ledger.settle(ctx, b.seq, lost, false)
}
