package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Plan stores batches and their rows, without outcomes, before anything of them is sent: all of them or none. A batch
// that is planned already gets the rows added, until its Bulk job is closed. A row may be planned again, in another
// batch or for another record.
func (j *Journal) Plan(ctx context.Context, batches []reportsync.PlannedBatch) error {
	packed := make([][]segment, len(batches))
	for i, b := range batches {
		// Before the transaction, in which nobody else writes to SQLite.
		all, err := j.pack(plans, b.Batch.Seq, b.Rows)
		if err != nil {
			return fmt.Errorf("plan batch %d: %w", b.Batch.Seq, err)
		}
		packed[i] = all
	}
	return j.write(ctx, func(tx conn, run int64) error {
		for i, b := range batches {
			err := planBatch(ctx, tx, run, b)
			if err == nil {
				err = insertSegments(ctx, tx, run, packed[i])
			}
			if err != nil {
				return fmt.Errorf("plan batch %d: %w", b.Batch.Seq, err)
			}
		}
		return nil
	})
}

// pack makes segments of rows, which all have an outcome or all have none, as their kind says.
func (j *Journal) pack(kind segmentKind, seq int, rows []reportsync.Outcome) ([]segment, error) {
	for _, r := range rows {
		switch answered := r.Kind != ""; {
		case kind == plans && answered:
			return nil, fmt.Errorf("row %d has an outcome already: %s", r.Row, r.Kind)
		case kind == answers && !answered:
			return nil, fmt.Errorf("row %d has no outcome", r.Row)
		}
	}
	s := segment{attempt: j.attempt, batch: sql.Null[int64]{V: int64(seq), Valid: true}, kind: kind}
	if kind == answers {
		return cut(s, byRow(rows)), nil
	}
	return cut(s, inOrder(rows)), nil
}

func planBatch(ctx context.Context, tx conn, run int64, p reportsync.PlannedBatch) error {
	b := p.Batch
	n, err := tx.exec(ctx, `INSERT INTO batches (run, seq, route, job_id, state, row_count) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (run, seq) DO UPDATE SET row_count = batches.row_count + excluded.row_count WHERE batches.state IN (?, ?)`,
		run, b.Seq, b.Route, b.JobID, cmp.Or(b.State, reportsync.BatchPlanned), len(p.Rows), reportsync.BatchPlanned, reportsync.BatchOpen)
	if err == nil && n == 0 {
		err = errors.New("it is closed already and takes no more rows")
	}
	return err
}

// Settle stores Salesforce's answers for rows of a batch (invariant 1) and, when done is true, the batch as settled: both
// or neither. An answer may be stored again: the last one counts. It may leave to its plan what that says
// ([reportsync.Outcome.AsPlanned]). Salesforce answers in any order; the rows of one call come
// back from [Journal.Answers] by Row, so that each segment holds a small part of the report.
func (j *Journal) Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	packed, err := j.pack(answers, seq, rows)
	if err != nil {
		return fmt.Errorf("settle batch %d: %w", seq, err)
	}
	return j.write(ctx, func(tx conn, run int64) error {
		state, err := batchState(ctx, tx, run, seq)
		if err == nil {
			err = insertSegments(ctx, tx, run, packed)
		}
		if err == nil && done {
			err = markBatch(ctx, tx, run, seq, state, "", reportsync.BatchSettled)
		}
		if err != nil {
			return fmt.Errorf("settle batch %d: %w", seq, err)
		}
		return nil
	})
}

// MarkBatch stores a batch's Bulk job, unless jobID is empty, and its state, which only moves forward (invariant 5).
func (j *Journal) MarkBatch(ctx context.Context, seq int, jobID string, state reportsync.BatchState) error {
	return j.write(ctx, func(tx conn, run int64) error {
		before, err := batchState(ctx, tx, run, seq)
		if err == nil {
			err = markBatch(ctx, tx, run, seq, before, jobID, state)
		}
		if err != nil {
			return fmt.Errorf("mark batch %d: %w", seq, err)
		}
		return nil
	})
}

func batchState(ctx context.Context, tx conn, run int64, seq int) (state reportsync.BatchState, err error) {
	err = tx.row(ctx, `SELECT state FROM batches WHERE run = ? AND seq = ?`, run, seq).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errors.New("no such batch was planned")
	}
	return state, err
}

func markBatch(ctx context.Context, tx conn, run int64, seq int, before reportsync.BatchState, jobID string, state reportsync.BatchState) error {
	if batchRank[state] == 0 || batchRank[state] < batchRank[before] {
		return fmt.Errorf("it is %s and can't become %q", before, state)
	}
	_, err := tx.exec(ctx, `UPDATE batches SET state = ?, job_id = CASE WHEN ? = '' THEN job_id ELSE ? END WHERE run = ? AND seq = ?`, state, jobID, jobID, run, seq)
	return err
}

// batchRank orders the states as a batch passes them.
var batchRank = map[reportsync.BatchState]int{
	reportsync.BatchPlanned: 1, reportsync.BatchOpen: 2, reportsync.BatchClosed: 3, reportsync.BatchSettled: 4,
}
