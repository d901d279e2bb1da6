package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// planner counts the rows that are planned, and fails at one of its plans.
type planner struct {
	sync.Journal
	fails int // the plan to fail at, 0 for none
	plans int
	rows  atomic.Int64
}

var errNoPlan = errors.New("the disk is full")

func (p *planner) Plan(ctx context.Context, batches []sync.PlannedBatch) error {
	if p.plans++; p.plans == p.fails {
		return errNoPlan
	}
	for _, b := range batches {
		p.rows.Add(int64(len(b.Rows)))
	}
	return p.Journal.Plan(ctx, batches)
}

// The rows of a large job are planned while others are made, and all of them before any is sent. Where some can't be
// planned nothing is sent, and another attempt writes each row once.
func TestLargeJobIsPlannedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	const rows = 12_000
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, rows, sync.Routes{Read: "bulk", Write: reportsync.RouteBulk})
		plan, uploads := &planner{fails: 2}, 0
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			if request.Method == http.MethodPut && strings.HasSuffix(request.URL.Path, "/batches") {
				if uploads++; plan.rows.Load() != rows {
					t.Errorf("uploaded when %d of %d rows were planned", plan.rows.Load(), rows)
				}
			}
			return deliver(), nil
		}
		attempt := func(runID string) (sync.Result, error) {
			return b.attempt(t.Context(), runID, func(j sync.Journal) sync.Journal {
				plan.Journal = j
				return plan
			})
		}
		id := b.queue(reportsync.NewRun{})
		if _, err := attempt(id); !errors.Is(err, errNoPlan) || uploads > 0 {
			t.Fatalf("a plan that fails: %v, %d uploads", err, uploads)
		}
		plan = &planner{}
		result, err := attempt(id)
		noError(t, err)
		if uploads != 1 || result.Counts.Updated != rows {
			t.Fatalf("%d uploads, counts %+v\n%s", uploads, result.Counts, b.log(id))
		}
		for i, o := range b.outcomes(id) {
			if o.Line != int64(i)+2 || len(o.Changes) != 1 || o.Changes[0].After == nil || *o.Changes[0].After != fmt.Sprintf("Title %d", i) {
				t.Fatalf("outcome of row %d: %+v", i+1, o)
			}
		}
		for record := range b.org.Records("Contact") {
			title := "Title " + strings.TrimPrefix(strings.TrimSuffix(record["Email"], "@x.example"), "user")
			if n := len(b.org.History("Contact", record["Id"])); n != 1 || record["Title"] != title {
				t.Fatalf("%s has the title %q after %d writes", record["Email"], record["Title"], n)
			}
		}
	})
}
