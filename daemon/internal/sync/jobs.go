package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

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
