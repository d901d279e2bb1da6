package bulk

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// queryJob is one job that reads.
type queryJob struct {
	*job

	operation string
	plan      *store.Plan
	result    *store.Result // below mu of job; set when complete
}

type queryRequest struct {
	Operation       string `json:"operation"`
	Query           string `json:"query"`
	ContentType     string `json:"contentType"`
	LineEnding      string `json:"lineEnding"`
	ColumnDelimiter string `json:"columnDelimiter"`
}

func (a *API) createQueryJob(c *web.Call) {
	var request queryRequest
	if !c.ReadJSON(&request) {
		return
	}
	d, refused := dialectOf(request.ContentType, request.LineEnding, request.ColumnDelimiter)
	if refused == nil && request.Operation != "query" && request.Operation != "queryAll" {
		refused = sferr.New("INVALIDOPERATION", "operation '%s' is none of query, queryAll", request.Operation)
	}
	var plan *store.Plan
	if refused == nil {
		plan, refused = a.bulkPlan(request)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j := &queryJob{job: a.newJob(c, queryPath, d, stateUploaded), operation: request.Operation, plan: plan}
	a.jobs.mu.Lock()
	a.jobs.query = append(a.jobs.query, j)
	a.jobs.mu.Unlock()
	a.Quota.SpendQueryJob()
	info := j.info(j.operation, plan.Object.Name)
	info.LineEnding, info.ColumnDelimiter = d.LineEnding, d.Delimiter
	a.Work.Go(func() { a.runQueryJob(j) })
	c.JSON(http.StatusOK, info)
}

// bulkPlan binds the query and refuses what Bulk queries do not offer (Bulk API
// 2.0 guide: query considerations). SOQL's own codes become API_ERROR here, save
// for an unknown object.
func (a *API) bulkPlan(request queryRequest) (*store.Plan, *sferr.Error) {
	q, err := soql.Parse(request.Query)
	if err == nil && q.Count {
		return nil, sferr.New("API_ERROR", "Aggregate functions are not supported in Bulk Query: COUNT()")
	}
	if err == nil && q.Offset > 0 {
		return nil, sferr.New("API_ERROR", "OFFSET is not supported in Bulk Query")
	}
	var plan *store.Plan
	if err == nil {
		plan, err = a.DB.Bind(q, store.Scope{Deleted: request.Operation == "queryAll"})
	}
	if err == nil {
		return plan, nil
	}
	refused := store.QueryRefusal(err)
	if refused.Code == "INVALID_TYPE" {
		return nil, notBulk(q.Object.Text)
	}
	return nil, sferr.New("API_ERROR", "%s: %s", refused.Code, refused.Message)
}

func (a *API) runQueryJob(j *queryJob) {
	j.mu.Lock()
	if j.state != stateUploaded {
		j.mu.Unlock()
		return
	}
	j.move(stateInProgress, a.Now())
	j.mu.Unlock()

	started := time.Now()
	result := a.DB.Run(j.plan)

	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress { // aborted meanwhile
		return
	}
	j.result, j.processed, j.took = result, len(result.Rows), time.Since(started)
	j.move(stateComplete, a.Now())
}

// fullInfo is the job as its GET shows it: there is no count of failures.
func (j *queryJob) fullInfo() jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	info := j.info(j.operation, j.plan.Object.Name)
	j.progress(&info, "V2Query")
	processed, supported := j.processed, true
	info.RecordsProcessed, info.PKChunkingAllowed = &processed, &supported
	return info
}

func (a *API) getQueryJob(c *web.Call) {
	if j, ok := a.queryJobOf(c); ok {
		c.JSON(http.StatusOK, j.fullInfo())
	}
}

func (a *API) listQueryJobs(c *web.Call) {
	a.jobs.mu.Lock()
	all := slices.Clone(a.jobs.query)
	a.jobs.mu.Unlock()
	listing(c, all, queryPath, func(j *queryJob) jobInfo {
		info := j.fullInfo()
		info.RecordsProcessed = nil
		return info
	})
}

