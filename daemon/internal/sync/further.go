package sync

import (
	"context"
	"fmt"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxFurtherJobs is how many jobs follow one that failed before it came to its last row.
const maxFurtherJobs = 2

// sendJobs carries a job through. What one that fails midway leaves goes by the route that costs fewer calls: by
// collections, or by a further job.
func (r *run) sendJobs(ctx, starting context.Context, target *target, j *job) error {
	for further := 0; ; further++ {
		finished, left, err := r.sendJob(ctx, starting, target, j)
		if refusesBulk(err) && j.seq > 0 {
			r.moved(j)
		}
		if err != nil || len(left) == 0 {
			return err
		}
		few := collectionCost(len(left), r.batchRows()).Likely() <= bulkCost(len(left)).Likely()
		switch {
		case finished.State != salesforce.JobFailed, !few && (further == maxFurtherJobs || hopeless(finished)):
			return r.leave(ctx, target, j, finished, left)
		case few:
			r.moved(j)
			return r.writeCollections(starting, target, j.verb, left)
		}
		if err := r.ledger.info(ctx, "sending the %s that Bulk job %s left by a further job", count(len(left), "row"), j.id); err != nil {
			return err
		}
		r.moved(j)
		next := &job{verb: j.verb, columns: j.columns}
		if _, _, err := r.fillJob(starting, target, next, left); err != nil {
			_ = next.close() // the first error counts
			return err
		}
		defer func() { _ = next.close() }() // a scratch file that stays is cleared at the next start
		j = next
	}
}

// moved notes a batch whose open rows move to other batches: it is settled once they are.
func (r *run) moved(j *job) {
	r.planning.Lock()
	defer r.planning.Unlock()
	r.past.batches = append(r.past.batches, reportsync.WriteBatch{Seq: j.seq, Route: reportsync.RouteBulk, JobID: j.id})
}

// hopeless reports whether another job would fail for the same reason: not the rows' number or the moment was wrong,
// but what was asked for, or the org's day is used up (Bulk API 2.0 guide: errors).
func hopeless(job salesforce.IngestJob) bool {
	return causeOf(job) == "InvalidBatch" || causeOf(job) == exceededQuota
}

// exceededQuota is the cause that Salesforce names when the org has no Bulk batches left.
const exceededQuota = "ExceededQuota"

// causeOf returns the name of the cause by which Salesforce explains the end of a job.
func causeOf(job salesforce.IngestJob) string {
	cause, _, _ := strings.Cut(job.ErrorMessage, ":")
	return strings.TrimSpace(cause)
}

// leave ends the rows that a job never came to, which ends the run.
func (r *run) leave(ctx context.Context, target *target, j *job, finished salesforce.IngestJob, left []unit) error {
	going, release := r.inFlight(ctx)
	defer release()
	why := fmt.Sprintf("Bulk job %s ended as %s before it came to the row", finished.ID, finished.State)
	switch {
	case j.aborted != nil:
		why += ": " + messageOf(j.aborted)
	case finished.ErrorMessage != "":
		why += ": " + finished.ErrorMessage
	}
	err := r.settleUnits(going, target, j, left, judgeAs(reportsync.RowNotSent, why))
	if err != nil {
		return err
	}
	if err := r.ledger.settle(going, j.seq, nil, true); err != nil {
		return err
	}
	if j.aborted != nil {
		return j.aborted
	}
	return unfinished(finished, len(left))
}

// unfinished is the error for a job that left rows unprocessed.
func unfinished(job salesforce.IngestJob, left int) error {
	e := reportsync.Errorf(reportsync.CodeSalesforce, "Bulk job %s ended as %s and left %s unprocessed", job.ID, job.State, count(left, "row"))
	if job.ErrorMessage != "" {
		e.Message += ": " + job.ErrorMessage
	}
	switch {
	case causeOf(job) == exceededQuota:
		e.Code = reportsync.CodeSalesforceLimit
		return e.WithHint("wait until the org's limit of Bulk API batches allows more (it counts the last 24 hours), or set writes.route to \"collections\"; start a run again for the rest")
	case job.State == salesforce.JobAborted:
		return e.WithHint("somebody aborted it in Salesforce; start a run again for the rest")
	}
	return e
}
