package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// jobPatience is how long a job that is at work may be out of reach. It goes on without us, so what it did is worth
// waiting for.
const jobPatience = 10 * time.Minute

// seeThrough closes a job and waits for it. A job whose end can't be waited for is aborted, so that it doesn't write
// after its run is over. Before a shutdown, and while the org has no calls left, it is left to the next attempt.
func (r *run) seeThrough(ctx context.Context, j *job) (salesforce.IngestJob, error) {
	going, release := r.inFlight(ctx)
	defer release()
	closed := time.Now()
	if err := r.Org.CloseIngest(going, j.id, len(j.units)); err != nil {
		return r.abandonOpen(going, j, fmt.Errorf("close Bulk job %s: %w", j.id, err))
	}
	finished, err := r.awaitJob(ctx, j.seq, j.id, salesforce.IngestWait{Closed: closed, Rows: len(j.units)})
	if err != nil && !handsOver(context.Cause(ctx)) && !salesforce.IsLimit(err) {
		return r.abort(going, j, err)
	}
	return finished, err
}

// abandonOpen ends a job that could not be closed, because of why. Where Salesforce refuses the abort as well, a job that
// still is open has done nothing and never will. Where it won't even tell the state, its refusal to close the job counts,
// unless an earlier answer was lost: the job may be at work then.
func (r *run) abandonOpen(ctx context.Context, j *job, why error) (salesforce.IngestJob, error) {
	if !isRefusal(why) || salesforce.MayHaveArrived(why) {
		return r.abort(ctx, j, why)
	}
	failure := r.Org.AbortIngest(ctx, j.id)
	if failure == nil {
		return r.awaitAborted(ctx, j, why, nil)
	}
	job, err := r.Org.IngestJob(ctx, j.id)
	if job.State != salesforce.JobOpen && !isRefusal(err) {
		return r.awaitAborted(ctx, j, why, failure)
	}
	j.unbegun = true
	r.ledger.ended(j.id)
	r.leftOpen(ctx, j.id)
	return salesforce.IngestJob{}, why
}

// isRefusal reports whether Salesforce answered that it won't do what was asked for, now or later.
func isRefusal(err error) bool {
	e, ok := errors.AsType[*salesforce.Error](err)
	return ok && e.Code != "" && e.Status >= 400 && e.Status < 500 && !salesforce.IsRetryable(err)
}

// leaveUnbegun ends the rows of a job that Salesforce refused to begin, which ends the run. Where it refuses the Bulk API as
// such, the rows go another way; where the org has no calls left, they may be sent by another attempt.
func (r *run) leaveUnbegun(ctx context.Context, target *target, j *job, why error) error {
	r.markUnits(j.units, false)
	if refusesBulk(why) || salesforce.IsLimit(why) {
		return why
	}
	going, release := r.inFlight(ctx)
	defer release()
	text := fmt.Sprintf("Salesforce refused to begin Bulk job %s, so it did not process the row: %s", j.id, messageOf(why))
	err := r.settleUnits(going, target, j, j.units, judgeAs(reportsync.RowNotSent, text))
	if err == nil {
		err = r.ledger.settle(going, j.seq, nil, true)
	}
	return errors.Join(err, why)
}

// abort ends a closed job of which nothing good is to be expected any more, because of why. What it did until then
// counts, so a job whose end can be seen is no error.
func (r *run) abort(ctx context.Context, j *job, why error) (salesforce.IngestJob, error) {
	return r.awaitAborted(ctx, j, why, r.Org.AbortIngest(ctx, j.id))
}

// awaitAborted waits for the end of a job that was to be aborted, which failed if failure is not nil.
func (r *run) awaitAborted(ctx context.Context, j *job, why, failure error) (salesforce.IngestJob, error) {
	if _, broken := errors.AsType[*storeError](why); broken {
		return salesforce.IngestJob{}, why // its answers could not be stored
	}
	ctx, cancel := context.WithTimeout(ctx, r.pace.settle)
	defer cancel()
	finished, err := r.Org.WaitIngest(ctx, j.id, salesforce.IngestWait{})
	if err != nil {
		r.Logger.Debug("job may still be at work", "job", j.id, "error", errors.Join(failure, err))
		return salesforce.IngestJob{}, why
	}
	r.ledger.ended(j.id)
	if finished.State == salesforce.JobAborted {
		j.aborted = why
	}
	return finished, nil
}

// awaitJob waits until Salesforce is through with a job. When a user cancels the run the job is aborted, and what it did until then still counts.
func (r *run) awaitJob(ctx context.Context, seq int, id string, wait salesforce.IngestWait) (salesforce.IngestJob, error) {
	var journal error
	wait.Progress = func(job salesforce.IngestJob) {
		if journal == nil {
			journal = r.ledger.work(ctx, seq, int64(job.Processed))
		}
	}
	job, err := r.watchJob(ctx, id, wait)
	if err != nil && errors.Is(context.Cause(ctx), reportsync.ErrCancelled) {
		going, release := r.inFlight(ctx)
		defer release()
		if err := r.Org.AbortIngest(going, id); err != nil {
			return job, fmt.Errorf("abort Bulk job %s: %w", id, err)
		}
		job, err = r.Org.WaitIngest(going, id, salesforce.IngestWait{})
	}
	if err != nil {
		return job, fmt.Errorf("wait for Bulk job %s: %w", id, err)
	}
	r.ledger.ended(id)
	if journal != nil && ctx.Err() == nil {
		return job, journal
	}
	return job, nil
}

// watchJob polls a job until it has ended. When it is out of reach that is tried for a good while.
func (r *run) watchJob(ctx context.Context, id string, wait salesforce.IngestWait) (salesforce.IngestJob, error) {
	const longestRest = 5 // doublings
	var since time.Time   // it is out of reach; zero while it is not
	for try := 0; ; try++ {
		heard := wait
		heard.Progress = func(job salesforce.IngestJob) {
			since, try = time.Time{}, 0
			wait.Progress(job)
		}
		job, err := r.Org.WaitIngest(ctx, id, heard)
		if err == nil || ctx.Err() != nil || !salesforce.IsRetryable(err) {
			return job, err
		}
		if since.IsZero() {
			since = time.Now()
			if err := r.ledger.warn(ctx, "Bulk job %s is out of reach (%s): trying for another %s", id, messageOf(err), count(int(jobPatience.Minutes()), "minute")); err != nil {
				return job, err
			}
		}
		if time.Since(since) >= jobPatience {
			return job, err
		}
		if err := r.rest(ctx, min(try, longestRest)); err != nil {
			return job, err
		}
	}
}

// deleteJob frees the org's storage of a job whose results are settled; Salesforce does it after 7 days otherwise.
func (r *run) deleteJob(ctx context.Context, id string) {
	if err := r.Org.DeleteIngest(ctx, id); err != nil {
		r.Logger.Debug("job left behind", "job", id, "error", err)
	}
}
