package sync

import (
	"context"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Routes that a test forces; empty ones are chosen by cost.
type Routes struct {
	Read  string // "lookups", "pages" or "bulk"
	Write reportsync.WriteRoute

	JobRows int // of a Bulk job, at most; 0 for as many as usual
}

// ExecuteBy is Execute by given routes, with short pauses before rows are sent again.
func ExecuteBy(ctx context.Context, job Job, routes Routes) (Result, error) {
	r := newRun(job)
	r.routes.read, r.routes.write = routes.Read, routes.Write
	if routes.JobRows > 0 {
		r.routes.jobRows = routes.JobRows
	}
	r.pace.retry = 4 * time.Millisecond
	return r.execute(ctx)
}
