package sync_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func cancelled(t testing.TB) context.Context {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reportsync.ErrCancelled)
	return ctx
}

// titles makes an org with n contacts and a report that gives each a title.
func titles(t testing.TB, n int, routes sync.Routes) *bundle {
	t.Helper()
	var report strings.Builder
	report.WriteString("Email,Title\n")
	for i := range n {
		fmt.Fprintf(&report, "user%d@x.example,Title %d\n", i, i)
	}
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), report.String())
	b.routes = routes
	for i := range n {
		b.insert(map[string]string{"Email": fmt.Sprintf("user%d@x.example", i)})
	}
	return b
}

// stopAt runs until the org holds something, then stops the run for a reason and lets the org go on once the run has
// had time to react.
func (b *bundle) stopAt(held *fault.Rule, runID string, why error) (sync.Result, error) {
	b.t.Helper()
	ctx, stop := context.WithCancelCause(b.t.Context())
	defer stop(nil)
	type end struct {
		result sync.Result
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		result, err := b.attempt(ctx, runID, nil)
		ended <- end{result, err}
	}()
	noError(b.t, held.Wait(b.t.Context()))
	synctest.Wait()
	stop(why)
	synctest.Wait()
	held.Remove()
	e := <-ended
	return e.result, e.err
}

const (
	collectionsPath = "/services/data/*/composite/sobjects"
	jobsPath        = "/services/data/*/jobs/ingest/**"
)

func TestCancelBeforeStart(t *testing.T) {
	t.Parallel()
	b := titles(t, 3, sync.Routes{})
	id := b.queue(reportsync.NewRun{})
	result, err := b.attempt(cancelled(t), id, nil)
	noError(t, err)
	if result.Status != reportsync.RunCancelled || result.Err != nil || b.org.Writes("Contact") > 0 {
		t.Errorf("result = %+v", result)
	}
}

// A call that is under way when the run is cancelled settles; what was not sent says so.
func TestCancelDuringCollections(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 2500, sync.Routes{Read: "bulk", Write: reportsync.RouteCollections})
		held := b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.Hold})
		id := b.queue(reportsync.NewRun{})
		result, err := b.stopAt(held, id, reportsync.ErrCancelled)
		noError(t, err)
		if result.Status != reportsync.RunCancelled {
			t.Errorf("status = %s", result.Status)
		}
		// The client has ten requests in flight.
		wantCounts(t, reportsync.Counts{Read: 2500, Updated: 2000, Unprocessed: 500}, result.Counts)
		for _, o := range b.outcomes(id) {
			if o.Kind == reportsync.Unprocessed && (o.Code != reportsync.RowNotSent || o.Message != "the run was cancelled before the row was sent") {
				t.Fatalf("outcome = %+v", o)
			}
		}
		if n := b.org.Writes("Contact"); n != 2000 {
			t.Errorf("%d rows were written", n)
		}
	})
}

// A Bulk job under way is aborted, and what it had done until then counts.
func TestCancelDuringJob(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		id := b.queue(reportsync.NewRun{})
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { stop(reportsync.ErrCancelled) })
		result, err := b.attempt(ctx, id, nil)
		noError(t, err)
		held.Remove()
		if result.Status != reportsync.RunCancelled || result.Counts.Updated != int64(b.org.Writes("Contact")) || result.Counts.Unprocessed == 0 {
			t.Errorf("%s, %d writes, counts %+v\n%s", result.Status, b.org.Writes("Contact"), result.Counts, b.log(id))
		}
	})
}

// After a shutdown the next attempt goes on: what was answered stays, nothing is sent twice, and a job that is under
// way is waited for.
func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		rows   int
		routes sync.Routes
		fault  fault.Fault
	}{
		"collections":  {2600, sync.Routes{Read: "bulk", Write: reportsync.RouteCollections}, fault.Fault{Path: collectionsPath, Action: fault.Hold, After: 2}},
		"upload":       {600, sync.Routes{Write: reportsync.RouteBulk}, fault.Fault{Method: "PUT", Path: jobsPath, Action: fault.Hold}},
		"close":        {600, sync.Routes{Write: reportsync.RouteBulk}, fault.Fault{Method: "PATCH", Path: jobsPath, Action: fault.Hold}},
		"job, at work": {600, sync.Routes{Write: reportsync.RouteBulk}, fault.Fault{Action: fault.HoldJob, Rows: 200}},
		"results":      {600, sync.Routes{Write: reportsync.RouteBulk}, fault.Fault{Method: "GET", Path: jobsPath + "/successfulResults", Action: fault.Hold}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, tc.rows, tc.routes)
				held := b.org.Faults().Add(tc.fault)
				id := b.queue(reportsync.NewRun{})
				ctx, stop := context.WithCancelCause(t.Context())
				time.AfterFunc(20*time.Second, func() { stop(reportsync.ErrShutdown) })
				time.AfterFunc(25*time.Second, held.Remove)
				if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrShutdown) {
					t.Fatalf("error = %v, want ErrShutdown", err)
				}
				result, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				wantCounts(t, reportsync.Counts{Read: int64(tc.rows), Updated: int64(tc.rows)}, result.Counts)
				if n := b.org.Writes("Contact"); n != tc.rows {
					t.Errorf("%d rows were written", n)
				}
				if n := b.calls()["ingest create"]; name == "job, at work" && n != 1 {
					t.Errorf("%d jobs were made, want the one that was under way", n)
				}
			})
		})
	}
}

