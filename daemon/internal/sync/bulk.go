package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// parallelJobs keeps few jobs at work: Salesforce works on each in parallel already, and more of them lock each
	// other's rows.
	parallelJobs = 3
	// maxUploads is how often rows are uploaded, each time into a new job, until one upload gets through.
	maxUploads = 3
)

// writeJobs sends rows by Bulk API 2.0 ingest jobs.
func (r *run) writeJobs(ctx context.Context, target *target, writes []write) error {
	return inParallel(ctx, parallelJobs, jobsOf(target, writes, r.routes.jobRows), func(starting context.Context, b *batch) error {
		return r.sendJobs(ctx, starting, target, b)
	})
}

// jobsOf cuts rows into jobs by number and by size.
func jobsOf(target *target, writes []write, most int) []*batch {
	var jobs []*batch
	start, size := 0, 0
	for i, w := range writes {
		n := target.row(w).UploadBytes()
		if i > start && (i-start == most || size+n > maxJobBytes) {
			jobs, start, size = append(jobs, &batch{route: reportsync.RouteBulk, writes: writes[start:i]}), i, 0
		}
		size += n
	}
	if start < len(writes) {
		jobs = append(jobs, &batch{route: reportsync.RouteBulk, writes: writes[start:]})
	}
	return jobs
}

// sendJob carries one batch through: plan, job, upload, close, wait, results. A sibling's failure (starting is done)
// keeps it from being closed, but once closed it is seen through, unless the run itself is to stop (ctx is done). It
// returns the finished job and the rows that it never came to.
func (r *run) sendJob(ctx, starting context.Context, target *target, b *batch) (salesforce.IngestJob, []write, error) {
	if err := r.plan(starting, []*batch{b}); err != nil {
		return salesforce.IngestJob{}, nil, err
	}
	r.budget.grant(ingestCalls)
	job, err := r.upload(starting, target, b)
	if err != nil {
		return job, nil, err
	}
	if starting.Err() != nil {
		r.discard(ctx, job.ID)
		return job, nil, context.Cause(starting)
	}
	// From here on the job may be at work, whatever becomes of the call: the journal has to know first (invariant 5).
	if err := r.ledger.mark(ctx, b.seq, job.ID, reportsync.BatchClosed); err != nil {
		return job, nil, err
	}
	sent(b.writes, true)
	if job, err = r.seeThrough(ctx, b.seq, job.ID); err != nil {
		return job, nil, err
	}
	left, err := r.settleJob(ctx, target, b, job)
	return job, left, err
}

// seeThrough closes a job and waits for it. A job whose end can't be waited for is aborted, so that it doesn't write
// after its run is over; before a shutdown it is left to the next attempt.
func (r *run) seeThrough(ctx context.Context, seq int, id string) (salesforce.IngestJob, error) {
	going, release := r.inFlight(ctx)
	defer release()
	if err := r.Org.CloseIngest(going, id); err != nil {
		err = fmt.Errorf("close Bulk job %s: %w", id, err)
		return salesforce.IngestJob{}, r.abort(going, id, err)
	}
	job, err := r.awaitJob(ctx, seq, id)
	if err != nil && !errors.Is(context.Cause(ctx), reportsync.ErrShutdown) {
		return job, r.abort(going, id, err)
	}
	return job, err
}

// abort ends a closed job of which nothing good is to be expected any more, because of why.
func (r *run) abort(ctx context.Context, id string, why error) error {
	if err := r.Org.AbortIngest(ctx, id); err != nil {
		r.Logger.Debug("job may still be at work", "job", id, "error", err)
	}
	return why
}

// upload makes a job and fills it. A job whose upload fails has one chance only, so it gives way to a new one.
func (r *run) upload(ctx context.Context, target *target, b *batch) (salesforce.IngestJob, error) {
	rows := target.batch(b.writes)
	for try := 1; ; try++ {
		job, err := r.Org.CreateIngest(ctx, salesforce.IngestRequest{Object: target.object, Operation: salesforce.OperationUpdate, Columns: rows.Columns})
		if err == nil {
			// Stored before the rows are in it: an open job is aborted by whoever goes on (invariant 5).
			if err := r.ledger.mark(ctx, b.seq, job.ID, reportsync.BatchOpen); err != nil {
				return job, err
			}
			if err = r.Org.UploadIngest(ctx, job, rows); err == nil {
				return job, r.ledger.info(ctx, "Bulk job %s has %s", job.ID, count(len(rows.Rows), "row"))
			}
			r.discard(ctx, job.ID)
		}
		if try == maxUploads || ctx.Err() != nil || !salesforce.IsRetryable(err) {
			return job, fmt.Errorf("upload %d records of %s: %w", len(rows.Rows), target.object, err)
		}
		if err := r.rest(ctx, try); err != nil {
			return job, err
		}
	}
}

// awaitJob waits until Salesforce is through with a job. When a user cancels the run the job is aborted, and what it
// did until then still counts.
func (r *run) awaitJob(ctx context.Context, seq int, id string) (salesforce.IngestJob, error) {
	var journal error
	job, err := r.Org.WaitIngest(ctx, id, func(job salesforce.IngestJob) {
		if journal == nil {
			journal = r.ledger.work(ctx, seq, int64(job.Processed))
		}
	})
	if err != nil && errors.Is(context.Cause(ctx), reportsync.ErrCancelled) {
		going, release := r.inFlight(ctx)
		defer release()
		if err := r.Org.AbortIngest(going, id); err != nil {
			return job, fmt.Errorf("abort Bulk job %s: %w", id, err)
		}
		job, err = r.Org.WaitIngest(going, id, nil)
	}
	if err != nil {
		return job, fmt.Errorf("wait for Bulk job %s: %w", id, err)
	}
	if journal != nil && ctx.Err() == nil {
		return job, journal
	}
	return job, nil
}

// discard takes a job that was not closed out of the org's sight. It wrote nothing and never will, so it does no harm
// if it stays: Salesforce ends it by itself.
func (r *run) discard(ctx context.Context, id string) {
	going, release := r.inFlight(ctx)
	defer release()
	if err := r.Org.AbortIngest(going, id); err != nil {
		r.Logger.Debug("job left open", "job", id, "error", err)
		return
	}
	r.deleteJob(going, id)
}

// deleteJob frees the org's storage of a job whose results are settled; Salesforce does it after 7 days otherwise.
func (r *run) deleteJob(ctx context.Context, id string) {
	if err := r.Org.DeleteIngest(ctx, id); err != nil {
		r.Logger.Debug("job left behind", "job", id, "error", err)
	}
}
