package sync_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// dailyLimit is the end of the org's calls for some of them.
func dailyLimit(method, path string) fault.Fault {
	f := fault.DailyLimit()
	f.Method, f.Path = method, path
	return f
}

// suspended attempts a run that is to wait for the org's calls, and returns until when.
func (b *bundle) suspended(id string) time.Time {
	b.t.Helper()
	result, err := b.attempt(b.t.Context(), id, nil)
	waits, ok := errors.AsType[*sync.PostponedError](err)
	if !ok {
		b.t.Fatalf("result %+v, error %v, want a wait\n%s", result, err, b.log(id))
	}
	return waits.Until
}

// Rows of a job that was closed before the org's calls were used up get their true outcomes once there are calls again.
func TestCallsEndBeforeResults(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"at work": jobsPath, "ended": jobsPath, "results": jobsPath + "/*Results"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
				limit := b.org.Faults().Add(dailyLimit(http.MethodGet, path))
				if name == "at work" {
					defer time.AfterFunc(10*time.Minute, b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200}).Remove).Stop()
				}
				id := b.queue(reportsync.NewRun{})
				began := time.Now()
				var pauses []time.Duration
				for range 8 {
					until := b.suspended(id)
					pauses = append(pauses, time.Until(until).Round(time.Minute))
					queued, err := b.store.Run(t.Context(), id)
					noError(t, err)
					if w := queued.Waiting; queued.Status != reportsync.RunQueued || w == nil || !strings.Contains(w.Reason, "REQUEST_LIMIT_EXCEEDED") || w.Until.Sub(began).Round(time.Minute) != 24*time.Hour {
						t.Fatalf("%s, waits for %+v", queued.Status, w)
					}
					time.Sleep(time.Until(until))
				}
				if !slices.IsSorted(pauses) || pauses[0] != time.Minute || pauses[7] != 15*time.Minute {
					t.Errorf("pauses %v", pauses)
				}
				limit.Remove()
				result, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				wantCounts(t, reportsync.Counts{Read: 600, Updated: 600}, result.Counts)
				if jobs := b.calls()["ingest create"]; jobs != 1 || b.org.Writes("Contact") != 600 || result.Status != reportsync.RunCompleted {
					t.Errorf("%s, %d jobs, %d writes\n%s", result.Status, jobs, b.org.Writes("Contact"), b.log(id))
				}
				if n := strings.Count(b.log(id), "waiting for its answers until"); n != 1 {
					t.Errorf("the log says %d times that it waits:\n%s", n, b.log(id))
				}
			})
		})
	}
}

// So do rows that are in no result file, once their records can be read.
func TestCallsEndBeforeMissingRowsAreRead(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 50, sync.Routes{Write: reportsync.RouteBulk})
		b.rewrite("/successfulResults", func(body string) string {
			b.org.Faults().Add(dailyLimit("", "/services/data/*/composite/**"))
			return body[:strings.Index(body, "\n")+1]
		})
		id := b.queue(reportsync.NewRun{})
		time.Sleep(time.Until(b.suspended(id)))
		b.wire.cut = nil
		b.org.Faults().Clear()
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 50, Updated: 50}, result.Counts)
		if n := b.org.Writes("Contact"); n != 50 {
			t.Errorf("%d rows were written", n)
		}
	})
}

// The wait has an end, after which the rows have no answer.
func TestCallsEndForGood(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		b.org.Faults().Add(dailyLimit(http.MethodGet, jobsPath))
		id := b.queue(reportsync.NewRun{})
		b.suspended(id)
		time.Sleep(24*time.Hour - time.Minute)
		until := b.suspended(id)
		if time.Until(until) > time.Minute {
			t.Errorf("the last look is %s from now", time.Until(until))
		}
		time.Sleep(time.Until(until))
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 600, Unprocessed: 600}, result.Counts)
		if o := b.outcomes(id)[0]; o.Code != reportsync.RowNoAnswer || result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeSalesforceLimit {
			t.Errorf("%s: %+v, outcome %+v", result.Status, result.Err, o)
		}
	})
}

// callsEndAfterLostPatch carries out a run that waits: the answer to its first PATCH is lost, and then the org has no calls
// left until the run is taken up again.
func (b *bundle) callsEndAfterLostPatch() (id string, result sync.Result) {
	b.t.Helper()
	lost := false
	b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
		response := deliver()
		if lost || request.Method != http.MethodPatch {
			return response, nil
		}
		lost = true
		b.org.Faults().Add(fault.DailyLimit())
		return nil, errReset
	}
	id = b.queue(reportsync.NewRun{})
	time.Sleep(time.Until(b.suspended(id)))
	b.org.Faults().Clear()
	result, err := b.attempt(b.t.Context(), id, nil)
	noError(b.t, err)
	return id, result
}

// A job whose closing was answered by nobody may be at work, although Salesforce, asked once more, has no calls left.
func TestCallsEndAfterLostClose(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 300, sync.Routes{Write: reportsync.RouteBulk})
		id, result := b.callsEndAfterLostPatch()
		wantCounts(t, reportsync.Counts{Read: 300, Updated: 300}, result.Counts)
		if n := b.org.Writes("Contact"); n != 300 || !strings.Contains(b.log(id), "13 API calls, 1 Bulk batches") {
			t.Errorf("%d rows were written\n%s", n, b.log(id))
		}
	})
}

