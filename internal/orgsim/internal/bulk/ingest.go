package bulk

import (
	"net/http"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// ingestJob is one job that writes.
type ingestJob struct {
	*job

	operation    string
	op           store.Op
	object       *schema.Object
	externalID   string
	key          int    // field of externalID
	assignmentBy string // id of the assignment rule, or ""

	// Below mu of job.
	uploading bool
	upload    string
	uploaded  bool
	table     ingestTable
	failed    int
	active    time.Duration
	forgetful bool // a failed job whose counters are lost
}

// createIngest makes a job: an open one from JSON, one that is already closed
// from a multipart body that holds its data too.
func (a *API) createIngest(c *web.Call) {
	request, content, ok := readIngestRequest(c)
	if !ok {
		return
	}
	j := &ingestJob{operation: request.Operation}
	refused := request.refuseOnCreate("state", "query")
	var d jobDialect
	if refused == nil {
		d, refused = dialectOf(request.ContentType, request.LineEnding, request.ColumnDelimiter)
	}
	if refused == nil {
		refused = a.target(c, j, request)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	state := stateOpen
	if content != nil {
		state, j.upload = stateUploaded, *content
		c.Entry.Rows = uploadedRows(*content)
	}
	j.job = a.newJob(c, ingestPath, d, state)
	info := j.info().with("", d)
	info.ContentURL = j.contentURL()
	a.jobs.ingest.add(j)
	if state == stateUploaded {
		a.start(j.job, func() { a.process(j) })
	}
	c.JSON(http.StatusOK, info)
}

// info is the job's JSON as PATCH answers it; the caller holds mu or has the job
// to itself.
func (j *ingestJob) info() jobInfo {
	info := j.job.info(j.operation, j.object.Name)
	info.ExternalID, info.AssignmentRuleID = j.externalID, j.assignmentBy
	return info
}

// contentURL is where an open job's data goes, without the leading slash, as
// recorded; the caller holds mu or has the job to itself.
func (j *ingestJob) contentURL() string {
	if j.state != stateOpen {
		return ""
	}
	return strings.TrimPrefix(j.path, "/") + "/batches"
}

func (a *API) getIngest(c *web.Call) {
	if j, ok := ownJob(c, &a.jobs.ingest); ok {
		c.JSON(http.StatusOK, j.fullInfo())
	}
}

// fullInfo is the job as its GET shows it.
func (j *ingestJob) fullInfo() jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	info := j.info().with(typeIngest, j.dialect)
	info.ContentURL = j.contentURL()
	j.progress(&info)
	info.APIActiveTime, info.ApexTime = milliseconds(j.active), new(int64)
	if j.state == stateOpen {
		return info
	}
	processed, failed := j.processed, j.failed
	if j.forgetful {
		processed, failed = 0, 0
	}
	info.RecordsProcessed, info.RecordsFailed = &processed, &failed
	return info
}

// listedInfo is the job as a listing shows it (Bulk API 2.0 guide: get all jobs).
func (j *ingestJob) listedInfo() jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	info := j.info().with(typeIngest, j.dialect)
	info.ContentURL = j.contentURL()
	return info
}

func (a *API) listIngest(c *web.Call) {
	listing(c, a.jobs.ingest.all(), ingestPath, typeIngest, (*ingestJob).listedInfo)
}

// patchIngest closes the upload or aborts the job.
func (a *API) patchIngest(c *web.Call) {
	j, ok := ownJob(c, &a.jobs.ingest)
	if !ok {
		return
	}
	var request jobRequest
	if !c.ReadJSON(&request) {
		return
	}
	var refused *sferr.Error
	switch request.State {
	case stateUploaded:
		if refused = j.close(a.Now()); refused == nil {
			a.start(j.job, func() { a.process(j) })
		}
	case stateAborted:
		c.Entry.Kind = "ingest abort"
		refused = j.abort(a.Now())
	default:
		refused = invalidJob("state '%s' is none of UploadComplete, Aborted", request.State)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j.mu.Lock()
	info := j.info()
	j.mu.Unlock()
	// By now the job may be under way; the answer tells what this request did.
	info.State = request.State
	c.JSON(http.StatusOK, info)
}

// close ends the job's upload. A job without data fails when it is processed.
func (j *ingestJob) close(at time.Time) *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateOpen {
		return invalidState("Closing a Job in state " + j.state + " not allowed")
	}
	if j.uploading {
		return invalidState("Closing a Job while its upload is under way not allowed")
	}
	if at.Sub(j.created) > openFor {
		return tooOld("Closing")
	}
	j.move(stateUploaded, at)
	return nil
}

func (a *API) deleteIngest(c *web.Call) { deleteJob(c, &a.jobs.ingest) }
