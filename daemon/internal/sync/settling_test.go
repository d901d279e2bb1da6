package sync_test

import (
	"context"
	"errors"
	"net/http"
	stdsync "sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// auditor watches what a run stores: a batch is settled only when each of its rows has an answer or was planned anew.
type auditor struct {
	sync.Journal
	t testing.TB

	mu      stdsync.Mutex
	planned map[int64]int // batch of each row without an answer
	open    map[int]bool  // batches that are not settled
	stored  int           // transactions with answers
}

func (a *auditor) Plan(ctx context.Context, batches []sync.PlannedBatch) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range batches {
		a.open[b.Batch.Seq] = true
		for _, o := range b.Rows {
			a.planned[o.Row] = b.Batch.Seq
		}
	}
	return a.Journal.Plan(ctx, batches)
}

func (a *auditor) Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, o := range rows {
		delete(a.planned, o.Row)
	}
	if len(rows) > 0 {
		a.stored++
	}
	if done {
		a.check(seq)
	}
	return a.Journal.Settle(ctx, seq, rows, done)
}

func (a *auditor) MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if state == reportsync.BatchSettled {
		a.check(seq)
	}
	return a.Journal.MarkBatch(ctx, seq, jobID, state)
}

func (a *auditor) check(seq int) {
	delete(a.open, seq)
	open := 0
	for _, batch := range a.planned {
		if batch == seq {
			open++
		}
	}
	if open > 0 {
		a.t.Errorf("batch %d is settled while %d of its rows have no answer", seq, open)
	}
}

// audit attempts a run under an auditor.
func (b *bundle) audit(ctx context.Context, runID string) (result sync.Result, a *auditor, err error) {
	b.t.Helper()
	a = &auditor{t: b.t, planned: map[int64]int{}, open: map[int]bool{}}
	result, err = b.attempt(ctx, runID, func(j sync.Journal) sync.Journal {
		a.Journal = j
		return a
	})
	return result, a, err
}

// The rows of a job that are sent again don't settle its batch while others of it are open: those that it never came
// to, or that wait for their turn to be sent again.
func TestBatchIsSettledLast(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows   int
		faults []fault.Fault
	}{
		"rows left over": {700, []fault.Fault{
			{Action: fault.FailJob, Rows: 200, Times: 1},
			{Action: fault.RowError, Code: "TOO_MANY_APEX_REQUESTS", Object: "Contact", Times: 20},
		}},
		"more rows than are sent again at once": {10_400, []fault.Fault{
			{Action: fault.RowError, Code: "TOO_MANY_APEX_REQUESTS", Object: "Contact", Times: 10_400},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, tc.rows, sync.Routes{Read: "bulk", Write: reportsync.RouteBulk})
				for _, f := range tc.faults {
					b.org.Faults().Add(f)
				}
				id := b.queue(reportsync.NewRun{})
				result, a, err := b.audit(t.Context(), id)
				noError(t, err)
				if len(a.planned) > 0 || result.Counts.Updated+result.Counts.Failed != int64(tc.rows) {
					t.Errorf("%d rows without an answer, counts %+v\n%s", len(a.planned), result.Counts, b.log(id))
				}
			})
		})
	}
}

// What is found out of an earlier attempt's rows is stored a batch at a time.
func TestLookBackStoresBatches(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 450, sync.Routes{Write: reportsync.RouteCollections})
		id := b.queue(reportsync.NewRun{})
		ctx, kill := context.WithCancelCause(t.Context())
		var mu stdsync.Mutex
		calls := 0
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			response := deliver()
			if request.Method != http.MethodPatch {
				return response, nil
			}
			mu.Lock()
			defer mu.Unlock()
			if calls++; calls == 3 {
				kill(reportsync.ErrLeaseLost)
			}
			return nil, errReset
		}
		if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrLeaseLost) {
			t.Fatalf("error = %v", err)
		}
		b.wire.cut = nil
		b.write("report.csv", "Email,Title\n")
		result, a, err := b.audit(t.Context(), id)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 450, Updated: 450}, result.Counts)
		if a.stored != 3 {
			t.Errorf("answers were stored in %d transactions, want one for each of 3 batches", a.stored)
		}
	})
}
