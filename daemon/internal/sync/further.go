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

// sendJobs carries one batch through by a Bulk job. What a job that fails midway leaves goes by the route that costs
// fewer calls: by collections, or by a further job.
func (r *run) sendJobs(ctx, starting context.Context, target *target, b *batch) error {
	for further := 0; ; further++ {
		job, left, err := r.sendJob(ctx, starting, target, b)
		if refusesBulk(err) && b.seq > 0 {
			r.moved(b, "")
		}
		if err != nil || len(left) == 0 {
			return err
		}
		few := collectionCalls(len(left)) <= bulkWriteCalls(len(left))
		switch {
		case job.State != salesforce.JobFailed, !few && (further == maxFurtherJobs || hopeless(job)):
			return r.leave(ctx, b, job, left)
		case few:
			r.moved(b, job.ID)
			return r.writeCollections(starting, target, left)
		}
		if err := r.ledger.info(ctx, "sending the %s that Bulk job %s left by a further job", count(len(left), "row"), job.ID); err != nil {
			return err
		}
		r.moved(b, job.ID)
		b = &batch{route: reportsync.RouteBulk, writes: left}
	}
}

// moved notes a batch whose open rows move to other batches: it is settled once they are.
func (r *run) moved(b *batch, job string) {
	r.planning.Lock()
	defer r.planning.Unlock()
	r.past.batches = append(r.past.batches, reportsync.WriteBatch{Seq: b.seq, Route: b.route, JobID: job})
}

// hopeless reports whether another job would fail for the same reason: not the rows' number or the moment was wrong,
// but what was asked for (Bulk API 2.0 guide: errors).
func hopeless(job salesforce.IngestJob) bool {
	cause, _, _ := strings.Cut(job.ErrorMessage, ":")
	return strings.TrimSpace(cause) == "InvalidBatch"
}

// leave ends the rows that a job never came to, which ends the run.
func (r *run) leave(ctx context.Context, b *batch, job salesforce.IngestJob, left []write) error {
	going, release := r.inFlight(ctx)
	defer release()
	fate := unfinished(job, len(left))
	var untouched answers
	for _, w := range left {
		o := w.outcome
		o.Kind, o.Code = reportsync.Unprocessed, reportsync.RowNotSent
		o.Message = fmt.Sprintf("Bulk job %s ended as %s before it came to the row", job.ID, job.State)
		if job.ErrorMessage != "" {
			o.Message += ": " + job.ErrorMessage
		}
		untouched.add(w.row, o)
	}
	if err := r.ledger.settle(going, b.seq, untouched, true); err != nil {
		return err
	}
	return fate
}

// unfinished is the error for a job that left rows unprocessed.
func unfinished(job salesforce.IngestJob, left int) error {
	e := reportsync.Errorf(reportsync.CodeSalesforce, "Bulk job %s ended as %s and left %s unprocessed", job.ID, job.State, count(left, "row"))
	if job.ErrorMessage != "" {
		e.Message += ": " + job.ErrorMessage
	}
	if job.State == salesforce.JobAborted {
		return e.WithHint("somebody aborted it in Salesforce; start a run again for the rest")
	}
	return e
}
