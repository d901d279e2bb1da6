package reportsync

import (
	"errors"
	"time"
)

// RunStatus is where a run stands.
type RunStatus string

// The statuses of a run.
const (
	RunQueued              RunStatus = "queued"
	RunRunning             RunStatus = "running"
	RunCompleted           RunStatus = "completed"             // every row got where it should
	RunCompletedWithErrors RunStatus = "completed_with_errors" // the run went through; some rows were rejected
	RunFailed              RunStatus = "failed"                // the run did not go through; Error says why
	RunCancelled           RunStatus = "cancelled"             // somebody ended it
)

// RunStatuses lists the statuses in the order in which a run passes them.
var RunStatuses = []RunStatus{RunQueued, RunRunning, RunCompleted, RunCompletedWithErrors, RunFailed, RunCancelled}

// Live reports whether the run has not ended yet.
func (s RunStatus) Live() bool { return s == RunQueued || s == RunRunning }

// Trigger is what started a run.
type Trigger string

// The triggers.
const (
	TriggerSchedule  Trigger = "schedule"
	TriggerManual    Trigger = "manual"
	TriggerTerraform Trigger = "terraform"
	TriggerAPI       Trigger = "api"
)

// Stage is a part of a run; a run passes them in this order.
type Stage string

// The stages.
const (
	StageOpen    Stage = "open"
	StageExtract Stage = "extract"
	StageKey     Stage = "key"
	StageMatch   Stage = "match"
	StageCompare Stage = "compare"
	StageGuard   Stage = "guard"
	StageWrite   Stage = "write"
	StageSettle  Stage = "settle"
	StageFinish  Stage = "finish"
)

// NewRun asks for a run.
type NewRun struct {
	IntegrationID string
	Trigger       Trigger
	DryRun        bool       // stop before the first write
	FullResync    bool       // write matched rows even where nothing differs
	IgnoreGuards  bool       // let the run through whatever guards, freshness and limits of API calls say
	Slot          *time.Time // the moment the schedule meant, nil on demand
}

// Run is one execution of one revision of an integration.
type Run struct {
	ID              string     `json:"id" doc:"Opaque, stable id"`
	IntegrationID   string     `json:"integration_id"`
	IntegrationName string     `json:"integration_name" doc:"The integration's name when the run was asked for"`
	Report          string     `json:"report" doc:"Path of the report that was read; before it is known, the integration's report"`
	Object          string     `json:"object" doc:"API name of the Salesforce object"`
	Trigger         Trigger    `json:"trigger" enum:"schedule,manual,terraform,api" doc:"What started it"`
	DryRun          bool       `json:"dry_run" doc:"Whether it stopped before the first write; counts then say what it would have done"`
	FullResync      bool       `json:"full_resync" doc:"Whether it wrote rows even where nothing differed"`
	IgnoreGuards    bool       `json:"ignore_guards" doc:"Whether it was let through whatever guards, freshness and limits of API calls say"`
	Status          RunStatus  `json:"status" enum:"queued,running,completed,completed_with_errors,failed,cancelled"`
	Stage           Stage      `json:"stage,omitempty" doc:"Where a running run is"`
	Progress        *Progress  `json:"progress,omitempty" doc:"How far the stage is"`
	ScheduledFor    *time.Time `json:"scheduled_for,omitempty" doc:"The slot that the schedule meant, for scheduled runs"`
	QueuedAt        time.Time  `json:"queued_at"`
	StartedAt       *time.Time `json:"started_at" doc:"Null until it started"`
	FinishedAt      *time.Time `json:"finished_at" doc:"Null until it ended"`
	RuntimeSeconds  *float64   `json:"runtime_seconds" doc:"From start to end, null until it ended"`
	Attempt         int        `json:"attempt" doc:"How often a node took it up: above 1 after a crash"`
	Counts          Counts     `json:"counts"`
	APICalls        int64      `json:"api_calls" doc:"Salesforce API calls made"`
	BulkBatches     int64      `json:"bulk_batches" doc:"Internal Bulk API batches used, of the org's 15,000 a day"`
	BytesSent       int64      `json:"bytes_sent" doc:"Bytes sent to Salesforce in request bodies"`
	BytesReceived   int64      `json:"bytes_received" doc:"Bytes received from Salesforce in answers, uncompressed"`
	RunFacts
	Artifact      *Artifact      `json:"artifact" doc:"Where the outcomes of its rows are kept; null until it ended, and for good where they could not be kept"`
	Error         *RunError      `json:"error" doc:"Why it failed, null otherwise"`
	Revision      int64          `json:"revision" doc:"Revision of the integration that it used"`
	ReportVersion *ReportVersion `json:"report_version" doc:"The very version of the report that was read, null before"`
}

