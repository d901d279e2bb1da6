package bulk

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// maxUpload is the most that one job takes: 150 MB in base64 (Limits quick
// reference: Bulk API 2.0).
const maxUpload = 100_000_000

// ingestJob is one job that writes.
type ingestJob struct {
	*job

	operation  string
	op         store.Op
	object     *schema.Object
	externalID string
	key        int // field of externalID

	// Below mu of job.
	uploading bool
	upload    string
	uploaded  bool
	rows      []ingestRow
	columns   []column
	failed    int
	active    time.Duration
}

// ingestRequest is the body that creates a job.
type ingestRequest struct {
	Operation       string `json:"operation"`
	Object          string `json:"object"`
	ExternalID      string `json:"externalIdFieldName"`
	ContentType     string `json:"contentType"`
	LineEnding      string `json:"lineEnding"`
	ColumnDelimiter string `json:"columnDelimiter"`
}

func (a *API) createIngest(c *web.Call) {
	var request ingestRequest
	if !c.ReadJSON(&request) {
		return
	}
	j := &ingestJob{operation: request.Operation}
	d, refused := dialectOf(request.ContentType, request.LineEnding, request.ColumnDelimiter)
	if refused == nil {
		refused = j.target(c.Schema, request)
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	j.job = a.newJob(c, ingestPath, d, stateOpen)
	a.jobs.mu.Lock()
	a.jobs.ingest = append(a.jobs.ingest, j)
	a.jobs.mu.Unlock()
	info := j.info()
	info.ContentURL = strings.TrimPrefix(j.path, "/") + "/batches"
	info.LineEnding, info.ColumnDelimiter = d.LineEnding, d.Delimiter
	c.JSON(http.StatusOK, info)
}

// target checks operation, object and external id of a request.
func (j *ingestJob) target(s *schema.Schema, request ingestRequest) *sferr.Error {
	ops := map[string]store.Op{"insert": store.Insert, "update": store.Update, "upsert": store.Upsert, "delete": store.Delete}
	op, ok := ops[request.Operation]
	if !ok {
		if request.Operation == "hardDelete" {
			return sferr.New("FEATURENOTENABLED", "hardDelete needs the permission Bulk API Hard Delete, which the user has not")
		}
		return sferr.New("INVALIDOPERATION", "operation '%s' is none of insert, update, upsert, delete, hardDelete", request.Operation)
	}
	j.op = op
	if j.object, ok = s.Object(request.Object); !ok || j.object.ReadOnly {
		return notBulk(request.Object)
	}
	if op != store.Upsert {
		if request.ExternalID != "" {
			return sferr.New("INVALIDJOB", "externalIdFieldName belongs to upsert, not to %s", request.Operation)
		}
		return nil
	}
	if request.ExternalID == "" {
		return sferr.New("INVALIDJOB", "External ID was blank for %s. An External ID must be specified for upsert.", j.object.Name)
	}
	if j.key, ok = j.object.Field(request.ExternalID); !ok || !j.object.Fields[j.key].IDLookup() {
		return sferr.New("INVALIDJOB", "Field name provided, %s does not match an External ID, Salesforce Id, or indexed field for %s", request.ExternalID, j.object.Name)
	}
	j.externalID = request.ExternalID
	return nil
}

func notBulk(object string) *sferr.Error {
	return sferr.New("INVALIDENTITY", "Entity '%s' is not supported by the Bulk API.", object)
}

// info is the job's JSON as PATCH answers it; the caller holds mu or has the job
// to itself.
func (j *ingestJob) info() jobInfo {
	info := j.job.info(j.operation, j.object.Name)
	info.ExternalID = j.externalID
	return info
}

func (a *API) getIngest(c *web.Call) {
	if j, ok := a.ingestOf(c); ok {
		c.JSON(http.StatusOK, j.fullInfo())
	}
}

// fullInfo is the job as its GET shows it.
func (j *ingestJob) fullInfo() jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	info := j.info()
	j.progress(&info, "V2Ingest")
	active := j.active.Milliseconds()
	info.APIActiveTime, info.ApexTime = &active, new(int64)
	if j.state == stateOpen {
		info.ContentURL = strings.TrimPrefix(j.path, "/") + "/batches"
		return info
	}
	processed, failed := j.processed, j.failed
	info.RecordsProcessed, info.RecordsFailed = &processed, &failed
	return info
}

