package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// recordRows is how many outcomes go into the journal at once.
	recordRows = 1000
	// commitTime is how long the journal may take to store them.
	commitTime = time.Minute
)

// storeError is a failure of the journal. It ends the attempt, not the run: nothing can be said about rows when
// nothing can be stored.
type storeError struct{ err error }

func (e *storeError) Error() string { return "keep the run's journal: " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// ledger is the run's one way to its journal: it counts what it stores, lets batches that settle side by side take
// turns, and marks the journal's failures as such.
type ledger struct {
	journal Journal
	usage   func() salesforce.Usage

	mu      sync.Mutex
	stage   reportsync.Stage
	total   int64
	passed  int64         // rows that the stage has dealt with
	working map[int]int64 // rows that Salesforce is through with, by batch, whose answers are not read yet
	counts  reportsync.Counts
	loose   answers         // of rows outside batches, not yet stored
	batched map[int]answers // of rows in batches, not yet stored
}

// answers are outcomes with the rows that they belong to.
type answers struct {
	rows     []*reportRow
	outcomes []reportsync.Outcome
}

func (a *answers) add(row *reportRow, o reportsync.Outcome) {
	a.rows, a.outcomes = append(a.rows, row), append(a.outcomes, o)
}

// byRow returns the outcomes by their rows.
func (a *answers) byRow() map[*reportRow]reportsync.Outcome {
	outcomes := make(map[*reportRow]reportsync.Outcome, len(a.rows))
	for i, row := range a.rows {
		outcomes[row] = a.outcomes[i]
	}
	return outcomes
}

// with returns the answers of both.
func (a *answers) with(b answers) answers {
	return answers{rows: slices.Concat(a.rows, b.rows), outcomes: slices.Concat(a.outcomes, b.outcomes)}
}

func newLedger(journal Journal, usage func() salesforce.Usage) *ledger {
	return &ledger{journal: journal, usage: usage, working: map[int]int64{}, batched: map[int]answers{}}
}

// enter starts a stage that deals with total rows, 0 while unknown.
func (l *ledger) enter(ctx context.Context, stage reportsync.Stage, total int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stage, l.total, l.passed = stage, total, 0
	return l.progress(ctx)
}

// advance stores that the stage has dealt with so many rows.
func (l *ledger) advance(ctx context.Context, passed int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passed = passed
	return l.progress(ctx)
}

// work stores how many rows of a batch Salesforce is through with.
func (l *ledger) work(ctx context.Context, batch int, rows int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.working[batch] = rows
	return l.progress(ctx)
}

func (l *ledger) progress(ctx context.Context) error {
	used, passed := l.usage(), l.passed
	for _, n := range l.working {
		passed += n
	}
	return stored(l.journal.Progress(ctx, RunProgress{
		Stage: l.stage, Done: passed, Total: l.total, Counts: l.counts, APICalls: used.Calls, BulkBatches: used.BulkBatches,
	}))
}

func (l *ledger) info(ctx context.Context, format string, args ...any) error {
	return l.log(ctx, reportsync.LogInfo, format, args...)
}

func (l *ledger) warn(ctx context.Context, format string, args ...any) error {
	return l.log(ctx, reportsync.LogWarn, format, args...)
}

func (l *ledger) log(ctx context.Context, level reportsync.LogLevel, format string, args ...any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return stored(l.journal.Log(ctx, level, l.stage, fmt.Sprintf(format, args...)))
}

// answered logs what answers came back. Batches settle while others are still written, so that the run is in no stage
// of settling by itself.
func (l *ledger) answered(ctx context.Context, level reportsync.LogLevel, format string, args ...any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return stored(l.journal.Log(ctx, level, reportsync.StageSettle, fmt.Sprintf(format, args...)))
}

func (l *ledger) pin(ctx context.Context, v reportsync.ReportVersion) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return stored(l.journal.PinReport(ctx, v))
}

// setRead says how many rows the report has.
func (l *ledger) setRead(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Read = n
}

// recall counts rows that an earlier attempt has settled.
func (l *ledger) recall(kind reportsync.OutcomeKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Add(kind, 1)
}

// tally returns the counts so far.
func (l *ledger) tally() reportsync.Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts
}

// end takes the outcome of a row whose way ends without an answer of Salesforce, and stores it with others; flush
// stores the rest. A row that an earlier attempt planned belongs to a batch, with which its outcome is stored.
func (l *ledger) end(ctx context.Context, row *reportRow, o reportsync.Outcome) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if row.batch == 0 {
		l.loose.add(row, o)
		if len(l.loose.rows) < recordRows {
			return nil
		}
		return l.storeLoose(ctx)
	}
	a := l.batched[row.batch]
	a.add(row, o)
	l.batched[row.batch] = a
	if len(a.rows) < recordRows {
		return nil
	}
	return l.storeBatched(ctx, row.batch)
}

func (l *ledger) flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, batch := range slices.Sorted(maps.Keys(l.batched)) {
		if err := l.storeBatched(ctx, batch); err != nil {
			return err
		}
	}
	return l.storeLoose(ctx)
}

func (l *ledger) storeLoose(ctx context.Context) error {
	if len(l.loose.rows) == 0 {
		return nil
	}
	if err := commit(ctx, func(ctx context.Context) error { return l.journal.Record(ctx, l.loose.outcomes) }); err != nil {
		return err
	}
	l.count(l.loose)
	l.loose = answers{}
	return l.progress(ctx)
}

func (l *ledger) storeBatched(ctx context.Context, batch int) error {
	a := l.batched[batch]
	delete(l.batched, batch)
	return l.settleLocked(ctx, batch, a, false)
}

// count adds up outcomes that are stored (invariant 1).
func (l *ledger) count(a answers) {
	for i, o := range a.outcomes {
		l.counts.Add(o.Kind, 1)
		a.rows[i].close()
	}
	l.passed += int64(len(a.rows))
}

func (l *ledger) plan(ctx context.Context, batches []PlannedBatch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return commit(ctx, func(ctx context.Context) error { return l.journal.Plan(ctx, batches) })
}

// mark stores where a batch stands, and what the run has used so far: an attempt that dies now can't tell later.
func (l *ledger) mark(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := commit(ctx, func(ctx context.Context) error { return l.journal.MarkBatch(ctx, seq, jobID, state) }); err != nil {
		return err
	}
	return l.progress(ctx)
}

// settle stores answers for rows of a batch, and the batch as settled when done.
func (l *ledger) settle(ctx context.Context, batch int, a answers, done bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settleLocked(ctx, batch, a, done)
}

func (l *ledger) settleLocked(ctx context.Context, batch int, a answers, done bool) error {
	if len(a.rows) == 0 && !done {
		return nil
	}
	if err := commit(ctx, func(ctx context.Context) error { return l.journal.Settle(ctx, batch, a.outcomes, done) }); err != nil {
		return err
	}
	delete(l.working, batch)
	l.count(a)
	return l.progress(ctx)
}

// commit stores something that is counted on. It is done or not begun, but not cut off when ctx is done: nobody could
// say afterwards whether it is stored.
func commit(ctx context.Context, store func(context.Context) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTime)
	defer cancel()
	return stored(store(ctx))
}

func stored(err error) error {
	if err == nil {
		return nil
	}
	return &storeError{err: err}
}
