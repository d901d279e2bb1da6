package sync_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// outOfReach makes looks at Bulk jobs fail while lost says so.
func (b *bundle) outOfReach(lost func(request *http.Request) bool) {
	b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
		if strings.Contains(request.URL.Path, "/jobs/ingest/") && lost(request) {
			return nil, errReset
		}
		return deliver(), nil
	}
}

// A job that is out of reach for minutes goes on without us: it is waited for, and all of it counts.
func TestJobOutOfReachForMinutes(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		var polled time.Time
		b.outOfReach(func(request *http.Request) bool {
			if request.Method == http.MethodGet && polled.IsZero() {
				polled = time.Now()
				time.AfterFunc(6*time.Minute, held.Remove)
			}
			return request.Method == http.MethodGet && time.Since(polled) < 5*time.Minute
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 600, Updated: 600}, result.Counts)
		if log := b.log(id); result.Status != reportsync.RunCompleted || strings.Count(log, "is out of reach") != 1 {
			t.Errorf("%s\n%s", result.Status, log)
		}
	})
}

// A job whose state can't be read for good is aborted, and what it did until then counts. The run tells why it ended.
func TestJobOutOfReachIsAborted(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		defer held.Remove()
		aborted := false
		polls := 0
		b.outOfReach(func(request *http.Request) bool {
			aborted = aborted || request.Method == http.MethodPatch && polls > 0
			if request.Method != http.MethodGet || aborted {
				return false
			}
			polls++
			return polls > 2 // by then it has begun
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 600, Updated: 200, Unprocessed: 400}, result.Counts)
		if n := b.org.Writes("Contact"); n != 200 || result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeUnavailable {
			t.Errorf("%d writes, %s: %+v\n%s", n, result.Status, result.Err, b.log(id))
		}
		if o := lastOf(b.outcomes(id), reportsync.Unprocessed); o.Code != reportsync.RowNotSent || !strings.Contains(o.Message, "Aborted before it came to the row: ") {
			t.Errorf("outcome = %+v", o)
		}
	})
}

// A job that ended while it was out of reach is no worse for that.
func TestJobEndsOutOfReach(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		patches := 0
		b.outOfReach(func(request *http.Request) bool {
			if request.Method == http.MethodPatch {
				patches++
			}
			return request.Method == http.MethodGet && patches == 1
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 600, Updated: 600}, result.Counts)
		if patches != 2 || result.Status != reportsync.RunCompleted {
			t.Errorf("%s after %d changes of state\n%s", result.Status, patches, b.log(id))
		}
	})
}

// When nothing of a job can be reached any more, the run ends all the same, and says that its rows have no answer.
func TestJobOutOfReachForGood(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
		closed := false
		b.outOfReach(func(request *http.Request) bool {
			if request.Method == http.MethodPatch && !closed {
				closed = true
				return false
			}
			return closed
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 600, Unprocessed: 600}, result.Counts)
		if o := b.outcomes(id)[0]; o.Code != reportsync.RowNoAnswer || result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeUnavailable {
			t.Errorf("%s: %+v, outcome = %+v", result.Status, result.Err, o)
		}
	})
}

// Rows of a job that Salesforce refuses to close were certainly not processed, and each of them says so.
func TestJobRefusedToBegin(t *testing.T) {
	t.Parallel()
	refused := func(method string) fault.Fault {
		return fault.Fault{Method: method, Path: jobsPath, Action: fault.Respond, Status: http.StatusForbidden, Body: `[{"errorCode":"INSUFFICIENT_ACCESS","message":"not for you"}]`}
	}
	for name, faults := range map[string][]fault.Fault{
		"closing and aborting": {refused(http.MethodPatch)},
		"looking too":          {refused(http.MethodPatch), refused(http.MethodGet)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 600, sync.Routes{Write: reportsync.RouteBulk})
				for _, f := range faults {
					b.org.Faults().Add(f)
				}
				began := time.Now()
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 600, Unprocessed: 600}, result.Counts)
				if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeSalesforce || !strings.Contains(result.Err.Message, "not for you") {
					t.Errorf("%s: %+v", result.Status, result.Err)
				}
				for _, o := range b.outcomes(id) {
					if o.Code != reportsync.RowNotSent || !strings.HasPrefix(o.Message, "Salesforce refused to begin Bulk job 750") || !strings.HasSuffix(o.Message, "it did not process the row: not for you") {
						t.Fatalf("outcome %+v", o)
					}
				}
				if n := b.org.Writes("Contact"); n != 0 {
					t.Errorf("%d writes", n)
				}
				if waited := time.Since(began); waited > 10*time.Second {
					t.Errorf("the run waited %s for a job that never begins", waited)
				}
			})
		})
	}
}
