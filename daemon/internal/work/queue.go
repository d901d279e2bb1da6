package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// attemptTimeout is longer than any attempt lasts; one that is not over by then goes back to the queue. It lets
	// River find the jobs of nodes that died, which then do nothing but end.
	attemptTimeout = 24 * time.Hour

	// migrationLock keeps two nodes from migrating one PostgreSQL at once. The number is ours, "rsync" in ASCII.
	migrationLock = 0x7273796e63
)

// queue hides that River's client is typed by the driver's transactions.
type queue interface {
	migrate(ctx context.Context) error
	start(ctx context.Context) error
	stop(ctx context.Context) error
	insert(ctx context.Context, jobs []job) error // all or none
}

// lane is one of River's queues, with places of its own: what many integrations have scheduled for the same moment must
// not keep waiting what a person asks for.
type lane string

const (
	onDemand  lane = "on_demand"
	scheduled lane = "scheduled"
)

// laneOf returns the lane of a run by what started it.
func laneOf(t reportsync.Trigger) lane {
	if t == reportsync.TriggerSchedule {
		return scheduled
	}
	return onDemand
}

// job is a job that is to be inserted.
type job struct {
	lane lane
	args runArgs
}

// runArgs names the run of a job. A run that waits for an attempt has one job for it, and another per redelivery.
type runArgs struct {
	RunID      string `json:"run_id"`
	Attempt    int    `json:"attempt"`
	Redelivery int64  `json:"redelivery,omitempty"`
}

// Kind names the kind of job in River's tables.
func (runArgs) Kind() string { return "run" }

// InsertOpts make a job unique while it waits or works. A job is tried once: the sweep knows better when to try again.
func (runArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		MaxAttempts: 1,
		UniqueOpts: river.UniqueOpts{
			ByArgs: true,
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
				rivertype.JobStateRunning, rivertype.JobStateScheduled,
			},
		},
	}
}

// runWorker hands the run of a job to the node.
type runWorker struct {
	river.WorkerDefaults[runArgs]

	attempt func(ctx context.Context, runID string) error
}

// Work makes one attempt at the run.
func (w *runWorker) Work(ctx context.Context, job *river.Job[runArgs]) error {
	return w.attempt(ctx, job.Args.RunID)
}

// newQueue opens River on the engine of the store.
func newQueue(cfg Config, attempt func(context.Context, string) error) (queue, error) {
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &runWorker{attempt: attempt}); err != nil {
		return nil, err
	}
	settings := &river.Config{
		ErrorHandler:      failures{log: cfg.Logger},
		FetchCooldown:     min(cfg.Timing.Poll, river.FetchCooldownDefault),
		FetchPollInterval: cfg.Timing.Poll,
		JobTimeout:        attemptTimeout,
		Logger:            slog.New(newSlogHandler(cfg.Logger.Named("river"), slog.LevelWarn)),
		Queues: map[string]river.QueueConfig{
			string(onDemand):  {MaxWorkers: cfg.Parallel},
			string(scheduled): {MaxWorkers: cfg.Parallel},
		},
		Workers: workers,
	}
	if pool := cfg.Store.Postgres(); pool != nil {
		q, err := newRiverQueue(riverpgxv5.New(pool), settings)
		if err != nil {
			return nil, err
		}
		return &postgresQueue{riverQueue: q, pool: pool}, nil
	}
	// Polling one's own file costs less than River's notifications, which it would poll for too.
	settings.PollOnly = true
	return newRiverQueue(riversqlite.New(cfg.Store.SQLite()), settings)
}

// riverQueue is River on either engine.
type riverQueue[TTx any] struct {
	driver riverdriver.Driver[TTx]
	client *river.Client[TTx]
	logger *slog.Logger
}

func newRiverQueue[TTx any](driver riverdriver.Driver[TTx], settings *river.Config) (*riverQueue[TTx], error) {
	client, err := river.NewClient(driver, settings)
	if err != nil {
		return nil, err
	}
	return &riverQueue[TTx]{driver: driver, client: client, logger: settings.Logger}, nil
}

func (q *riverQueue[TTx]) migrate(ctx context.Context) error {
	migrator, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: q.logger})
	if err != nil {
		return err
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

func (q *riverQueue[TTx]) start(ctx context.Context) error { return q.client.Start(ctx) }
func (q *riverQueue[TTx]) stop(ctx context.Context) error  { return q.client.Stop(ctx) }

func (q *riverQueue[TTx]) insert(ctx context.Context, jobs []job) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: j.args, InsertOpts: &river.InsertOpts{Queue: string(j.lane)}}
	}
	_, err := q.client.InsertMany(ctx, params)
	return err
}

// failures logs what jobs return; River itself says it at a level that is not shown.
type failures struct{ log hclog.Logger }

// HandleError logs the error of a job.
func (f failures) HandleError(_ context.Context, _ *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if !errors.Is(err, context.Canceled) {
		f.log.Error("a run could not be taken up; the next sweep tries again", "error", err)
	}
	return nil
}

// HandlePanic logs a panic outside a run's execution, which guards itself.
func (f failures) HandlePanic(_ context.Context, _ *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	f.log.Error("a run could not be taken up: this is a bug in reportsyncd", "panic", fmt.Sprint(value), "stack", trace)
	return nil
}
