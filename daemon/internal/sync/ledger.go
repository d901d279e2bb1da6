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

// commitTime is how long the journal may take to store what is counted on.
const commitTime = time.Minute

// progressPause is how long a stage that goes on says nothing of how far it is.
const progressPause = 250 * time.Millisecond

// storeError is a failure of the journal. It ends the attempt, not the run: nothing can be said about rows when
// nothing can be stored.
type storeError struct{ err error }

func (e *storeError) Error() string { return "keep the run's journal: " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

// ledger is the run's one way to its journal: it lets batches that settle side by side take turns, tells where the run
// is, and marks the journal's failures as such.
type ledger struct {
	journal Journal
	usage   func() salesforce.Usage

	mu      sync.Mutex
	stage   reportsync.Stage
	total   int64
	calls   int64           // that were stored last
	batches int64           // of Bulk jobs, likewise
	passed  int64           // rows that the stage has dealt with
	told    time.Time       // when that was stored
	through map[int]int64   // rows that Salesforce is through with, by batch, whose answers are not read yet
	held    map[int]bool    // batches that have rows set aside, and whether they are to be settled once these are
	atWork  map[string]bool // Bulk jobs that may be at work: they were closed, and their end was not seen
	counts  func() reportsync.Counts
	facts   reportsync.RunFacts
}

func newLedger(journal Journal, usage func() salesforce.Usage, facts reportsync.RunFacts) *ledger {
	return &ledger{
		journal: journal, usage: usage, through: map[int]int64{}, held: map[int]bool{}, atWork: map[string]bool{}, facts: facts,
		counts: func() reportsync.Counts { return reportsync.Counts{} },
	}
}

// counting makes the ledger tell what became of rows so far.
func (l *ledger) counting(counts func() reportsync.Counts) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts = counts
}

// enter starts a stage that deals with total rows, 0 while unknown.
func (l *ledger) enter(ctx context.Context, stage reportsync.Stage, total int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stage, l.total, l.passed = stage, total, 0
	return l.progress(ctx)
}

// advance stores that the stage has dealt with so many rows, unless that would be told too often for anybody to see.
func (l *ledger) advance(ctx context.Context, passed int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.passed = passed
	if passed != l.total && time.Since(l.told) < progressPause {
		return nil
	}
	return l.progress(ctx)
}

// work stores how many rows of a batch Salesforce is through with.
func (l *ledger) work(ctx context.Context, batch int, rows int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.through[batch] = rows
	return l.progress(ctx)
}

func (l *ledger) progress(ctx context.Context) error {
	l.told = time.Now()
	used, passed := l.usage(), l.passed
	l.calls, l.batches = used.Calls, used.BulkBatches
	for _, n := range l.through {
		passed += n
	}
	return stored(l.journal.Progress(ctx, RunProgress{
		Stage: l.stage, Done: passed, Total: l.total, Counts: l.counts(), APICalls: used.Calls, BulkBatches: used.BulkBatches,
		BytesSent: used.BytesSent, BytesReceived: used.BytesReceived,
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
	stage := l.stage
	l.mu.Unlock()
	return stored(l.journal.Log(ctx, level, stage, fmt.Sprintf(format, args...)))
}

// answered logs what Salesforce said about a batch.
func (l *ledger) answered(ctx context.Context, level reportsync.LogLevel, format string, args ...any) error {
	return stored(l.journal.Log(ctx, level, reportsync.StageSettle, fmt.Sprintf(format, args...)))
}

func (l *ledger) pin(ctx context.Context, v reportsync.ReportVersion) error {
	return stored(l.journal.PinReport(ctx, v))
}

// learn stores more of what is known of the run.
func (l *ledger) learn(ctx context.Context, more func(*reportsync.RunFacts)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	more(&l.facts)
	return stored(l.journal.Facts(ctx, l.facts))
}

// plan stores batches with rows of theirs.
func (l *ledger) plan(ctx context.Context, batches []PlannedBatch) error {
	return commit(ctx, func(ctx context.Context) error { return l.journal.Plan(ctx, batches) })
}

// mark stores where a batch stands, and what the run has used so far: an attempt that dies now can't tell later.
func (l *ledger) mark(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	if state == reportsync.BatchSettled && l.holds(seq) {
		return nil
	}
	if err := commit(ctx, func(ctx context.Context) error { return l.journal.MarkBatch(ctx, seq, jobID, state) }); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if state == reportsync.BatchClosed {
		l.atWork[jobID] = true
	}
	return l.progress(ctx)
}

// settle stores answers for rows of a batch, and the batch as settled when done. Only then are the rows done
// (invariant 1).
func (l *ledger) settle(ctx context.Context, batch int, answers []reportsync.Outcome, done bool) error {
	done = done && !l.holds(batch)
	if len(answers) == 0 && !done {
		return nil
	}
	if err := commit(ctx, func(ctx context.Context) error { return l.journal.Settle(ctx, batch, answers, done) }); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.through, batch)
	l.passed += int64(len(answers))
	return l.progress(ctx)
}

// hold keeps a batch from being settled, because rows of it were set aside.
func (l *ledger) hold(seq int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, held := l.held[seq]; !held {
		l.held[seq] = false
	}
}

// holds reports whether a batch must not be settled yet, and notes that it is to be later.
func (l *ledger) holds(seq int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, held := l.held[seq]
	if held {
		l.held[seq] = true
	}
	return held
}

// letGo settles the batches that were held and have no other open rows: all that was set aside has its answer, or was
// planned anew.
func (l *ledger) letGo(ctx context.Context) error {
	l.mu.Lock()
	held := l.held
	l.held = map[int]bool{}
	l.mu.Unlock()
	for _, seq := range slices.Sorted(maps.Keys(held)) {
		if !held[seq] {
			continue
		}
		if err := l.mark(ctx, seq, "", reportsync.BatchSettled); err != nil {
			return err
		}
	}
	return nil
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