// Partial says why the outcomes that are to be had of the run are not those of all its rows, empty where they are. The
// journal, which has them until an artifact does, knows of rows that were to be written alone.
func (r *Run) Partial() string {
	switch {
	case r.Artifact != nil, r.Status == RunCancelled && r.Counts == (Counts{}):
		return ""
	case r.Status.Live():
		return "the run has not ended: only rows that were to be written are known by now, as far as their outcome stands"
	}
	return "the run ended without keeping the outcomes of its rows: only those that were to be written are known"
}

// RunFacts is what a run found out and used, besides its rows. A later attempt adds to what the one before found.
type RunFacts struct {
	Org      *OrgIdentity `json:"org" doc:"The org that was written to, and as whom; null before"`
	Forecast *Forecast    `json:"forecast" doc:"Which ways of reading and writing were chosen, and at what cost; null before"`
	Jobs     []BulkJob    `json:"bulk_jobs" doc:"The Bulk API jobs that it made in Salesforce, oldest first"`
	// WouldStop is the error that the run would have ended with, had it not been a dry run.
	WouldStop *RunError `json:"would_stop" doc:"What would have stopped the run before its first write, had it been no dry run; null where nothing would, and for other runs"`
	Waiting   *Waiting  `json:"waiting" doc:"What a queued run waits for, and until when; null for any other"`
	// UnansweredSince is from when on the run's waits for an org that can't be asked are counted.
	UnansweredSince *time.Time `json:"unanswered_since,omitempty" doc:"When the org could first not be asked what became of rows that it had got, for want of API calls or because it was out of reach, so that the run waited; missing where it did not"`
	// OpenJobs are filled Bulk jobs that Salesforce would neither begin nor abort, or that may be at work; the next run
	// inherits them.
	OpenJobs []string `json:"open_jobs,omitempty" doc:"Ids of Bulk API jobs that stay open in Salesforce, because it would neither begin nor abort them, or that may still be at work; the next run ends them. Missing where there are none"`
}

// Waiting is why a run stays in the queue.
type Waiting struct {
	Until  time.Time `json:"until" doc:"When the wait is over and the run fails, unless what it waits for has come"`
	Reason string    `json:"reason" doc:"Why the run can't go on"`
}

// OrgIdentity says which org a run worked on, as which user.
type OrgIdentity struct {
	OrgID    string `json:"org_id" doc:"Id of the Salesforce org, 18 characters"`
	UserID   string `json:"user_id" doc:"Id of the user, 18 characters"`
	Username string `json:"username,omitempty" doc:"The user's name, where the app may read it"`
	Instance string `json:"instance" doc:"URL of the org's instance"`
}

// Forecast is what a run chose to do and what that was to cost, said before its first write.
type Forecast struct {
	Parents     []ParentChoice `json:"parents,omitempty" doc:"How the parents are found that lookups lead to, by field"`
	Match       Choice         `json:"match" doc:"How rows find their records"`
	Write       *Choice        `json:"write,omitempty" doc:"How rows are written; missing while unknown"`
	APICalls    int64          `json:"api_calls" doc:"API calls of the whole run, those that found parents and records among them, without looks"`
	Looks       int64          `json:"looks" doc:"Further calls that it is likely to take to look at its Bulk jobs while Salesforce works on them: none where that is quick, more where it takes minutes"`
	BulkBatches int64          `json:"bulk_batches" doc:"Internal Bulk API batches of the whole run"`
	// What the org says is left of its day, before this run's writes.
	CallsRemaining   *int64 `json:"api_calls_remaining,omitempty" doc:"What is left of the org's API calls, where the org told"`
	BatchesRemaining *int64 `json:"bulk_batches_remaining,omitempty" doc:"What is left of the org's Bulk API batches, where it was asked"`
}

// ParentChoice is how the parents of one lookup are found.
type ParentChoice struct {
	Field  string `json:"field" doc:"Reference field that the lookup feeds"`
	Object string `json:"object" doc:"Object of the parents"`
	Choice Choice `json:"choice" doc:"How they are found"`
}

// Choice is a way that was chosen for its counted cost, and the ones that were not.
type Choice struct {
	Route  string      `json:"route" doc:"The way that was chosen" enum:"none,lookups,pages,bulk,collections"`
	Why    string      `json:"why" doc:"Why, in a sentence"`
	Rows   int64       `json:"rows" doc:"Keys that are looked up, or records that are written"`
	Routes []RouteCost `json:"routes" doc:"The ways that there were, cheapest first"`
}

