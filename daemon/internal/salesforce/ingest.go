package salesforce

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Operation is what an ingest job does with its rows.
type Operation string

// The operations that reportsync uses (Bulk API 2.0 guide: create a job).
const (
	OperationInsert Operation = "insert"
	OperationUpdate Operation = "update"
	OperationUpsert Operation = "upsert"
)

var operations = []Operation{OperationInsert, OperationUpdate, OperationUpsert}

func (o Operation) known() bool { return slices.Contains(operations, o) }

func (o Operation) unknown() string {
	return fmt.Sprintf("the operation %q is none of insert, update, upsert", string(o))
}

// JobState is where a Bulk API 2.0 job stands.
type JobState string

// Open → UploadComplete → InProgress → JobComplete, Failed or Aborted (Bulk API 2.0 guide: job
// states).
const (
	JobOpen           JobState = "Open"
	JobUploadComplete JobState = "UploadComplete"
	JobInProgress     JobState = "InProgress"
	JobComplete       JobState = "JobComplete"
	JobFailed         JobState = "Failed"
	JobAborted        JobState = "Aborted"
)

// Finished reports whether the job will change no more.
func (s JobState) Finished() bool {
	return s == JobComplete || s == JobFailed || s == JobAborted
}

// IngestRequest asks for an ingest job. Columns are the headers of the rows to come, without Id, spelt as
// describe does, for results bring back no others; ExternalIDField is the key of an upsert, one of
// Columns, and empty otherwise.
//
// AssignmentRuleID names the rule that assigns Cases and Leads; without one none runs. There is no word
// for the active rule, and no way past duplicate rules (Bulk API 2.0 guide: create a job, headers).
type IngestRequest struct {
	Object           string
	Operation        Operation
	ExternalIDField  string
	Columns          []string
	AssignmentRuleID string
}

// IngestJob is an ingest job as Salesforce describes it.
type IngestJob struct {
	ID              string
	Object          string
	Operation       Operation
	ExternalIDField string
	State           JobState
	// ContentURL is where the rows go, without a leading slash, as long as the job is Open.
	ContentURL string
	// Processed counts rows worked on, including the Failed ones. Both can read 0 in a job that is
	// Failed although earlier internal batches stay committed.
	Processed int
	Failed    int
	// ErrorMessage is why the job is Failed, such as "InvalidBatch : Field name not found : X".
	ErrorMessage string
}

// Err explains a job that ended Failed or Aborted and is nil for every other state.
func (j IngestJob) Err() error {
	return jobError("run Bulk "+string(j.Operation)+" of "+j.Object, jobJSON{ID: j.ID, State: j.State, ErrorMessage: j.ErrorMessage})
}

// CreateIngest makes a job that is Open for one upload. Its ID has to be stored before the rows are
// uploaded: nothing else marks a job as one's own. An error of unknown fate may be answered by
// creating again; see the package comment.
func (c *Client) CreateIngest(ctx context.Context, req IngestRequest) (IngestJob, error) {
	op := "create a Bulk " + string(req.Operation) + " job for " + req.Object
	if err := req.check(op); err != nil {
		return IngestJob{}, err
	}
	settings := map[string]string{
		"object": req.Object, "operation": string(req.Operation),
		"contentType": "CSV", "lineEnding": "LF", "columnDelimiter": "COMMA",
	}
	if req.ExternalIDField != "" {
		settings["externalIdFieldName"] = req.ExternalIDField
	}
	if req.AssignmentRuleID != "" {
		settings["assignmentRuleId"] = req.AssignmentRuleID
	}
	job, err := c.createJob(ctx, op, jobsIngest, settings)
	if err != nil {
		return IngestJob{}, err
	}
	if job.State != JobOpen {
		return IngestJob{}, unexpected(op, "the new job %s is %s, not Open", job.ID, job.State)
	}
	return job.ingest(), nil
}

func (r IngestRequest) check(op string) error {
	switch {
	case r.Object == "":
		return refuse(op, "the object has no name")
	case !r.Operation.known():
		return refuse(op, "%s", r.Operation.unknown())
	case r.Operation == OperationUpsert && !containsFold(r.Columns, r.ExternalIDField):
		return refuse(op, "an upsert needs its external id field %q among the columns", r.ExternalIDField)
	case r.Operation != OperationUpsert && r.ExternalIDField != "":
		return refuse(op, "an external id field is for upserts only")
	}
	if _, err := ID18(r.AssignmentRuleID); err != nil && r.AssignmentRuleID != "" {
		return refuse(op, "assignment rule: %s", err)
	}
	return checkColumns(op, r.Columns)
}

// CloseIngest ends the upload of so many rows and lets Salesforce start working. Closing a job that has already moved
// on is no error. The rows count as used batches unless Salesforce has refused to begin with them.
func (c *Client) CloseIngest(ctx context.Context, id string, rows int) error {
	err := c.moveJob(ctx, "close Bulk job "+id, jobsIngest, id, JobUploadComplete, func(s JobState) bool {
		return s == JobUploadComplete || s == JobInProgress || s == JobComplete || s == JobFailed
	})
	if err == nil || MayHaveArrived(err) {
		c.meter.batches(rows)
	}
	return err
}

// AbortIngest stops a job. Rows that Salesforce has already worked on stay as they are; a job that is
// already Aborted or Failed is no error.
func (c *Client) AbortIngest(ctx context.Context, id string) error {
	return c.moveJob(ctx, "abort Bulk job "+id, jobsIngest, id, JobAborted, func(s JobState) bool {
		return s == JobAborted || s == JobFailed
	})
}

// DeleteIngest removes a job that is not Open with its results; one that is gone is no error.
func (c *Client) DeleteIngest(ctx context.Context, id string) error {
	return c.deleteJob(ctx, "delete Bulk job "+id, jobsIngest, id)
}

// IngestJob reads where a job stands.
func (c *Client) IngestJob(ctx context.Context, id string) (IngestJob, error) {
	job, err := c.getJob(ctx, "read Bulk job "+id, jobsIngest, id)
	if err != nil {
		return IngestJob{}, err
	}
	return job.ingest(), nil
}

// IngestWait is what is known of a job that is waited for; its zero value is nothing.
type IngestWait struct {
	// Closed is when CloseIngest was called, which the first look follows at some distance. A job that was closed long ago
	// is looked at without delay.
	Closed time.Time
	// Rows is how many the job has, by which is guessed when it may have dealt with them.
	Rows int
	// Progress is called with every answer.
	Progress func(IngestJob)
}

// WaitIngest polls a closed job until it changes no more, at growing intervals, and returns it in
// whatever state it ended: JobFailed and JobAborted are no error of the call, since such a job still
// has results.
func (c *Client) WaitIngest(ctx context.Context, id string, w IngestWait) (IngestJob, error) {
	job, err := c.awaitJob(ctx, "wait for Bulk job "+id, jobsIngest, id, w.Rows, w.Closed, func(j jobJSON) {
		if w.Progress != nil {
			w.Progress(j.ingest())
		}
	})
	if err != nil {
		return IngestJob{}, err
	}
	return job.ingest(), nil
}

func (j jobJSON) ingest() IngestJob {
	return IngestJob{
		ID: j.ID, Object: j.Object, Operation: j.Operation, ExternalIDField: j.ExternalIDField,
		State: j.State, ContentURL: j.ContentURL,
		Processed: j.RecordsProcessed, Failed: j.RecordsFailed, ErrorMessage: j.ErrorMessage,
	}
}

func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
