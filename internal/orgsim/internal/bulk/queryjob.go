package bulk

import (
	"net/http"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// queryTimeout is why a query job fails that is told to (Bulk API 2.0 guide:
// understanding query).
const queryTimeout = "Timeout : Retried more than fifteen times"

// queryJob is one job that reads.
type queryJob struct {
	*job

	operation string
	plan      *store.Plan
	chunked   bool // neither ORDER BY nor LIMIT keeps the org from reading in chunks

	// Below mu of job; set when complete, and never changed then.
	result *store.Result
	chunks []chunk
}

func (a *API) createQueryJob(c *web.Call) {
	var request jobRequest
	if !c.ReadJSON(&request) {
		return
	}
	refused := request.refuseOnCreate("state", "object", "externalIdFieldName", "assignmentRuleId")
	var d jobDialect
	if refused == nil {
		d, refused = dialectOf(request.ContentType, request.LineEnding, request.ColumnDelimiter)
	}
	if refused == nil {
		_, refused = choice("concurrencyMode", request.ConcurrencyMode, "Parallel")
	}
	if refused == nil && request.Operation != "query" && request.Operation != "queryAll" {
		refused = sferr.New("INVALIDOPERATION", "operation '%s' is none of query, queryAll", request.Operation)
	}
	var plan *store.Plan
	var chunked bool
	if refused == nil {
		plan, chunked, refused = a.bulkPlan(c, request)
	}
	if refused == nil && !a.Quota.SpendQueryJob() {
		refused = sferr.New("EXCEEDEDQUOTA", "DailyBulkV2QueryJobs Limit exceeded.")
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j := &queryJob{job: a.newJob(c, queryPath, d, stateUploaded), operation: request.Operation, plan: plan, chunked: chunked}
	info := j.info(j.operation, plan.Object.Name).with("", d)
	a.jobs.query.add(j)
	a.start(j.job, func() { a.runQueryJob(j) })
	c.JSON(http.StatusOK, info)
}

func (a *API) runQueryJob(j *queryJob) {
	rules := a.Faults.QueryJob(j.path, j.plan.Object.Name)
	if !a.linger(j.job) || !j.begin(a.Now()) {
		return
	}
	spent := a.stopwatch()
	failure, ok := "", true
	for _, rule := range rules {
		if failure, ok = a.strikeJob(j.job, rule, queryTimeout); !ok || failure != "" {
			break
		}
	}
	var result *store.Result
	if ok && failure == "" {
		result = a.DB.Run(j.plan)
		a.Quota.StoreQueryResult(resultBytes(result))
	}
	if ok && a.linger(j.job) {
		a.concludeQuery(j, result, failure, spent())
	}
}

// concludeQuery sets the final state of a job that was not ended meanwhile.
func (a *API) concludeQuery(j *queryJob, result *store.Result, failure string, took time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return
	}
	j.took = took
	if failure != "" {
		j.failure = failure
		j.move(stateFailed, a.Now())
		return
	}
	j.result, j.processed = result, len(result.Rows)
	j.chunks = []chunk{{rows: j.processed}}
	if j.chunked {
		j.chunks = chunksOf(j.processed, a.Pages.Seed, j.number)
	}
	j.move(stateComplete, a.Now())
}

// fullInfo is the job as its GET shows it: there is no count of failures.
func (j *queryJob) fullInfo() jobInfo {
	info := j.listedInfo()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.progress(&info)
	processed, supported := j.processed, true
	info.RecordsProcessed, info.PKChunkingAllowed = &processed, &supported
	return info
}

// listedInfo is the job as a listing shows it.
func (j *queryJob) listedInfo() jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.info(j.operation, j.plan.Object.Name).with(typeQuery, j.dialect)
}

func (a *API) getQueryJob(c *web.Call) {
	if j, ok := ownJob(c, &a.jobs.query); ok {
		c.JSON(http.StatusOK, j.fullInfo())
	}
}

func (a *API) listQueryJobs(c *web.Call) {
	listing(c, a.jobs.query.all(), queryPath, typeQuery, (*queryJob).listedInfo)
}

func (a *API) abortQueryJob(c *web.Call) {
	j, ok := ownJob(c, &a.jobs.query)
	if !ok {
		return
	}
	var request jobRequest
	if !c.ReadJSON(&request) {
		return
	}
	refused := invalidJob("state '%s' is not Aborted", request.State)
	if request.State == stateAborted {
		refused = j.abort(a.Now())
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j.mu.Lock()
	info := j.info(j.operation, j.plan.Object.Name)
	j.mu.Unlock()
	c.JSON(http.StatusOK, info)
}

func (a *API) deleteQueryJob(c *web.Call) { deleteJob(c, &a.jobs.query) }