// A run that waits for calls can be cancelled. Its rows are told with their lines and keys, also those that were never
// planned.
func TestCancelWhileCallsAreAwaited(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		report, err := os.ReadFile(filepath.Join(b.folder, "report.csv"))
		noError(t, err)
		b.write("report.csv", string(report)+"Nobody@x.example,Boss\n")
		limit := b.org.Faults().Add(dailyLimit(http.MethodGet, jobsPath))
		id := b.queue(reportsync.NewRun{})
		b.suspended(id)
		limit.Remove()
		_, err = b.store.RequestCancel(t.Context(), id, "somebody")
		noError(t, err)
		result, err := b.attempt(cancelled(t), id, nil)
		noError(t, err)
		if result.Status != reportsync.RunCancelled || result.Counts.Updated != int64(b.org.Writes("Contact")) {
			t.Errorf("%s: %+v, %d writes\n%s", result.Status, result.Counts, b.org.Writes("Contact"), b.log(id))
		}
		if last := b.outcomes(id)[600]; last.Kind != reportsync.Unprocessed || last.Line != 602 || last.Key != "Nobody@x.example" {
			t.Errorf("the last row is told as %+v", last)
		}
	})
}

// Rows of a call whose answer is lost just before the org's calls are used up are looked at when there are calls again.
func TestCallsEndAfterLostAnswer(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 100, sync.Routes{Write: reportsync.RouteCollections})
		_, result := b.callsEndAfterLostPatch()
		wantCounts(t, reportsync.Counts{Read: 100, Updated: 100}, result.Counts)
		if n := b.org.Writes("Contact"); n != 100 {
			t.Errorf("%d rows were written", n)
		}
	})
}

// A job that the org won't begin because its calls are used up counts no batches, and is aborted as soon as there are calls:
// at the end of its run, or by the next one.
func TestJobLeftOpen(t *testing.T) {
	t.Parallel()
	for name, times := range map[string]int{"until the run's end": 3, "beyond the run": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
				limit := dailyLimit("", jobsPath)
				limit.Times, limit.After = times, 2 // the job is made and filled
				rule := b.org.Faults().Add(limit)
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 600, Unprocessed: 600}, result.Counts)
				run, err := b.store.Run(t.Context(), id)
				noError(t, err)
				if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeSalesforceLimit || run.BulkBatches != 0 || len(run.Jobs) != 1 {
					t.Fatalf("%s: %+v, %d batches, jobs %+v", result.Status, result.Err, run.BulkBatches, run.Jobs)
				}
				job := run.Jobs[0].ID
				rule.Remove()
				if times == 0 {
					if !slices.Equal(run.OpenJobs, []string{job}) || !strings.Contains(b.log(id), "Bulk job "+job+" stays open in Salesforce") {
						t.Errorf("open jobs %v\n%s", run.OpenJobs, b.log(id))
					}
					b.previous.OpenJobs = run.OpenJobs
					if dry, _ := b.run(reportsync.NewRun{DryRun: true}); dry.Err != nil || b.hasJob(job) != nil {
						t.Errorf("a dry run has touched it: %+v, %v", dry.Err, b.hasJob(job))
					}
					result, id = b.run(reportsync.NewRun{})
					wantCounts(t, reportsync.Counts{Read: 600, Updated: 600}, result.Counts)
					run, err = b.store.Run(t.Context(), id)
					noError(t, err)
				}
				if err := b.hasJob(job); !salesforce.IsNotFound(err) || len(run.OpenJobs) != 0 || !strings.Contains(b.log(id), "Bulk job "+job+", which was left open, is aborted") {
					t.Errorf("the job: %v, open jobs %v\n%s", err, run.OpenJobs, b.log(id))
				}
			})
		})
	}
}

// Where another job is at work, the rows of the one that the org would not begin are sent once there are calls again.
func TestCallsEndBetweenJobs(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk, JobRows: 300})
		limit := dailyLimit(http.MethodPatch, jobsPath)
		limit.After = 1 // the first job begins
		b.org.Faults().Add(limit)
		b.org.Faults().Add(dailyLimit(http.MethodGet, jobsPath))
		id := b.queue(reportsync.NewRun{})
		time.Sleep(time.Until(b.suspended(id)))
		b.org.Faults().Clear()
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 600, Updated: 600}, result.Counts)
		run, err := b.store.Run(t.Context(), id)
		noError(t, err)
		if n := b.org.Writes("Contact"); n != 600 || run.BulkBatches != int64(b.org.Journal().Summary().Bulk) || len(run.OpenJobs) != 0 {
			t.Errorf("%d writes, %d batches, open jobs %v\n%s", n, run.BulkBatches, run.OpenJobs, b.log(id))
		}
	})
}

// hasJob returns why a job can't be looked at, nil if it can.
func (b *bundle) hasJob(id string) error {
	_, err := b.client.IngestJob(b.t.Context(), id)
	return err
}

// Calls are told of while they are under way, so that an attempt that is killed then has told of them.
func TestCallsUnderWayAreStored(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 1000, sync.Routes{Write: reportsync.RouteCollections})
		id := b.queue(reportsync.NewRun{})
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			response := deliver()
			if !strings.Contains(request.URL.Path, "composite") {
				return response, nil
			}
			time.Sleep(3 * time.Second)
			run, err := b.store.Run(t.Context(), id)
			if counted := int64(b.org.Journal().Summary().Total.Calls); err != nil || run.APICalls != counted {
				t.Errorf("the run tells of %d calls, the org has counted %d: %v", run.APICalls, counted, err)
			}
			return response, nil
		}
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 1000, Updated: 1000}, result.Counts)
	})
}
