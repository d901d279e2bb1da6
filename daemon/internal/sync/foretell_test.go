package sync_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// watched is a shelf that says how much it has taken, and can be broken.
type watched struct {
	shelf
	opened, taken atomic.Int64
	breaksAt      int64 // outcomes, 0 for never
}

func (s *watched) Create(ctx context.Context, runID string, attempt int) (sync.EvidenceWriter, error) {
	s.opened.Add(1)
	w, err := s.shelf.Create(ctx, runID, attempt)
	return &watchedFolder{EvidenceWriter: w, shelf: s}, err
}

type watchedFolder struct {
	sync.EvidenceWriter
	shelf *watched
}

func (f *watchedFolder) Add(o reportsync.Outcome) error {
	if f.shelf.taken.Add(1) == f.shelf.breaksAt {
		return errShelf
	}
	return f.EvidenceWriter.Add(o)
}

func (f *watchedFolder) AddPlain(p *rowlog.Plain) error { return f.Add(p.Outcome()) }

// halfKnown is a run of 900 rows, of which every third needs a write.
func halfKnown(t *testing.T, routes sync.Routes) *bundle {
	t.Helper()
	b := titles(t, 900, routes)
	var report strings.Builder
	report.WriteString("Email,Title\n")
	for i := range 900 {
		title := ""
		if i%3 == 0 {
			title = "New"
		}
		fmt.Fprintf(&report, "user%d@x.example,%s\n", i, title)
	}
	b.write("report.csv", report.String())
	return b
}

// What became of rows that need no write is told while Salesforce works on the others, and stands in the report's order
// all the same.
func TestKnownRowsAreToldBeforeTheEnd(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		routes sync.Routes
		fault  fault.Fault
	}{
		"job":         {sync.Routes{Write: reportsync.RouteBulk}, fault.Fault{Action: fault.HoldJob, Rows: 200}},
		"collections": {sync.Routes{Write: reportsync.RouteCollections}, fault.Fault{Path: collectionsPath, Action: fault.Hold}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := halfKnown(t, tc.routes)
				held := b.org.Faults().Add(tc.fault)
				shelf := &watched{}
				b.keeps = shelf
				told := int64(-1)
				time.AfterFunc(20*time.Second, func() {
					told = shelf.taken.Load()
					held.Remove()
				})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 900, Updated: 300, Unchanged: 600}, result.Counts)
				if told != 600 || shelf.opened.Load() != 1 {
					t.Errorf("%d rows were told by then, in %d objects", told, shelf.opened.Load())
				}
				if n := len(shelf.runs[id]); n != 900 {
					t.Errorf("%d outcomes are kept", n)
				}
			})
		})
	}
}

// A run that is stopped, or whose bucket breaks, while rows are told early has all its outcomes or none.
func TestTellingEarlyIsInterrupted(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := halfKnown(t, sync.Routes{Write: reportsync.RouteBulk})
		held := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		shelf := &watched{}
		b.keeps = shelf
		id := b.queue(reportsync.NewRun{})
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(20*time.Second, func() { stop(reportsync.ErrShutdown) })
		if result, err := b.attempt(ctx, id, nil); err == nil {
			t.Fatalf("the attempt ended with %s", result.Status)
		}
		held.Remove()
		result, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		wantCounts(t, reportsync.Counts{Read: 900, Updated: 300, Unchanged: 600}, result.Counts)
		if n := len(shelf.runs[id]); n != 900 || shelf.opened.Load() != 2 {
			t.Errorf("%d outcomes are kept, %d objects were begun", n, shelf.opened.Load())
		}
	})
	for _, at := range []int64{1, 300, 601} { // of them 600 are told early
		onFakeTime(t, func(t *testing.T) {
			b := halfKnown(t, sync.Routes{Write: reportsync.RouteBulk})
			b.keeps = &watched{breaksAt: at}
			result, id := b.run(reportsync.NewRun{})
			wantCounts(t, reportsync.Counts{Read: 900, Updated: 300, Unchanged: 600}, result.Counts)
			if log := b.log(id); result.Artifact != nil || strings.Count(log, "the outcomes of the rows can't be kept") != 1 {
				t.Errorf("breaks at %d: artifact %v\n%s", at, result.Artifact, log)
			}
		})
	}
}