// RouteCost is what a way would cost.
type RouteCost struct {
	Route       string `json:"route"`
	APICalls    int64  `json:"api_calls" doc:"API calls that it takes at least"`
	Looks       int64  `json:"looks" doc:"Further calls that it is likely to take to look at Bulk jobs while Salesforce works on them"`
	BulkBatches int64  `json:"bulk_batches"`
}

// Likely returns the calls that the way is likely to cost, by which it is chosen.
func (c RouteCost) Likely() int64 { return c.APICalls + c.Looks }

// Plus returns the cost of both.
func (c RouteCost) Plus(other RouteCost) RouteCost {
	c.APICalls, c.Looks, c.BulkBatches = c.APICalls+other.APICalls, c.Looks+other.Looks, c.BulkBatches+other.BulkBatches
	return c
}

// BulkJob is a job of Salesforce's Bulk API 2.0.
type BulkJob struct {
	ID        string `json:"id" doc:"Salesforce's id of the job"`
	Operation string `json:"operation" enum:"query,insert,update,upsert"`
	Rows      int64  `json:"rows" doc:"Records that were sent, or came"`
}

// Artifact is where the outcomes of a run are kept: an object in the bucket, lines of JSON, compressed by zstd.
type Artifact struct {
	Key    string `json:"key" doc:"Name of the object in the bucket"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes" doc:"Size, compressed"`
	SHA256 string `json:"sha256" doc:"Hash of the object"`
}

// RunResult is how a run ended. What was used is that of the attempt alone.
type RunResult struct {
	Status        RunStatus
	Counts        Counts
	APICalls      int64
	BulkBatches   int64
	BytesSent     int64
	BytesReceived int64
	Artifact      *Artifact // nil when none could be written
	Err           *RunError // why it failed, nil otherwise
}

// Progress says how far a stage is.
type Progress struct {
	Done  int64 `json:"done" doc:"Rows dealt with"`
	Total int64 `json:"total" doc:"Rows in all, 0 while unknown"`
}

// RunError says why a run failed.
type RunError struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// ReportVersion pins one version of a report.
type ReportVersion struct {
	Path       string    `json:"path" doc:"Path within the source"`
	ModifiedAt time.Time `json:"modified_at"`
	Size       int64     `json:"size" doc:"Bytes"`
	SHA256     string    `json:"sha256,omitempty" doc:"Hash of the content, once it was read"`
}

// LogLevel grades a log entry.
type LogLevel string

// The levels of log entries.
const (
	LogInfo  LogLevel = "info"
	LogWarn  LogLevel = "warn"
	LogError LogLevel = "error"
)

// LogEntry is one line of a run's log.
type LogEntry struct {
	Seq     int64     `json:"seq" doc:"Counts the entries of the run, from 1"`
	At      time.Time `json:"at"`
	Level   LogLevel  `json:"level" enum:"info,warn,error"`
	Stage   Stage     `json:"stage"`
	Message string    `json:"message"`
}

// WriteRoute is a way of writing rows to Salesforce.
type WriteRoute string

// The routes.
const (
	RouteCollections WriteRoute = "collections" // sObject Collections, 200 rows a call
	RouteBulk        WriteRoute = "bulk"        // a Bulk API 2.0 ingest job
)

// BatchState is how far a batch of writes is. It only ever moves forward.
type BatchState string

// The states of a batch.
const (
	BatchPlanned BatchState = "planned" // its rows are stored with their before-images; nothing was sent
	BatchOpen    BatchState = "open"    // its Bulk job exists but is not closed: Salesforce has not begun
	BatchClosed  BatchState = "closed"  // its Bulk job is, or may be, closed: Salesforce may have begun
	BatchSettled BatchState = "settled" // Salesforce's answer for each of its rows is stored
)

// WriteBatch is a set of rows that are written together.
type WriteBatch struct {
	Seq   int // counts the batches of the run, from 1
	Route WriteRoute
	JobID string // of the Bulk job, once there is one
	State BatchState
	Rows  int
}

// Reasons for which an attempt at a run stops before its end, given as the cause of its context.
var (
	// ErrCancelled: somebody ended the run. What is in flight settles, the rest is left unprocessed.
	ErrCancelled = errors.New("the run was cancelled")
	// ErrShutdown: the daemon is going down. What is in flight settles; the run goes on at the next start.
	ErrShutdown = errors.New("the daemon is shutting down")
	// ErrLeaseLost: another node took the run over, or it ended. The attempt stops at once and stores nothing more.
	ErrLeaseLost = errors.New("another node took the run over")
)
