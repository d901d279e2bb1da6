package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// resume clears up after an attempt that was cut off: Bulk jobs are aborted or seen through, and what they answered is
// stored. Everything that was found out without writing is found out anew.
func (r *run) resume(ctx context.Context) error {
	if !r.past.attempts {
		return nil
	}
	if err := r.ledger.enter(ctx, reportsync.StageOpen, 0); err != nil {
		return err
	}
	r.removeQueries(ctx)
	if err := r.past.recall(ctx, r.Journal); err != nil {
		return err
	}
	batches, err := r.Journal.Batches(ctx)
	if err != nil {
		return stored(err)
	}
	for _, b := range batches {
		r.past.nextBatch = max(r.past.nextBatch, b.Seq+1)
		if b.State == reportsync.BatchSettled {
			continue
		}
		r.past.batches = append(r.past.batches, b)
		if err := r.clearUp(ctx, b); err != nil {
			return err
		}
	}
	if err := r.past.failure(); err != nil {
		return err
	}
	answered, open := r.past.tell()
	return r.ledger.info(ctx, "attempt %d: %d rows have Salesforce's answer already, %d were planned without one", r.Run.Attempt, answered, open)
}

// clearUp deals with the Bulk job of a batch (invariant 5). A job that was not closed has written nothing and is
// aborted; a closed one is seen through. What is found neither way is found by comparison later.
func (r *run) clearUp(ctx context.Context, b reportsync.WriteBatch) error {
	if b.JobID == "" {
		// A job's id is stored before its upload. What went by a call is found by comparison.
		r.past.unsent[b.Seq] = b.Route == reportsync.RouteBulk
		return nil
	}
	if b.State == reportsync.BatchOpen {
		r.discard(ctx, b.JobID)
		return r.neverSent(ctx, b)
	}
	r.ledger.working(b.JobID)
	job, err := r.Org.IngestJob(ctx, b.JobID)
	switch {
	case salesforce.IsNotFound(err):
		r.ledger.ended(b.JobID)
		return r.ledger.warn(ctx, "Bulk job %s is gone: its rows are compared instead", b.JobID)
	case err != nil:
		return fmt.Errorf("look at Bulk job %s: %w", b.JobID, err)
	case job.State == salesforce.JobOpen:
		r.ledger.ended(b.JobID)
		r.discard(ctx, b.JobID) // the call to close it never arrived
		return r.neverSent(ctx, b)
	}
	if job, err = r.awaitJob(ctx, b.Seq, b.JobID, salesforce.IngestWait{Rows: b.Rows}); err != nil {
		return err
	}
	going, release := r.inFlight(ctx)
	defer release()
	return r.settlePast(going, b, job)
}

// neverSent notes that Salesforce never began with the rows of a batch.
func (r *run) neverSent(ctx context.Context, b reportsync.WriteBatch) error {
	r.past.unsent[b.Seq] = true
	return r.ledger.info(ctx, "Bulk job %s was not closed: aborted", b.JobID)
}

// plannedIn calls each for the rows of a batch that have no answer and were not moved to another batch. It returns how
// many rows the batch had.
func (r *run) plannedIn(ctx context.Context, seq int, each func(o reportsync.Outcome)) (rows int, err error) {
	err = r.Journal.Planned(ctx, func(batch int, planned []reportsync.Outcome) error {
		if batch != seq {
			return nil
		}
		rows += len(planned)
		for _, o := range planned {
			if index := int(o.Row - 1); !r.past.answered(index, o.RecordID) && r.past.batchOf(index, o.RecordID) == seq {
				each(o)
			}
		}
		return nil
	})
	return rows, stored(err)
}

