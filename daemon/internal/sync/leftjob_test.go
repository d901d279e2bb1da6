package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// newcomers makes an org without contacts and a report that creates n of them.
func newcomers(t testing.TB, n int, routes sync.Routes) *bundle {
	t.Helper()
	var report strings.Builder
	report.WriteString("Email,Name,Title\n")
	for i := range n {
		fmt.Fprintf(&report, "user%d@x.example,Name %d,New\n", i, i)
	}
	b := setup(t, creatingByEmail(reportsync.OperationInsert), report.String())
	b.routes = routes
	return b
}

// A job that is at work when its run ends, and can't be aborted, is ended by the next run before that one reads a record:
// what it creates would be created twice.
func TestJobLeftAtWork(t *testing.T) {
	t.Parallel()
	limit := fault.DailyLimit()
	for name, refusal := range map[string]fault.Fault{
		"no calls, cancelled": limit,
		"no rights": {
			Action: fault.Respond, Status: http.StatusForbidden, Body: `[{"errorCode":"API_DISABLED_FOR_ORG","message":"no"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := newcomers(t, 600, sync.Routes{Write: reportsync.RouteBulk})
				b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200, Times: 1})
				waits := refusal.Body == limit.Body
				refusal.Path, refusal.After = jobsPath, 3 // the job is made, filled and closed
				refused := b.org.Faults().Add(refusal)
				id := b.queue(reportsync.NewRun{})
				if waits {
					b.suspended(id)
					_, err := b.store.RequestCancel(t.Context(), id, "somebody")
					noError(t, err)
					_, err = b.attempt(cancelled(t), id, nil)
					noError(t, err)
				} else {
					_, err := b.attempt(t.Context(), id, nil)
					noError(t, err)
				}
				run, err := b.store.Run(t.Context(), id)
				noError(t, err)
				if run.Status.Live() || len(run.OpenJobs) != 1 || !strings.Contains(b.log(id), "may still be at work in Salesforce") {
					t.Fatalf("%s, open jobs %v\n%s", run.Status, run.OpenJobs, b.log(id))
				}
				refused.Remove()
				b.previous.OpenJobs = run.OpenJobs
				result, id := b.run(reportsync.NewRun{})
				run, err = b.store.Run(t.Context(), id)
				noError(t, err)
				if result.Counts.Created+result.Counts.Unchanged != 600 || result.Counts.Created == 600 || len(b.contacts()) != 600 || len(run.OpenJobs) != 0 {
					t.Errorf("%+v, %d contacts, open jobs %v\n%s", result.Counts, len(b.contacts()), run.OpenJobs, b.log(id))
				}
			})
		})
	}
}

// Results that can't be read for a while are read later.
func TestResultsOutOfReach(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := newcomers(t, 300, sync.Routes{Write: reportsync.RouteBulk})
		away := fault.Unavailable()
		away.Path = jobsPath + "/*Results"
		b.org.Faults().Add(away)
		id := b.queue(reportsync.NewRun{})
		time.Sleep(time.Until(b.suspended(id)))
		b.org.Faults().Clear()
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 300, Created: 300}, result.Counts)
		if n := len(b.contacts()); n != 300 {
			t.Errorf("%d contacts", n)
		}
	})
}

// cutOff is the journal of an attempt that dies before it can store an answer.
type cutOff struct {
	sync.Journal
	kill context.CancelCauseFunc
}

func (c *cutOff) Settle(context.Context, int, []reportsync.Outcome, bool) error {
	c.kill(reportsync.ErrLeaseLost)
	return reportsync.ErrLeaseLost
}

// A run that is cancelled after its attempt died tells what became of the rows that were on their way.
func TestCancelAfterDeath(t *testing.T) {
	t.Parallel()
	for _, operation := range []reportsync.Operation{reportsync.OperationUpdate, reportsync.OperationInsert} {
		t.Run(string(operation), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				routes := sync.Routes{Write: reportsync.RouteCollections}
				b := titles(t, 300, routes)
				if operation == reportsync.OperationInsert {
					b = newcomers(t, 300, routes)
				}
				id := b.queue(reportsync.NewRun{})
				dying, kill := context.WithCancelCause(t.Context())
				defer kill(nil)
				_, err := b.attempt(dying, id, func(j sync.Journal) sync.Journal { return &cutOff{Journal: j, kill: kill} })
				if !errors.Is(err, reportsync.ErrLeaseLost) {
					t.Fatalf("the attempt ended with %v", err)
				}
				_, err = b.store.RequestCancel(t.Context(), id, "somebody")
				noError(t, err)
				result, err := b.attempt(cancelled(t), id, nil)
				noError(t, err)
				if n := b.org.Writes("Contact"); n == 0 || result.Status != reportsync.RunCancelled || result.Counts.Updated+result.Counts.Created != int64(n) {
					t.Errorf("%s: %+v, %d writes\n%s", result.Status, result.Counts, n, b.log(id))
				}
			})
		})
	}
}
