package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// past is what earlier attempts at the run have left.
type past struct {
	answered  map[int64]reportsync.OutcomeKind // rows with a final outcome, by number
	open      map[int64]*earlier               // rows that were planned and have none
	batches   []reportsync.WriteBatch          // that are not settled
	nextBatch int
	unsent    map[int64]bool // rows that their Bulk job never came to
	recalled  bool           // whether answered and open are known
}

// resume clears up after an attempt that was cut off: Bulk jobs are aborted or seen through, what they answered is
// stored, and everything that was found out without writing is forgotten, to be found out anew.
func (r *run) resume(ctx context.Context) error {
	if r.Run.Attempt <= 1 {
		return nil
	}
	if err := r.ledger.enter(ctx, reportsync.StageOpen, 0); err != nil {
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
	if err := r.recall(ctx); err != nil {
		return err
	}
	return r.ledger.info(ctx, "attempt %d: %d rows have Salesforce's answer already, %d were planned without one", r.Run.Attempt, len(r.past.answered), len(r.past.open))
}

// clearUp deals with the Bulk job of a batch (invariant 5). A job that was not closed has written nothing and is
// aborted; a closed one is seen through. What is found neither way is found by comparison later.
func (r *run) clearUp(ctx context.Context, b reportsync.WriteBatch) error {
	if b.JobID == "" {
		return nil
	}
	if b.State == reportsync.BatchOpen {
		r.discard(ctx, b.JobID)
		return r.ledger.info(ctx, "Bulk job %s was not closed: aborted", b.JobID)
	}
	job, err := r.Org.IngestJob(ctx, b.JobID)
	switch {
	case salesforce.IsNotFound(err):
		return r.ledger.warn(ctx, "Bulk job %s is gone: its rows are compared instead", b.JobID)
	case err != nil:
		return fmt.Errorf("look at Bulk job %s: %w", b.JobID, err)
	case job.State == salesforce.JobOpen:
		r.discard(ctx, b.JobID) // the call to close it never arrived
		return r.ledger.info(ctx, "Bulk job %s was not closed: aborted", b.JobID)
	}
	if job, err = r.awaitJob(ctx, b.Seq, b.JobID); err != nil {
		return err
	}
	going, release := r.inFlight(ctx)
	defer release()
	return r.settlePast(going, b, job)
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
		if err == nil {
			err = r.clearUp(ctx, b)
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
	rows, err := r.Journal.BatchRows(ctx, b.Seq)
	if err != nil {
		return stored(err)
	}
	waiting := make(map[string]reportsync.Outcome, len(rows))
	for _, o := range rows {
		if o.Kind == "" {
			waiting[o.RecordID] = o
		}
	}
	var final []reportsync.Outcome
	var strangers int // rows that were answered, or moved to another batch, before
	err = eachResult(ctx, r, b.JobID, waiting, &strangers, func(o reportsync.Outcome, result salesforce.IngestResult) error {
		if result.Status == salesforce.IngestUnprocessed {
			r.past.unsent[o.Row] = true
			return nil
		}
		if o = jobAnswer(o, result); o.Kind == reportsync.Failed && isTransient(o.Code, o.Message) {
			return nil
		}
		final = append(final, o)
		return nil
	})
	for part := range slices.Chunk(final, recordRows) {
		if err := r.Journal.Settle(ctx, b.Seq, part, false); err != nil {
			return stored(err)
		}
	}
	if err != nil {
		return fmt.Errorf("read the results of Bulk job %s: %w", b.JobID, err)
	}
	return r.ledger.answered(ctx, reportsync.LogInfo, "Bulk job %s of an earlier attempt is %s: %d answers stored", b.JobID, job.State, len(final))
}

// recall reads which rows are answered and which are planned, and forgets the others. The planned ones are found batch
// by batch, because an outcome doesn't name its batch.
func (r *run) recall(ctx context.Context) error {
	answered, open := map[int64]reportsync.OutcomeKind{}, map[int64]*earlier{}
	err := r.Journal.Written(ctx, func(o reportsync.Outcome) error {
		if o.Kind != "" {
			answered[o.Row] = o.Kind
		} else {
			open[o.Row] = &earlier{outcome: o, sent: !r.past.unsent[o.Row]}
		}
		return nil
	})
	if err != nil {
		return stored(err)
	}
	batches, err := r.Journal.Batches(ctx)
	if err != nil {
		return stored(err)
	}
	for _, b := range batches {
		if len(open) == 0 {
			break
		}
		rows, err := r.Journal.BatchRows(ctx, b.Seq)
		if err != nil {
			return stored(err)
		}
		for _, o := range rows {
			if e := open[o.Row]; e != nil && o.Kind == "" {
				e.batch = b.Seq
			}
		}
	}
	if err := r.Journal.ForgetUnwritten(ctx); err != nil {
		return stored(err)
	}
	for _, kind := range answered {
		r.ledger.recall(kind)
	}
	r.past.answered, r.past.open, r.past.recalled = answered, open, true
	return nil
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
