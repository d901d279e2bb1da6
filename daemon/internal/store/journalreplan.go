package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// replan moves those rows of a batch that an earlier batch holds and that have no answer yet. It fails for rows that
// have an outcome: those are never sent again (invariant 8).
func replan(ctx context.Context, tx conn, run int64, p reportsync.PlannedBatch) error {
	rows := make(map[int64]reportsync.Outcome, len(p.Rows))
	for _, r := range p.Rows {
		rows[r.Row] = r
	}
	var moved []reportsync.Outcome
	for chunk := range slices.Chunk(p.Rows, rowsPerStatement) {
		args := []any{run, p.Batch.Seq}
		for _, r := range chunk {
			args = append(args, r.Row)
		}
		err := tx.each(ctx, func(row scanner) error {
			var number int64
			var kind, changes string
			if err := row.Scan(&number, &kind, &changes); err != nil {
				return err
			}
			if kind != "" {
				return fmt.Errorf("row %d has an outcome already: %s", number, kind)
			}
			r, err := withFirstImage(rows[number], changes)
			moved = append(moved, r)
			return err
		}, `SELECT row_number, kind, changes FROM outcomes WHERE run = ? AND (batch IS NULL OR batch <> ?) AND row_number IN (`+placeholders(len(chunk))+`)`, args...)
		if err != nil {
			return err
		}
	}
	n, err := execRows(ctx, tx, rowsStatement{
		before: insertOutcomes,
		row:    outcomeRow,
		after:  " ON CONFLICT (run, row_number) DO UPDATE SET batch = excluded.batch, record_id = excluded.record_id, changes = excluded.changes",
	}, len(moved), func(i int) ([]any, error) {
		row := moved[i]
		row.Kind, row.Code, row.Message = "", "", ""
		return outcomeArgs(run, row, p.Batch.Seq)
	})
	if err == nil && n != int64(len(moved)) {
		err = fmt.Errorf("%d of %d rows did not move from their batch before", int64(len(moved))-n, len(moved))
	}
	return err
}

// withFirstImage puts the before-image that was stored first into the changes of a row. Fields that were planned then
// and differ no more keep their change: it has happened.
func withFirstImage(row reportsync.Outcome, stored string) (reportsync.Outcome, error) {
	if stored == "" {
		return row, nil
	}
	first, err := decode[[]reportsync.Change](stored)
	if err != nil {
		return row, err
	}
	row.Changes = slices.Clone(row.Changes)
	for _, was := range first {
		at := slices.IndexFunc(row.Changes, func(c reportsync.Change) bool { return c.Field == was.Field })
		if at < 0 {
			row.Changes = append(row.Changes, was)
		} else {
			row.Changes[at].Before = was.Before
		}
	}
	return row, nil
}
