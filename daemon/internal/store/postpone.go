package store

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// putOff queues a run, to be taken up no sooner than at a moment.
const putOff = `UPDATE runs SET status = 'queued', owner = '', lease_until = NULL, stage = '', wake_at = ?`

// PostponeRun puts the run of an attempt that can't go on yet back into the queue, where nobody takes it up before until.
// Where it has planned nothing, the attempt counts for nothing: its number is given again, and the next one looks for the
// report anew. A run that has planned rows goes on as after any attempt that stopped: by what its journal says, with the
// report that the rows are of. What it has logged and used stays, and so does when it was first taken up.
// Errors: [reportsync.ErrLeaseLost].
func (s *Store) PostponeRun(ctx context.Context, id, owner string, attempt int, until time.Time) error {
	return s.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, id, owner, attempt)
		if err != nil {
			return err
		}
		planned, err := lastSegment(ctx, tx, number)
		if err != nil {
			return err
		}
		if planned > 0 {
			_, err = tx.exec(ctx, putOff+` WHERE number = ?`, micros(until), number)
			if err != nil {
				return fmt.Errorf("postpone the run %s with its rows: %w", id, err)
			}
			return nil
		}
		run, err := findRun(ctx, tx, id)
		if err != nil {
			return err
		}
		in, err := integrationRevision(ctx, tx, run.IntegrationID, run.Revision)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, putOff+`, attempt = attempt - 1, counts = '{}', report = ?, report_version = NULL
			WHERE number = ?`, micros(until), in.Report, number)
		if err != nil {
			return fmt.Errorf("postpone the run %s: %w", id, err)
		}
		return nil
	})
}

// QueuedRun is a run that waits to be claimed.
type QueuedRun struct {
	ID      string
	Trigger reportsync.Trigger
	Attempt int // the last one, 0 for none
}

// QueuedRuns returns the runs that wait to be claimed, oldest first, at most limit (0 for the default, at most 1,000).
// Postponed ones are among them once their time has come.
func (s *Store) QueuedRuns(ctx context.Context, limit int) ([]QueuedRun, error) {
	c := s.reader()
	now, err := c.now(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := collect(ctx, c, func(row scanner) (r QueuedRun, err error) {
		err = row.Scan(&r.ID, &r.Trigger, &r.Attempt)
		return r, err
	}, `SELECT id, started_by, attempt FROM runs WHERE status = 'queued' AND (wake_at IS NULL OR wake_at <= ?) ORDER BY id LIMIT ?`, micros(now), pageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("list queued runs: %w", err)
	}
	return runs, nil
}
