package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Journal is what one attempt leaves behind of its run. Every method checks, in the transaction that it writes in, that
// the attempt still holds the run; if not, it changes nothing and fails with [reportsync.ErrLeaseLost]. Its methods are
// safe for concurrent use.
type Journal struct {
	store   *Store
	run     string
	owner   string
	attempt int
}

// Journal returns the journal of an attempt, as [Store.ClaimRun] has made it.
func (s *Store) Journal(runID, owner string, attempt int) *Journal {
	return &Journal{store: s, run: runID, owner: owner, attempt: attempt}
}

func (j *Journal) heldBy() []any { return heldBy(j.run, j.owner, j.attempt) }

// write runs fn with the number of the run, which is kept from being taken over until the transaction ends.
func (j *Journal) write(ctx context.Context, fn func(tx conn, run int64) error) error {
	return j.store.write(ctx, func(tx conn) error {
		// Shared: writes of one attempt don't wait for each other, but whoever takes the run over waits for them.
		number, err := heldNumber(ctx, tx, tx.dialect.forShare(), j.run, j.owner, j.attempt)
		if err != nil {
			return err
		}
		return fn(tx, number)
	})
}

// read returns the number of the run and what to read it with.
func (j *Journal) read(ctx context.Context) (conn, int64, error) {
	c := j.store.reader()
	number, err := heldNumber(ctx, c, "", j.run, j.owner, j.attempt)
	return c, number, err
}

// Log adds an entry to the run's log.
func (j *Journal) Log(ctx context.Context, level reportsync.LogLevel, stage reportsync.Stage, message string) error {
	return j.store.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, j.run, j.owner, j.attempt)
		if err != nil {
			return err
		}
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		return appendLog(ctx, tx, number, now, level, stage, message)
	})
}

// Progress stores where the run is, its counts so far and what this attempt has used.
func (j *Journal) Progress(ctx context.Context, p reportsync.RunProgress) error {
	counts, err := encode(p.Counts)
	if err != nil {
		return err
	}
	return j.update(ctx, "store the progress", `stage = ?, progress_done = ?, progress_total = ?, counts = ?,
		api_calls = earlier_calls + ?, bulk_batches = earlier_batches + ?`, p.Stage, p.Done, p.Total, counts, p.APICalls, p.BulkBatches)
}

// PinReport stores which version of which report the run reads.
func (j *Journal) PinReport(ctx context.Context, v reportsync.ReportVersion) error {
	version, err := encode(v)
	if err != nil {
		return err
	}
	return j.update(ctx, "pin the report", `report = ?, report_version = ?`, v.Path, version)
}

// update sets columns of the run's row, if the attempt holds it.
func (j *Journal) update(ctx context.Context, verb, set string, args ...any) error {
	return j.store.write(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, "UPDATE runs SET "+set+held, append(args, j.heldBy()...)...)
		switch {
		case err != nil:
			return fmt.Errorf("%s of the run %s: %w", verb, j.run, err)
		case n == 0:
			return reportsync.ErrLeaseLost
		}
		return nil
	})
}

// MarkBatch stores a batch's Bulk job, unless jobID is empty, and its state, which only moves forward (invariant 5).
func (j *Journal) MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	return j.write(ctx, func(tx conn, run int64) error { return markBatch(ctx, tx, run, seq, jobID, state) })
}

func markBatch(ctx context.Context, tx conn, run int64, seq int, jobID string, state reportsync.BatchState) error {
	var before reportsync.BatchState
	err := tx.row(ctx, `SELECT state FROM batches WHERE run = ? AND seq = ?`, run, seq).Scan(&before)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("mark batch %d: no such batch was planned", seq)
	case err != nil:
		return fmt.Errorf("mark batch %d: %w", seq, err)
	case batchRank[state] == 0 || batchRank[state] < batchRank[before]:
		return fmt.Errorf("mark batch %d: it is %s and can't become %q", seq, before, state)
	}
	_, err = tx.exec(ctx, `UPDATE batches SET state = ?, job_id = CASE WHEN ? = '' THEN job_id ELSE ? END WHERE run = ? AND seq = ?`, state, jobID, jobID, run, seq)
	if err != nil {
		return fmt.Errorf("mark batch %d: %w", seq, err)
	}
	return nil
}

// batchRank orders the states as a batch passes them.
var batchRank = map[reportsync.BatchState]int{
	reportsync.BatchPlanned: 1, reportsync.BatchOpen: 2, reportsync.BatchClosed: 3, reportsync.BatchSettled: 4,
}
