package sync

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Execute carries a run out, or on from where an earlier attempt at it stopped. Whatever goes wrong with the run is in
// the Result. The error is for what ends this attempt and leaves the run live: [*PostponedError], [reportsync.ErrLeaseLost]
// and [reportsync.ErrShutdown], each of these given as the context's cause or by the journal, and failures of the
// journal. A cause of [reportsync.ErrCancelled] ends the run as cancelled, after what is in flight has settled.
func Execute(ctx context.Context, job Job) (Result, error) {
	return newRun(job).execute(ctx)
}

// run is one attempt at a run.
type run struct {
	Job
	within   *salesforce.Client // the org, within the connection's allowance of calls; what has begun is seen through without
	left     int64              // calls of the allowance that the run was given; 0 where it is not bounded
	spec     reportsync.IntegrationSpec
	ledger   *ledger
	target   *target                 // nil until the integration was checked against the org
	problems []reportsync.FieldError // that the check has found
	would    *reportsync.RunError    // what a dry run would first have been stopped by
	rows     *rowSet                 // none until the whole report was read
	past     *past
	order    order        // of rows with the same key
	hashes   spool.Hashes // of the rows' keys, until they are indexed
	routes   routes

	// What is done beside the stages; tidied waits for all of it.
	early     *early         // the search for records, which may begin before the report was read
	sightless *sightless     // of a dry run: how the run would go that looks at no record; nil where it does
	known     *previous      // what the run before has written; nil while it was not asked for
	recalling errgroup.Group // reads that
	recalled  *previous      // what came of it
	forget    context.CancelFunc
	tidying   errgroup.Group // frees the org's storage
	foretold  *foretold      // tells what is known before anything is written; nil until then

	planning sync.Mutex // batches are planned side by side
	gone     gone       // rows whose records were deleted meanwhile
	budget   *budget
	pace     pace
}

// routes overrides the choices that are otherwise made by cost, and how many rows a Bulk job takes at most.
type routes struct {
	read    string
	write   reportsync.WriteRoute
	jobRows int
}

// pace is how long the run waits for what.
type pace struct {
	settle time.Duration // for what is in flight when the run is to stop
	store  time.Duration // for the last entries of the journal, and the outcomes of many millions of rows
	retry  time.Duration // before rows are sent again, at first
}

func newRun(job Job) *run {
	if job.Logger == nil {
		job.Logger = hclog.NewNullLogger()
	}
	return &run{
		Job:    job,
		within: job.Org,
		spec:   job.Integration.IntegrationSpec,
		ledger: newLedger(job.Journal, job.Org.Usage, factsOf(job)),
		rows:   newRowSet(job.Scratch, 0),
		past:   newPast(job),
		budget: newBudget(),
		routes: routes{jobRows: maxJobRows},
		pace:   pace{settle: 30 * time.Second, store: 30 * time.Minute, retry: time.Second},
	}
}

func (r *run) execute(ctx context.Context) (result Result, err error) {
	defer r.ledger.follow(ctx)()
	defer func() {
		r.tidied(ctx)
		if closing := errors.Join(r.rows.close(), r.past.close(), r.target.closeParents()); closing != nil {
			r.Logger.Warn("scratch files were left behind", "error", closing)
		}
	}()
	return r.finish(ctx, r.suspend(ctx, r.spent(r.stages(ctx))))
}

// keep makes rows the run's.
func (r *run) keep(rows *rowSet) {
	r.rows = rows
	r.ledger.counting(rows.tally)
}

// stages is the run. Each stage takes rows as far as it can: it settles those whose way ends there.
func (r *run) stages(ctx context.Context) error {
	if err := r.resume(ctx); err != nil {
		return err
	}
	if err := r.takeOver(ctx); err != nil {
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
	r.foretell(ctx)
	plan, err := r.guard(ctx, target)
	if err != nil || r.Run.DryRun {
		return err
	}
	return r.write(ctx, target, plan)
}