// A cancelled run that nobody holds is settled by the next attempt: its job is aborted and its answers are fetched.
func TestCancelBetweenAttempts(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		id := b.queue(reportsync.NewRun{})
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Minute, func() { stop(reportsync.ErrShutdown) })
		if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrShutdown) {
			t.Fatalf("error = %v, want ErrShutdown", err)
		}
		result, err := b.attempt(cancelled(t), id, nil)
		noError(t, err)
		held.Remove()
		if result.Status != reportsync.RunCancelled || result.Counts.Read != 600 || result.Counts.Updated != int64(b.org.Writes("Contact")) {
			t.Errorf("%s, %d writes, counts %+v\n%s", result.Status, b.org.Writes("Contact"), result.Counts, b.log(id))
		}
		o := lastOf(b.outcomes(id), reportsync.Unprocessed)
		if o.Code != reportsync.RowNotSent {
			t.Errorf("a row that the job never came to says %+v", o)
		}
	})
}

// A report that is not the same any more ends the run: what was written stays, the rest says that it was not.
func TestReportChangesBetweenAttempts(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(b *bundle){
		"changed": func(b *bundle) { b.write("report.csv", "Email,Title\nuser0@x.example,Other\n") },
		"gone":    func(b *bundle) { noError(b.t, os.Remove(filepath.Join(b.folder, "report.csv"))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 600, sync.Routes{Write: reportsync.RouteCollections})
				held := b.org.Faults().Add(fault.Fault{Path: collectionsPath, Action: fault.Hold, After: 1})
				id := b.queue(reportsync.NewRun{})
				if _, err := b.stopAt(held, id, reportsync.ErrLeaseLost); !errors.Is(err, reportsync.ErrLeaseLost) {
					t.Fatalf("error = %v, want ErrLeaseLost", err)
				}
				change(b)
				result, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeReportChanged {
					t.Errorf("result = %+v, error %+v", result, result.Err)
				}
				wantCounts(t, reportsync.Counts{Read: 600, Updated: 200, Unprocessed: 400}, result.Counts)
				for _, o := range b.outcomes(id) {
					if o.Kind == reportsync.Unprocessed && o.Code != reportsync.RowNoAnswer {
						t.Fatalf("a row that may have been written says %+v", o)
					}
				}
			})
		})
	}
}

func TestReportChangesWhileRead(t *testing.T) {
	t.Parallel()
	b := titles(t, 600, sync.Routes{})
	id := b.queue(reportsync.NewRun{})
	v, err := b.files.Resolve(t.Context(), "report.csv")
	noError(t, err)
	// The version is bound while the report is what it was; then it is written again within the same microsecond.
	result, err := b.attempt(t.Context(), id, func(j sync.Journal) sync.Journal {
		return &onPin{Journal: j, then: func() {
			b.write("report.csv", "Email,Title\nuser0@x.example,Other\n")
			noError(t, os.Chtimes(filepath.Join(b.folder, "report.csv"), v.ModifiedAt, v.ModifiedAt))
		}}
	})
	noError(t, err)
	if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeReportChanged || b.org.Writes("Contact") > 0 {
		t.Errorf("result = %+v, error %+v", result, result.Err)
	}
}

// onPin does something when the report is pinned.
type onPin struct {
	sync.Journal
	then func()
}

func (o *onPin) PinReport(ctx context.Context, v reportsync.ReportVersion) error {
	o.then()
	return o.Journal.PinReport(ctx, v)
}

// A journal that fails ends the attempt with its error, and the run stays live.
func TestJournalFails(t *testing.T) {
	t.Parallel()
	b := titles(t, 3, sync.Routes{})
	id := b.queue(reportsync.NewRun{})
	broken := errors.New("disk full")
	_, err := b.attempt(t.Context(), id, func(j sync.Journal) sync.Journal { return &noPlan{Journal: j, err: broken} })
	if !errors.Is(err, broken) || b.org.Writes("Contact") > 0 {
		t.Errorf("error = %v, %d writes", err, b.org.Writes("Contact"))
	}
	result, err := b.attempt(t.Context(), id, nil)
	noError(t, err)
	wantCounts(t, reportsync.Counts{Read: 3, Updated: 3}, result.Counts)
}

type noPlan struct {
	sync.Journal
	err error
}

func (n *noPlan) Plan(context.Context, []sync.PlannedBatch) error { return n.err }
