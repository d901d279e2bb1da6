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
	// Facts stores what is known of the run besides its rows, in place of what was stored before.
	Facts(ctx context.Context, f reportsync.RunFacts) error

	// Batches returns the batches that all attempts have planned, by Seq.
	Batches(ctx context.Context) ([]reportsync.WriteBatch, error)
	// Planned calls each for every row that any attempt has planned, in the order in which they were planned. A row
	// comes again when it was moved to another batch.
	Planned(ctx context.Context, each func(seq int, rows []reportsync.Outcome) error) error
	// Answers calls each for every answer of Salesforce, in the order in which they were stored. One that is as planned
	// says no more than when it was stored.
	Answers(ctx context.Context, each func(seq int, rows []reportsync.Outcome) error) error

	// Plan stores batches and their rows, with before-images and without outcomes, before anything of them is sent. A
	// batch that is known already gets the rows added.
	Plan(ctx context.Context, batches []PlannedBatch) error
	// MarkBatch stores a batch's Bulk job and state. The job's id is stored before its upload is closed.
	MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error
	// Settle stores Salesforce's answers for rows of a batch and, in the same transaction, the batch as settled when
	// done is true. An answer may be as planned ([reportsync.Outcome.AsPlanned]).
	Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error
}

// PlannedBatch is a batch with its rows.
type PlannedBatch = reportsync.PlannedBatch

// RunProgress is where a run stands.
type RunProgress = reportsync.RunProgress
