package orgsim

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

func (o *Org) createQueryJob(c *call) {
	var request queryRequest
	if !c.readJSON(&request) {
		return
	}
	d, refused := dialectOf(request.ContentType, request.LineEnding, request.ColumnDelimiter)
	if refused == nil && request.Operation != "query" && request.Operation != "queryAll" {
		refused = sferr.New("INVALIDOPERATION", "operation '%s' is none of query, queryAll", request.Operation)
	}
	var plan *store.Plan
	if refused == nil {
		plan, refused = o.bulkPlan(request)
	}
	if refused != nil {
		c.fail(http.StatusBadRequest, refused)
		return
	}
	j := &queryJob{job: o.newJob(c, queryPath, d, stateUploaded), operation: request.Operation, plan: plan}
	o.jobs.mu.Lock()
	o.jobs.query = append(o.jobs.query, j)
	o.jobs.mu.Unlock()
	o.usage.spendQueryJob()
	info := j.info(j.operation, plan.Object.Name)
	info.LineEnding, info.ColumnDelimiter = d.LineEnding, d.Delimiter
	o.work.Go(func() { o.runQueryJob(j) })
	c.json(http.StatusOK, info)
}

// bulkPlan binds the query and refuses what Bulk queries do not offer (Bulk API
// 2.0 guide: query considerations). SOQL's own codes become API_ERROR here, save
// for an unknown object.
func (o *Org) bulkPlan(request queryRequest) (*store.Plan, *sferr.Error) {
	q, err := soql.Parse(request.Query)
	if err == nil && q.Count {
		return nil, sferr.New("API_ERROR", "Aggregate functions are not supported in Bulk Query: COUNT()")
	}
	if err == nil && q.Offset > 0 {
		return nil, sferr.New("API_ERROR", "OFFSET is not supported in Bulk Query")
	}
	var plan *store.Plan
	if err == nil {
		plan, err = o.db.Bind(q, store.Scope{Deleted: request.Operation == "queryAll"})
	}
	if err == nil {
		return plan, nil
	}
	refused := queryRefusal(err)
	if refused.Code == "INVALID_TYPE" {
		return nil, notBulk(q.Object.Text)
	}
	return nil, sferr.New("API_ERROR", "%s: %s", refused.Code, refused.Message)
}

func (o *Org) runQueryJob(j *queryJob) {
	j.mu.Lock()
	if j.state != stateUploaded {
		j.mu.Unlock()
		return
	}
	j.move(stateInProgress, o.config.Now())
	j.mu.Unlock()

	started := time.Now()
	result := o.db.Run(j.plan)

	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress { // aborted meanwhile
		return
	}
	j.result, j.processed, j.took = result, len(result.Rows), time.Since(started)
	j.move(stateComplete, o.config.Now())
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

func (o *Org) getQueryJob(c *call) {
	if j, ok := o.queryJobOf(c); ok {
		c.json(http.StatusOK, j.fullInfo())
	}
}

func (o *Org) listQueryJobs(c *call) {
	o.jobs.mu.Lock()
	all := slices.Clone(o.jobs.query)
	o.jobs.mu.Unlock()
	listing(c, all, queryPath, func(j *queryJob) jobInfo {
		info := j.fullInfo()
		info.RecordsProcessed = nil
		return info
	})
}

func (o *Org) abortQueryJob(c *call) {
	j, ok := o.queryJobOf(c)
	if !ok {
		return
	}
	var request struct {
		State string `json:"state"`
	}
	if !c.readJSON(&request) {
		return
	}
	if request.State != stateAborted {
		c.fail(http.StatusBadRequest, sferr.New("INVALIDJOB", "state '%s' is not Aborted", request.State))
		return
	}
	j.mu.Lock()
	refused := j.abortLocked(o.config.Now())
	info := j.info(j.operation, j.plan.Object.Name)
	j.mu.Unlock()
	if refused != nil {
		c.fail(http.StatusBadRequest, refused)
		return
	}
	c.json(http.StatusOK, info)
}

func (o *Org) deleteQueryJob(c *call) { deleteJob(c, &o.jobs.query) }

// queryJobResults sends a page of the result. The last page's locator is the
// text null.
func (o *Org) queryJobResults(c *call) {
	j, ok := o.queryJobOf(c)
	if !ok {
		return
	}
	if c.version != j.version {
		c.fail(http.StatusConflict, wrongVersion(j.version))
		return
	}
	j.mu.Lock()
	result := j.result
	j.mu.Unlock()
	if result == nil {
		c.fail(http.StatusBadRequest, invalidState("Getting results of a Job that is not complete not allowed"))
		return
	}
	from, until, refused := o.resultPage(c, j, len(result.Rows))
	if refused != nil {
		c.fail(http.StatusBadRequest, refused)
		return
	}
	next := "null"
	if until < len(result.Rows) {
		next = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(until)))
	}
	c.entry.Rows = until - from
	header := c.out.Header()
	header.Set("Content-Type", csvType)
	header.Set("Sforce-NumberOfRecords", strconv.Itoa(until-from))
	header.Set("Sforce-Locator", next)
	c.out.WriteHeader(http.StatusOK)
	c.streamRows(j, result, from, until)
}

// resultPage reads locator and maxRecords. The server may give fewer rows than
// asked for.
func (o *Org) resultPage(c *call, j *queryJob, rows int) (from, until int, refused *sferr.Error) {
	query := c.request.URL.Query()
	if locator := query.Get("locator"); locator != "" {
		text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(locator, "="))
		if err == nil {
			from, err = strconv.Atoi(string(text))
		}
		if err != nil || from < 0 || from >= max(rows, 1) {
			return 0, 0, sferr.New("INVALID_QUERY_LOCATOR", "invalid query locator: %s", locator)
		}
	}
	size := o.vary(o.config.BulkPageRows, j.number, uint64(from))
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
func (c *call) streamRows(j *queryJob, result *store.Result, from, until int) {
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
			if !c.write(body) {
				return
			}
			body = body[:0]
		}
	}
	c.write(body)
}

func (o *Org) queryJobOf(c *call) (*queryJob, bool) { return jobOf(c, &o.jobs.query) }

func wrongVersion(version string) *sferr.Error {
	return sferr.New("INVALIDVERSION", "the job was created with API version %s; its results must be read with the same", version)
}
