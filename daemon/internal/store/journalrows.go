package store

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// neverPlanned is a batch that does not exist. An answer updates its row by the primary key, which both engines find
// quickest as the conflict of an insert; the insert of a row that was never planned breaks on the reference to its batch.
const neverPlanned = -1

const outcomeRow = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

const insertOutcomes = `INSERT INTO outcomes (run, row_number, line, row_key, kind, record_id, code, message, changes, batch) VALUES `

// Record stores outcomes that need no write, at most once a row (invariant 2). A row that was planned and turns out to
// need no write any more gets its outcome here, too, and keeps its before-image.
func (j *Journal) Record(ctx context.Context, rows []reportsync.Outcome) error {
	return j.write(ctx, func(tx conn, run int64) error {
		n, err := execRows(ctx, tx, rowsStatement{
			before: insertOutcomes,
			row:    outcomeRow,
			after: ` ON CONFLICT (run, row_number) DO UPDATE SET kind = excluded.kind, code = excluded.code, message = excluded.message,
				record_id = ` + unlessEmpty("record_id") + `, changes = ` + unlessEmpty("changes") + ` WHERE outcomes.kind = ''`,
		}, len(rows), func(i int) ([]any, error) {
			if rows[i].Kind == "" {
				return nil, fmt.Errorf("row %d has no outcome", rows[i].Row)
			}
			return outcomeArgs(run, rows[i], nil)
		})
		if err != nil {
			return fmt.Errorf("record outcomes: %w", err)
		}
		if n != int64(len(rows)) {
			return fmt.Errorf("record outcomes: %d of %d rows have one already", int64(len(rows))-n, len(rows))
		}
		return nil
	})
}

// unlessEmpty keeps what is stored where the new row brings nothing.
func unlessEmpty(column string) string {
	return "CASE WHEN excluded." + column + " = '' THEN outcomes." + column + " ELSE excluded." + column + " END"
}

// Plan stores batches and their rows, without outcomes, before anything of them is sent. A row that was planned before
// moves to its new batch and keeps its first before-image.
func (j *Journal) Plan(ctx context.Context, batches []reportsync.PlannedBatch) error {
	return j.write(ctx, func(tx conn, run int64) error {
		for _, b := range batches {
			if err := planBatch(ctx, tx, run, b); err != nil {
				return fmt.Errorf("plan batch %d: %w", b.Batch.Seq, err)
			}
		}
		return nil
	})
}

func planBatch(ctx context.Context, tx conn, run int64, p reportsync.PlannedBatch) error {
	b := p.Batch
	state := b.State
	if state == "" {
		state = reportsync.BatchPlanned
	}
	_, err := tx.exec(ctx, `INSERT INTO batches (run, seq, route, job_id, state, row_count) VALUES (?, ?, ?, ?, ?, ?)`,
		run, b.Seq, b.Route, b.JobID, state, len(p.Rows))
	if err != nil {
		return err
	}
	n, err := execRows(ctx, tx, rowsStatement{
		before: insertOutcomes,
		row:    outcomeRow,
		after:  " ON CONFLICT (run, row_number) DO NOTHING",
	}, len(p.Rows), func(i int) ([]any, error) {
		row := p.Rows[i]
		row.Kind, row.Code, row.Message = "", "", ""
		return outcomeArgs(run, row, b.Seq)
	})
	if err != nil || n == int64(len(p.Rows)) {
		return err
	}
	return replan(ctx, tx, run, p)
}

// Settle stores Salesforce's answers for rows of a batch (invariant 1) and, when done is true, the batch as settled. An
// answer may be stored again: fetched twice, it is the same.
func (j *Journal) Settle(ctx context.Context, seq int, rows []reportsync.Outcome, done bool) error {
	return j.write(ctx, func(tx conn, run int64) error {
		n, err := execRows(ctx, tx, rowsStatement{
			before: insertOutcomes,
			row:    outcomeRow,
			after: ` ON CONFLICT (run, row_number) DO UPDATE SET kind = excluded.kind, code = excluded.code, message = excluded.message,
				record_id = ` + unlessEmpty("record_id") + `, changes = ` + unlessEmpty("changes") + ` WHERE outcomes.batch = ?`,
			args: []any{seq},
		}, len(rows), func(i int) ([]any, error) {
			if rows[i].Kind == "" {
				return nil, fmt.Errorf("row %d has no outcome", rows[i].Row)
			}
			return outcomeArgs(run, rows[i], neverPlanned)
		})
		if err != nil {
			return fmt.Errorf("settle batch %d: %w", seq, err)
		}
		if n != int64(len(rows)) {
			return fmt.Errorf("settle batch %d: %d of %d rows are not in it", seq, int64(len(rows))-n, len(rows))
		}
		if !done {
			return nil
		}
		return markBatch(ctx, tx, run, seq, "", reportsync.BatchSettled)
	})
}

// outcomeArgs are the arguments of insertOutcomes; batch is nil for rows that are not written.
func outcomeArgs(run int64, o reportsync.Outcome, batch any) ([]any, error) {
	changes, err := encodeChanges(o.Changes)
	return []any{run, o.Row, o.Line, o.Key, o.Kind, o.RecordID, o.Code, o.Message, changes, batch}, err
}

func encodeChanges(changes []reportsync.Change) (string, error) {
	if len(changes) == 0 {
		return "", nil
	}
	return encode(changes)
}
