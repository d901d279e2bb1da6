package bulk

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// The states of a job (Bulk API 2.0 guide: job states).
const (
	stateOpen       = "Open"
	stateUploaded   = "UploadComplete"
	stateInProgress = "InProgress"
	stateComplete   = "JobComplete"
	stateFailed     = "Failed"
	stateAborted    = "Aborted"
)

const (
	ingestPath = "/jobs/ingest"
	queryPath  = "/jobs/query"
	jobsPage   = 1_000 // of a listing
	firstJob   = 62 * 62 * 11
)

// jobs keeps the Bulk jobs, oldest first.
type jobs struct {
	pod string

	mu     sync.Mutex
	next   uint64
	ingest []*ingestJob
	query  []*queryJob
}

func newJobs(pod string) *jobs { return &jobs{pod: pod} }

// number gives the next job's number and id.
func (j *jobs) number() (uint64, string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.next++
	return j.next, recordid.Make("750", j.pod, firstJob+j.next)
}

func (j *jobs) clear() {
	j.mu.Lock()
	ingest, query := j.ingest, j.query
	j.ingest, j.query = nil, nil
	j.mu.Unlock()
	for _, job := range ingest {
		job.end()
	}
	for _, job := range query {
		job.end()
	}
}

// job is what both kinds of jobs have. The fields below mu change.
type job struct {
	number    uint64
	id        string
	path      string // of the resource
	version   string
	createdBy string
	created   time.Time
	dialect   jobDialect
	ended     chan struct{} // closed when the job is to stop

	mu        sync.Mutex
	state     string
	modified  time.Time
	failure   string // errorMessage
	processed int
	took      time.Duration
}

// jobDialect is how a job's CSV looks, by Salesforce's names.
type jobDialect struct{ LineEnding, Delimiter string }

// jobInfo is a job as JSON, its keys in the recorded order.
type jobInfo struct {
	ID                string      `json:"id"`
	Operation         string      `json:"operation"`
	Object            string      `json:"object"`
	CreatedByID       string      `json:"createdById"`
	CreatedDate       string      `json:"createdDate"`
	SystemModstamp    string      `json:"systemModstamp"`
	State             string      `json:"state"`
	ExternalID        string      `json:"externalIdFieldName,omitempty"`
	ConcurrencyMode   string      `json:"concurrencyMode"`
	ContentType       string      `json:"contentType"`
	APIVersion        json.Number `json:"apiVersion"` // a number with its .0
	ContentURL        string      `json:"contentUrl,omitempty"`
	JobType           string      `json:"jobType,omitempty"`
	LineEnding        string      `json:"lineEnding,omitempty"`
	ColumnDelimiter   string      `json:"columnDelimiter,omitempty"`
	RecordsProcessed  *int        `json:"numberRecordsProcessed,omitempty"`
	RecordsFailed     *int        `json:"numberRecordsFailed,omitempty"`
	Retries           *int        `json:"retries,omitempty"`
	TotalTime         *int64      `json:"totalProcessingTime,omitempty"`
	APIActiveTime     *int64      `json:"apiActiveProcessingTime,omitempty"`
	ApexTime          *int64      `json:"apexProcessingTime,omitempty"`
	ErrorMessage      string      `json:"errorMessage,omitempty"`
	PKChunkingAllowed *bool       `json:"isPkChunkingSupported,omitempty"`
}

func (a *API) newJob(c *web.Call, path string, d jobDialect, state string) *job {
	number, id := a.jobs.number()
	now := a.Now()
	return &job{
		number: number, id: id, path: c.Base() + path + "/" + id, version: c.Version, createdBy: c.UserID,
		created: now, modified: now, dialect: d, state: state, ended: make(chan struct{}),
	}
}

// info is the part of the job's JSON that stands in every answer.
func (j *job) info(operation, object string) jobInfo {
	return jobInfo{
		ID: j.id, Operation: operation, Object: object, CreatedByID: j.createdBy,
		CreatedDate: value.FormatTime(j.created), SystemModstamp: value.FormatTime(j.modified),
		State: j.state, ConcurrencyMode: "Parallel", ContentType: "CSV", APIVersion: json.Number(j.version),
	}
}

// progress adds what only the GET of one job shows.
func (j *job) progress(info *jobInfo, jobType string) {
	info.JobType = jobType
	info.LineEnding, info.ColumnDelimiter = j.dialect.LineEnding, j.dialect.Delimiter
	info.Retries = new(int)
	took := j.took.Milliseconds()
	info.TotalTime = &took
	if j.state == stateFailed {
		info.ErrorMessage = j.failure
	}
}

// end tells the job's goroutine to stop. The caller must not hold mu.
func (j *job) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.endLocked()
}

func (j *job) endLocked() {
	select {
	case <-j.ended:
	default:
		close(j.ended)
	}
}

// move sets a state; the caller holds mu.
func (j *job) move(state string, at time.Time) {
	j.state, j.modified = state, at
}

// abortLocked ends a job that still can be; the caller holds mu.
func (j *job) abortLocked(at time.Time) *sferr.Error {
	switch j.state {
	case stateComplete:
		return invalidState("Aborting already Completed Job not allowed")
	case stateFailed, stateAborted:
		return invalidState("Aborting already " + j.state + " Job not allowed")
	}
	j.move(stateAborted, at)
	j.endLocked()
	return nil
}

// deletable refuses to delete a job that is open or being worked on.
func (j *job) deletable() *sferr.Error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state == stateOpen || j.state == stateInProgress {
		return invalidState("Deleting a Job in state " + j.state + " not allowed; abort it first")
	}
	return nil
}

// invalidState is spelt as Bulk 2.0 does: upper case without underscores.
func invalidState(message string) *sferr.Error { return sferr.New("INVALIDJOBSTATE", "%s", message) }

// choice reads one of the allowed values, the first being the default.
func choice(what, text string, allowed ...string) (string, *sferr.Error) {
	if text == "" {
		return allowed[0], nil
	}
	if !slices.Contains(allowed, text) {
		return "", sferr.New("INVALIDJOB", "%s '%s' is none of %s", what, text, strings.Join(allowed, ", "))
	}
	return text, nil
}

// dialectOf checks the CSV properties of a job request.
func dialectOf(contentType, lineEnding, delimiter string) (d jobDialect, err *sferr.Error) {
	if _, err = choice("contentType", contentType, "CSV"); err != nil {
		return d, err
	}
	if d.LineEnding, err = choice("lineEnding", lineEnding, "LF", "CRLF"); err != nil {
		return d, err
	}
	d.Delimiter, err = choice("columnDelimiter", delimiter, "COMMA", "BACKQUOTE", "CARET", "PIPE", "SEMICOLON", "TAB")
	return d, err
}

// comma is the delimiter's character.
func (d jobDialect) comma() byte {
	return map[string]byte{"COMMA": ',', "BACKQUOTE": '`', "CARET": '^', "PIPE": '|', "SEMICOLON": ';', "TAB": '\t'}[d.Delimiter]
}

// forReader is the dialect as the CSV reader wants it.
func (d jobDialect) forReader() bulkcsv.Dialect {
	return bulkcsv.Dialect{Delimiter: d.comma(), CRLF: d.LineEnding == "CRLF"}
}

// newline is what ends a line.
func (d jobDialect) newline() string {
	if d.LineEnding == "CRLF" {
		return "\r\n"
	}
	return "\n"
}
