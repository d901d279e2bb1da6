package bulk

import (
	"context"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/paging"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// Config is what the org gives its Bulk API. All fields must be set, save where
// they say otherwise.
type Config struct {
	DB       *store.DB
	Faults   *fault.Injector
	Quota    *quota.Usage
	Journal  *journal.Journal
	Pages    paging.Pages
	PageRows int    // most rows of a result page; 0 for as many as are asked for, or a default
	Pod      string // of job ids
	Now      func() time.Time
	Pace     time.Duration // that a job waits before it is begun, and again before it ends; 0: none

	HardDelete func(userID string) bool // whether the user has the permission Bulk API Hard Delete

	Running context.Context        //nolint:containedctx // the life of the org, which its jobs end with
	Start   func(work func()) bool // runs work in a goroutine that the org waits for; false: the org is closed
}

// API answers the resources below /services/data/vXX.0/jobs.
type API struct {
	Config

	jobs *jobs
}

// New returns an API without jobs.
func New(config Config) *API { return &API{Config: config, jobs: newJobs(config.Pod)} }

// Reset ends and forgets all jobs.
func (a *API) Reset() { a.jobs.clear() }

// Register adds the API's resources to the gate.
func (a *API) Register(g *web.Gate) {
	a.register(g, ingestSince, map[string]web.Methods{
		"/jobs/ingest":                         {"GET": {Kind: "ingest list", Serve: a.listIngest}, "POST": {Kind: "ingest create", Serve: a.createIngest}},
		"/jobs/ingest/{id}":                    {"GET": {Kind: "ingest poll", Serve: a.getIngest}, "PATCH": {Kind: "ingest close", Serve: a.patchIngest}, "DELETE": {Kind: "ingest delete", Serve: a.deleteIngest}},
		"/jobs/ingest/{id}/batches":            {"PUT": {Kind: "ingest upload", Serve: a.uploadIngest}},
		"/jobs/ingest/{id}/successfulResults":  {"GET": {Kind: "ingest results", Serve: a.successfulResults}},
		"/jobs/ingest/{id}/failedResults":      {"GET": {Kind: "ingest results", Serve: a.failedResults}},
		"/jobs/ingest/{id}/unprocessedrecords": {"GET": {Kind: "ingest results", Serve: a.unprocessedRecords}},
	})
	a.register(g, querySince, map[string]web.Methods{
		"/jobs/query":              {"GET": {Kind: "bulk query list", Serve: a.listQueryJobs}, "POST": {Kind: "bulk query create", Serve: a.createQueryJob}},
		"/jobs/query/{id}":         {"GET": {Kind: "bulk query poll", Serve: a.getQueryJob}, "PATCH": {Kind: "bulk query abort", Serve: a.abortQueryJob}, "DELETE": {Kind: "bulk query delete", Serve: a.deleteQueryJob}},
		"/jobs/query/{id}/results": {"GET": {Kind: "bulk query results", Serve: a.queryJobResults}},
	})
	a.register(g, pagesSince, map[string]web.Methods{
		"/jobs/query/{id}/resultPages": {"GET": {Kind: "bulk query pages", Serve: a.queryJobPages}},
	})
}

// The API versions that the resources came with; all have two digits (Bulk API
// 2.0 guide: create a job, create a query job, get parallel results).
const (
	ingestSince = "41"
	querySince  = "47"
	pagesSince  = "58"
)

// register adds resources that versions before the given one do not have. Each call
// first forgets the jobs whose time is over.
func (a *API) register(g *web.Gate, since string, resources map[string]web.Methods) {
	for _, methods := range resources {
		for method, e := range methods {
			serve := e.Serve
			e.Serve = func(c *web.Call) {
				if major, _, _ := strings.Cut(c.Version, "."); major < since {
					c.NotFound()
					return
				}
				a.jobs.forget(a.Now().Add(-keptFor))
				serve(c)
			}
			methods[method] = e
		}
	}
	g.Data(resources)
}

// start carries a job out in the background. Where the org is closed, or closes
// before the job has come to its end, the job is aborted.
func (a *API) start(j *job, work func()) {
	started := a.Start(func() {
		defer j.end()
		work()
	})
	if !started {
		j.end()
	}
}

// waitFor waits until ready is closed or sends; it returns false where job or org
// were ended meanwhile.
func waitFor[T any](a *API, j *job, ready <-chan T) bool {
	select {
	case <-ready:
		return true
	case <-j.ended:
	case <-a.Running.Done():
	}
	return false
}

// stopwatch starts to measure how long a job takes, by the org's clock: jobs of
// orgs with a fixed one take no time, so that equal sessions get equal answers.
func (a *API) stopwatch() (spent func() time.Duration) {
	started := a.Now()
	return func() time.Duration { return a.Now().Sub(started) }
}
