package store

import (
	"context"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// expired is a run whose owner has not renewed its lease.
type expired struct {
	number       int64
	id, owner    string
	attempt, cut int
	stage        reportsync.Stage
}

// RequeueExpired takes the runs whose lease is over from their owners (invariant 6). They are queued again, or failed
// with [reportsync.CodeInterrupted] once maxAttempts attempts were cut off like this; attempts that were released don't
// count. It returns the ids of both, and writes into the log of each run what became of it.
func (s *Store) RequeueExpired(ctx context.Context, maxAttempts int) (requeued, failed []string, err error) {
	err = s.write(ctx, func(tx conn) error {
		requeued, failed = nil, nil
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		// A row that somebody has locked is being renewed or ended at this moment.
		runs, err := collect(ctx, tx, scanExpired, `SELECT number, id, owner, attempt, cut_off + 1, stage FROM runs
			WHERE status = 'running' AND lease_until <= ? ORDER BY id`+s.dialect.only(PostgreSQL, " FOR UPDATE SKIP LOCKED"), micros(now))
		if err != nil {
			return fmt.Errorf("look for expired leases: %w", err)
		}
		for _, r := range runs {
			if r.cut >= maxAttempts {
				failed = append(failed, r.id)
				err = r.fail(ctx, tx, now)
			} else {
				requeued = append(requeued, r.id)
				err = r.requeue(ctx, tx, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return requeued, failed, nil
}

func scanExpired(row scanner) (r expired, err error) {
	err = row.Scan(&r.number, &r.id, &r.owner, &r.attempt, &r.cut, &r.stage)
	return r, err
}

func (r expired) requeue(ctx context.Context, tx conn, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE runs SET status = 'queued', owner = '', lease_until = NULL, stage = '', cut_off = ? WHERE number = ?`, r.cut, r.number)
	if err != nil {
		return fmt.Errorf("queue the run %s again: %w", r.id, err)
	}
	return appendLog(ctx, tx, r.number, now, reportsync.LogWarn, r.stage,
		fmt.Sprintf("Attempt %d was cut off: %s stopped answering. The run goes on in a new attempt.", r.attempt, r.owner))
}

func (r expired) fail(ctx context.Context, tx conn, now time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE runs SET cut_off = ? WHERE number = ?`, r.cut, r.number); err != nil {
		return fmt.Errorf("count the attempts of the run %s: %w", r.id, err)
	}
	cause := reportsync.RunError{
		Code:    reportsync.CodeInterrupted,
		Message: fmt.Sprintf("the run was cut off %d times, the last time in the stage %s on %s", r.cut, r.stage, r.owner),
		Hint:    "the daemon's log on that machine says why it went down; rows that have no answer are unprocessed and follow with the next run",
	}
	if err := appendLog(ctx, tx, r.number, now, reportsync.LogError, r.stage, cause.Message); err != nil {
		return err
	}
	t, err := countRows(ctx, tx, r.number)
	if err != nil {
		return fmt.Errorf("count the rows of the run %s: %w", r.id, err)
	}
	return endRun(ctx, tx, r.number, reportsync.RunFailed, t.counts, &cause)
}