// endJobs aborts the Bulk jobs of earlier attempts, because the run is cancelled before it looked at them, and stores
// what they had done. What can't be had in time stays without an answer.
func (r *run) endJobs(ctx context.Context) error {
	batches, err := r.Journal.Batches(ctx)
	if err != nil {
		return stored(err)
	}
	ctx, cancel := context.WithTimeout(ctx, r.pace.settle)
	defer cancel()
	for _, b := range batches {
		if b.State == reportsync.BatchSettled || b.JobID == "" {
			continue
		}
		err := r.Org.AbortIngest(ctx, b.JobID)
		if clearing := r.clearUp(ctx, b); clearing == nil {
			err = nil // it had ended by itself
		} else {
			err = errors.Join(err, clearing)
		}
		if _, broken := errors.AsType[*storeError](err); broken {
			return err
		}
		if err != nil {
			r.Logger.Debug("job may still be at work", "job", b.JobID, "error", err)
		}
	}
	return nil
}

// settlePast stores the final answers of an earlier attempt's job. Rows that met a passing obstacle, or that the job
// never came to, stay open and go through the stages again.
func (r *run) settlePast(ctx context.Context, b reportsync.WriteBatch, job salesforce.IngestJob) error {
	waiting, name := map[string]reportsync.Outcome{}, func(o reportsync.Outcome) string { return o.RecordID }
	pair, key := func(result salesforce.IngestResult) string { return result.ID }, ""
	if job.Operation != salesforce.OperationUpdate {
		target, _, err := r.checked(ctx)
		if err != nil {
			return err
		}
		if target == nil || target.key.Key == nil {
			return r.ledger.warn(ctx, "the rows of Bulk job %s can't be told apart any more", b.JobID)
		}
		key = target.key.Name
		name = func(o reportsync.Outcome) string { return target.key.Fold(o.Key) }
		pair = func(result salesforce.IngestResult) string {
			cell, _ := result.Value(key)
			return target.key.FromOrg(cell)
		}
	}
	sent, err := r.plannedIn(ctx, b.Seq, func(o reportsync.Outcome) { waiting[name(o)] = o })
	if err != nil {
		return err
	}
	var final []reportsync.Outcome
	for result, err := range r.Org.IngestResultsOf(ctx, job, sent) {
		if e, ok := errors.AsType[*salesforce.Error](err); ok && e.Code == salesforce.CodeUnexpectedAnswer {
			break // rows without a result stay open
		}
		if err != nil {
			return fmt.Errorf("read the results of Bulk job %s: %w", b.JobID, err)
		}
		o, ok := waiting[pair(result)]
		if !ok {
			continue
		}
		delete(waiting, pair(result))
		if unwritten(job.Operation, result) {
			r.past.skip(b.Seq, o)
			continue
		}
		if o = jobAnswer(o, job.Operation, key, result); o.Kind == reportsync.Failed && isTransient(o.Code, o.Message) {
			continue
		}
		final = append(final, o)
	}
	for part := range slices.Chunk(final, settledRows) {
		if err := r.ledger.settle(ctx, b.Seq, part, false); err != nil {
			return err
		}
		if err := r.past.answers.addAll(b.Seq, part); err != nil {
			return err
		}
	}
	return r.ledger.answered(ctx, reportsync.LogInfo, "Bulk job %s of an earlier attempt is %s: %d answers stored", b.JobID, job.State, len(final))
}

// unwritten reports whether nothing was written for a row of an earlier attempt's job, and it may be matched anew: the job
// never came to it, or its record was gone.
func unwritten(verb salesforce.Operation, result salesforce.IngestResult) bool {
	return result.Status == salesforce.IngestUnprocessed ||
		result.Status == salesforce.IngestFailed && isGone(verb, []salesforce.RowError{result.Error})
}

// closePast marks the batches of earlier attempts as settled: each of their rows has its answer, or has moved to a
// batch of this attempt.
func (r *run) closePast(ctx context.Context) error {
	for _, b := range r.past.batches {
		if err := r.ledger.mark(ctx, b.Seq, b.JobID, reportsync.BatchSettled); err != nil {
			return err
		}
	}
	return nil
}
