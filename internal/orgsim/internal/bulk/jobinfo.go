package bulk

import (
	"encoding/json"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// The jobType of the API's jobs, and that of Bulk API's first version, of which
// the org has none.
const (
	typeIngest  = "V2Ingest"
	typeQuery   = "V2Query"
	typeClassic = "Classic"
)

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
	AssignmentRuleID  string      `json:"assignmentRuleId,omitempty"`
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

// newJob numbers a job of the call's user.
func (a *API) newJob(c *web.Call, path string, d jobDialect, state string) *job {
	number, id := a.jobs.number()
	c.Entry.Job = id
	now := a.Now()
	return &job{
		number: number, id: id, path: c.Base() + path + "/" + id, version: c.Version, createdBy: c.UserID,
		created: now, modified: now, dialect: d, state: state, ended: make(chan struct{}),
	}
}

// info is the part of the job's JSON that stands in every answer; the caller
// holds mu or has the job to itself.
func (j *job) info(operation, object string) jobInfo {
	return jobInfo{
		ID: j.id, Operation: operation, Object: object, CreatedByID: j.createdBy,
		CreatedDate: value.FormatTime(j.created), SystemModstamp: value.FormatTime(j.modified),
		State: j.state, ConcurrencyMode: "Parallel", ContentType: "CSV", APIVersion: json.Number(j.version),
	}
}

// with adds what a listing and the GET of one job show, and what creates a job
// shows in part.
func (info jobInfo) with(jobType string, d jobDialect) jobInfo {
	info.JobType, info.LineEnding, info.ColumnDelimiter = jobType, d.LineEnding, d.Delimiter
	return info
}

// progress adds what only the GET of one job shows; the caller holds mu.
func (j *job) progress(info *jobInfo) {
	info.Retries = new(int)
	info.TotalTime = milliseconds(j.took)
	if j.state == stateFailed {
		info.ErrorMessage = j.failure
	}
}

func milliseconds(d time.Duration) *int64 {
	n := d.Milliseconds()
	return &n
}
