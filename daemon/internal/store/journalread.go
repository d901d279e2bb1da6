package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

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

// Planned calls each for every row that any attempt has planned, in the order in which that was stored, some thousand
// rows of a batch at a time. Each may keep the rows, and may write to the journal: what it writes is not seen by this
// reading.
func (j *Journal) Planned(ctx context.Context, each func(seq int, rows []reportsync.Outcome) error) error {
	return j.replay(ctx, plans, each)
}

// Answers calls each for every answer that any attempt has stored, like [Journal.Planned].
func (j *Journal) Answers(ctx context.Context, each func(seq int, rows []reportsync.Outcome) error) error {
	return j.replay(ctx, answers, each)
}

func (j *Journal) replay(ctx context.Context, kind segmentKind, each func(seq int, rows []reportsync.Outcome) error) error {
	c, run, err := j.read(ctx)
	if err != nil {
		return err
	}
	all, err := segmentsOf(ctx, c, run)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.kind != kind || !s.batch.Valid {
			continue
		}
		rows := make([]reportsync.Outcome, 0, s.rows)
		for line, err := range s.lines(ctx, c) {
			if errors.Is(err, errSegmentGone) {
				return reportsync.ErrLeaseLost
			}
			if err != nil {
				return err
			}
			o, err := rowlog.Parse(line)
			if err != nil {
				return err
			}
			rows = append(rows, o)
		}
		if err := each(int(s.batch.V), rows); err != nil {
			return err
		}
	}
	return nil
}
