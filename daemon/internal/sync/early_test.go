package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// The query job of an attempt that was killed stands on the run, and the next attempt removes it.
func TestQueryJobOfAKilledAttempt(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, reportsync.IntegrationSpec{
			Match: reportsync.Match{Column: "Email", Field: "Email"}, Mappings: map[string]reportsync.Mapping{"LastName": column("Name")},
		}, "Email,Name\na@x.example,Ann\n")
		b.insert(map[string]string{"Email": "a@x.example", "LastName": "Old"})
		b.routes = sync.Routes{Read: "bulk", Write: reportsync.RouteCollections}
		ctx, kill := context.WithCancelCause(t.Context())
		defer kill(nil)
		var left string
		removed := map[string]bool{}
		b.wire.cut = func(request *http.Request, deliver func() *http.Response) (*http.Response, error) {
			id, _, _ := strings.Cut(strings.TrimPrefix(request.URL.Path, "/services/data/v62.0/jobs/query/"), "/")
			switch {
			case request.Method == http.MethodGet && strings.Contains(request.URL.Path, "/jobs/query/") && left == "":
				left = id
				kill(reportsync.ErrLeaseLost)
				return nil, errReset
			case request.Method == http.MethodDelete && ctx.Err() != nil && len(removed) == 0 && id == left && !removed["again"]:
				removed["again"] = true // the attempt that was killed removes nothing
				return nil, errReset
			case request.Method == http.MethodDelete && strings.Contains(request.URL.Path, "/jobs/query/"):
				removed[id] = true
			}
			return deliver(), nil
		}
		id := b.queue(reportsync.NewRun{})
		if _, err := b.attempt(ctx, id, nil); !errors.Is(err, reportsync.ErrLeaseLost) {
			t.Fatalf("attempt ended with %v", err)
		}
		_, err := b.attempt(t.Context(), id, nil)
		noError(t, err)
		run, err := b.store.Run(t.Context(), id)
		noError(t, err)
		var jobs []string
		for _, job := range run.Jobs {
			jobs = append(jobs, fmt.Sprintf("%s %d", job.Operation, job.Rows))
		}
		if len(run.Jobs) != 2 || run.Jobs[0].ID[:15] != left[:15] || run.Jobs[1].Rows != 1 {
			t.Errorf("jobs on the run: %v, want the one that was left and one of 1 row", jobs)
		}
		if !removed[left] {
			t.Errorf("job %s was left in the org; removed were %v", left, removed)
		}
	})
}
