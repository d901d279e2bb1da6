package store

import (
	"context"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Written calls each for every row that was planned: those with an answer have its outcome, the others none (Kind is
// empty) but their before-images. each may write to the journal; what it writes is not seen by this reading.
func (j *Journal) Written(ctx context.Context, each func(reportsync.Outcome) error) error {
	c, run, err := j.read(ctx)
	if err != nil {
		return err
	}
	return c.each(ctx, func(row scanner) error {
		o, err := scanOutcome(row)
		if err != nil {
			return fmt.Errorf("read a written row: %w", err)
		}
		return each(o)
	}, selectOutcome+`WHERE run = ? AND batch IS NOT NULL`, run)
}

// ForgetUnwritten drops the outcomes of rows that were never planned.
func (j *Journal) ForgetUnwritten(ctx context.Context) error {
	return j.write(ctx, func(tx conn, run int64) error {
		if _, err := tx.exec(ctx, `DELETE FROM outcomes WHERE run = ? AND batch IS NULL`, run); err != nil {
			return fmt.Errorf("forget the rows that were not written: %w", err)
		}
		return nil
	})
}

// Batches returns the batches that were planned so far, by Seq.
func (j *Journal) Batches(ctx context.Context) ([]reportsync.WriteBatch, error) {
	c, run, err := j.read(ctx)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, c, func(row scanner) (b reportsync.WriteBatch, err error) {
		err = row.Scan(&b.Seq, &b.Route, &b.JobID, &b.State, &b.Rows)
		return b, err
	}, `SELECT seq, route, job_id, state, row_count FROM batches WHERE run = ? ORDER BY seq`, run)
	if err != nil {
		return nil, fmt.Errorf("read the batches: %w", err)
	}
	return all, nil
}

// BatchRows returns the rows that are in a batch, by Row; rows that moved to a later batch are there.
func (j *Journal) BatchRows(ctx context.Context, seq int) ([]reportsync.Outcome, error) {
	c, run, err := j.read(ctx)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, c, scanOutcome, selectOutcome+`WHERE run = ? AND batch = ? ORDER BY row_number`, run, seq)
	if err != nil {
		return nil, fmt.Errorf("read the rows of batch %d: %w", seq, err)
	}
	return all, nil
}
