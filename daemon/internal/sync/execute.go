package sync

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Job is an attempt at a run and what it needs.
type Job struct {
	Run         reportsync.Run
	Integration reportsync.Integration // the revision that the run is bound to (invariant 4)
	Reports     Reports
	Org         *salesforce.Client // metered for this attempt
	Journal     Journal
	Logger      hclog.Logger // for faults of ours; nil logs nothing
}

// Result is how a run ended. APICalls and BulkBatches are those of this attempt.
type Result struct {
	Status      reportsync.RunStatus
	Counts      reportsync.Counts
	APICalls    int64
	BulkBatches int64
	Err         *reportsync.RunError // why it failed, nil otherwise
}

// Execute carries a run out, or on from where an earlier attempt at it stopped. Whatever goes wrong with the run is in
// the Result. The error is for what ends this attempt and leaves the run live: [reportsync.ErrLeaseLost] and
// [reportsync.ErrShutdown], each given as the context's cause or by the journal, and failures of the journal. A cause
// of [reportsync.ErrCancelled] ends the run as cancelled, after what is in flight has settled.
func Execute(ctx context.Context, job Job) (Result, error) {
	return newRun(job).execute(ctx)
}

// run is one attempt at a run.
type run struct {
	Job
	spec   reportsync.IntegrationSpec
	ledger *ledger
	rows   *rowSet // nil until the whole report was read
	past   past
	routes routes

	planning sync.Mutex // batches are planned side by side
	budget   *budget
	pace     pace
}

// routes overrides the choices that are otherwise made by cost, and how many rows a Bulk job takes at most.
type routes struct {
	read    readRoute
	write   reportsync.WriteRoute
	jobRows int
}

// pace is how long the run waits for what.
type pace struct {
	settle time.Duration // for what is in flight when the run is to stop
	store  time.Duration // for the last entries of the journal
	retry  time.Duration // before rows are sent again, at first
}

func newRun(job Job) *run {
	if job.Logger == nil {
		job.Logger = hclog.NewNullLogger()
	}
	return &run{
		Job:    job,
		spec:   job.Integration.IntegrationSpec,
		ledger: newLedger(job.Journal, job.Org.Usage),
		past:   past{nextBatch: 1, unsent: map[int64]bool{}},
		budget: newBudget(),
		routes: routes{jobRows: maxJobRows},
		pace:   pace{settle: 30 * time.Second, store: 5 * time.Minute, retry: time.Second},
	}
}

func (r *run) execute(ctx context.Context) (Result, error) {
	return r.finish(ctx, r.stages(ctx))
}

// stages is the run. Each stage takes rows as far as it can: it records the outcomes of those whose way ends there.
func (r *run) stages(ctx context.Context) error {
	if err := r.resume(ctx); err != nil {
		return err
	}
	target, reader, err := r.open(ctx)
	if err == nil {
		err = r.extract(ctx, target, reader)
	}
	if err != nil {
		return errors.Join(r.lookBack(ctx, err), err)
	}
	keys, err := r.key(ctx, target)
	if err != nil {
		return err
	}
	if err := r.match(ctx, target, keys); err != nil {
		return err
	}
	writes, err := r.compare(ctx, target)
	if err != nil {
		return err
	}
	if goOn, err := r.guard(ctx, writes); err != nil || !goOn {
		return err
	}
	return r.write(ctx, target, writes)
}