func (a *API) listIngest(c *web.Call) {
	a.jobs.mu.Lock()
	all := slices.Clone(a.jobs.ingest)
	a.jobs.mu.Unlock()
	listing(c, all, ingestPath, func(j *ingestJob) jobInfo {
		info := j.fullInfo()
		info.RecordsProcessed, info.RecordsFailed, info.ErrorMessage = nil, nil, ""
		return info
	})
}

// uploadIngest takes the job's data, once.
func (a *API) uploadIngest(c *web.Call) {
	j, ok := a.ingestOf(c)
	if !ok {
		return
	}
	mediaType, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "text/csv") {
		c.Fail(http.StatusUnsupportedMediaType, sferr.New("UNSUPPORTED_MEDIA_TYPE", "Content-type '%s' is not supported; a job of contentType CSV takes text/csv", mediaType))
		return
	}
	if refused := j.beginUpload(); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	var data strings.Builder
	data.Grow(int(max(0, min(c.Request.ContentLength, maxUpload))))
	n, err := io.Copy(&data, io.LimitReader(c.Request.Body, maxUpload+1))
	j.mu.Lock()
	defer j.mu.Unlock()
	j.uploading = false
	switch {
	case err != nil: // the client broke off: nothing was taken
		c.Fail(http.StatusBadRequest, sferr.New("CLIENTINPUTERROR", "the upload ended before its declared length"))
	case n > maxUpload:
		c.Fail(http.StatusBadRequest, sferr.New("CLIENTINPUTERROR", "the upload exceeds 150 MB of base64, which is %d bytes", maxUpload))
	case j.state != stateOpen:
		c.Fail(http.StatusBadRequest, invalidState("Uploading data to a Job in state "+j.state+" not allowed"))
	default:
		j.upload, j.uploaded = data.String(), true
		c.Out.WriteHeader(http.StatusCreated)
	}
}

func (j *ingestJob) beginUpload() *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateOpen {
		return invalidState("Uploading data to a Job in state " + j.state + " not allowed")
	}
	if j.uploaded || j.uploading {
		return sferr.New("CLIENTINPUTERROR",
			"Found multiple contents for job: <%s>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job.", j.id)
	}
	j.uploading = true
	return nil
}

// patchIngest closes the upload or aborts the job.
func (a *API) patchIngest(c *web.Call) {
	j, ok := a.ingestOf(c)
	if !ok {
		return
	}
	var request struct {
		State string `json:"state"`
	}
	if !c.ReadJSON(&request) {
		return
	}
	var refused *sferr.Error
	switch request.State {
	case stateUploaded:
		refused = a.closeUpload(j)
	case stateAborted:
		c.Entry.Kind = "ingest abort"
		j.mu.Lock()
		refused = j.abortLocked(a.Now())
		j.mu.Unlock()
	default:
		refused = sferr.New("INVALIDJOB", "state '%s' is none of UploadComplete, Aborted", request.State)
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

// closeUpload starts the job.
func (a *API) closeUpload(j *ingestJob) *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateOpen {
		return invalidState("Closing a Job in state " + j.state + " not allowed")
	}
	if j.uploading {
		return invalidState("Closing a Job while its upload is under way not allowed")
	}
	j.move(stateUploaded, a.Now())
	a.Work.Go(func() { a.process(j) })
	return nil
}

func (a *API) deleteIngest(c *web.Call) { deleteJob(a, c, &a.jobs.ingest) }

func (a *API) ingestOf(c *web.Call) (*ingestJob, bool) { return jobOf(a, c, &a.jobs.ingest) }