func (a *API) abortQueryJob(c *web.Call) {
	j, ok := a.queryJobOf(c)
	if !ok {
		return
	}
	var request struct {
		State string `json:"state"`
	}
	if !c.ReadJSON(&request) {
		return
	}
	if request.State != stateAborted {
		c.Fail(http.StatusBadRequest, sferr.New("INVALIDJOB", "state '%s' is not Aborted", request.State))
		return
	}
	j.mu.Lock()
	refused := j.abortLocked(a.Now())
	info := j.info(j.operation, j.plan.Object.Name)
	j.mu.Unlock()
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	c.JSON(http.StatusOK, info)
}

func (a *API) deleteQueryJob(c *web.Call) { deleteJob(a, c, &a.jobs.query) }

// queryJobResults sends a page of the result. The last page's locator is the
// text null.
func (a *API) queryJobResults(c *web.Call) {
	j, ok := a.queryJobOf(c)
	if !ok {
		return
	}
	if c.Version != j.version {
		c.Fail(http.StatusConflict, wrongVersion(j.version))
		return
	}
	j.mu.Lock()
	result := j.result
	j.mu.Unlock()
	if result == nil {
		c.Fail(http.StatusBadRequest, invalidState("Getting results of a Job that is not complete not allowed"))
		return
	}
	from, until, refused := a.resultPage(c, j, len(result.Rows))
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	next := "null"
	if until < len(result.Rows) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(until)))
	}
	c.Entry.Rows = until - from
	header := c.Out.Header()
	header.Set("Content-Type", csvType)
	header.Set("Sforce-NumberOfRecords", strconv.Itoa(until-from))
	header.Set("Sforce-Locator", next)
	c.Out.WriteHeader(http.StatusOK)
	streamRows(c, j, result, from, until)
}

// resultPage reads locator and maxRecords. The server may give fewer rows than
// asked for.
func (a *API) resultPage(c *web.Call, j *queryJob, rows int) (from, until int, refused *sferr.Error) {
	query := c.Request.URL.Query()
	if locator := query.Get("locator"); locator != "" {
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(locator, "="))
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 || from >= max(rows, 1) {
			return 0, 0, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator: %s", locator)
		}
	}
	size := a.Pages.Size(a.PageRows, j.number, uint64(from))
	if text := query.Get("maxRecords"); text != "" {
		most, err := strconv.Atoi(text)
		if err != nil || most < 1 {
			return 0, 0, sferr.New("INVALIDJOB", "maxRecords '%s' is not a positive number", text)
		}
		size = min(size, most)
	}
	return from, min(rows, from+size), nil
}

// streamRows prints header and rows, all values quoted.
func streamRows(c *web.Call, j *queryJob, result *store.Result, from, until int) {
	comma, newline := j.dialect.comma(), j.dialect.newline()
	body := make([]byte, 0, flushing+flushing/4)
	for i, field := range result.Fields {
		if i > 0 {
			body = append(body, comma)
		}
		body = value.AppendCSVText(body, result.Object.Fields[field].Name)
	}
	body = append(body, newline...)
	for _, row := range result.Rows[from:until] {
		for i, field := range result.Fields {
			if i > 0 {
				body = append(body, comma)
			}
			body = value.AppendCSV(body, &result.Object.Fields[field], row.At(field))
		}
		body = append(body, newline...)
		if len(body) >= flushing {
			if !c.Write(body) {
				return
			}
			body = body[:0]
		}
	}
	c.Write(body)
}

func (a *API) queryJobOf(c *web.Call) (*queryJob, bool) { return jobOf(a, c, &a.jobs.query) }

func wrongVersion(version string) *sferr.Error {
	return sferr.New("INVALIDVERSION", "the job was created with API version %s; its results must be read with the same", version)
}
