package sync

import (
	"context"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Journal is what a run leaves behind while it goes: enough that another attempt, on whatever node, ends it rightly
// after a SIGKILL at any moment (invariants 1, 5 and 6). It is bound to one attempt of one run; every method fails with
// [reportsync.ErrLeaseLost], and changes nothing, once the attempt's lease is no longer held.
type Journal interface {
	// Log adds an entry to the run's log; Seq and At are set by the journal.
	Log(ctx context.Context, level reportsync.LogLevel, stage reportsync.Stage, message string) error
	// Progress stores where the run is, its counts so far and what it has cost. Cheap; called often.
	Progress(ctx context.Context, p RunProgress) error
	// PinReport stores which version of which report the run reads; a later attempt must read the same one.
	PinReport(ctx context.Context, v reportsync.ReportVersion) error

	// Written calls each for every row that an earlier attempt has sent or was about to send, in no order: those with
	// an answer of Salesforce have its outcome, the others have none (Kind is empty) but their before-images.
	Written(ctx context.Context, each func(reportsync.Outcome) error) error
	// ForgetUnwritten drops the outcomes of all other rows: the next attempt finds them anew.
	ForgetUnwritten(ctx context.Context) error
	// Batches returns the batches that earlier attempts have planned, by Seq.
	Batches(ctx context.Context) ([]reportsync.WriteBatch, error)
	// BatchRows returns the rows of a batch as they were planned, by Row.
	BatchRows(ctx context.Context, seq int) ([]reportsync.Outcome, error)

	// Record stores outcomes that need no write, at most once a row.
	Record(ctx context.Context, rows []reportsync.Outcome) error
	// Plan stores batches and their rows, with before-images and without outcomes, before anything of them is sent. A
	// row that an earlier attempt has planned moves to the new batch and keeps its first before-image.
	Plan(ctx context.Context, batches []PlannedBatch) error
	// MarkBatch stores a batch's Bulk job and state. The job's id is stored before its upload is closed.
	MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error
	// Settle stores Salesforce's answers for rows of a batch and, in the same transaction, the batch as settled when
	// done is true.
	Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error
}

// PlannedBatch is a batch with its rows.
type PlannedBatch = reportsync.PlannedBatch

// RunProgress is where a run stands.
type RunProgress = reportsync.RunProgress
