package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// RequestCancel ends a run: at once where nothing of it is under way, else by telling the node that has it, or takes it
// up next. Asking again changes nothing. Errors: not found, conflict (it has ended).
func (s *Store) RequestCancel(ctx context.Context, id string) (run reportsync.Run, err error) {
	number, err := runNumber(ctx, s.reader(), id)
	if err != nil {
		return run, err
	}
	var known tally
	if waits, err := isQueued(ctx, s.reader(), number); err != nil {
		return run, err
	} else if waits {
		if known, err = countRows(ctx, s.reader(), number); err != nil && !errors.Is(err, errSegmentGone) {
			return run, fmt.Errorf("count the rows of the run %s: %w", id, err)
		}
	}
	err = s.write(ctx, func(tx conn) error {
		var status reportsync.RunStatus
		err := tx.row(ctx, `SELECT status FROM runs WHERE number = ?`+s.dialect.forUpdate(), number).Scan(&status)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noRun(id)
		case err != nil:
			return fmt.Errorf("read the run %s: %w", id, err)
		case !status.Live():
			return reportsync.Errorf(reportsync.CodeConflict, "the run %s has ended already: it is %s", id, status)
		}
		if err := cancel(ctx, tx, number, status, known); err != nil {
			return err
		}
		run, err = findRun(ctx, tx, id)
		return err
	})
	return run, err
}

func isQueued(ctx context.Context, c conn, number int64) (queued bool, err error) {
	err = c.row(ctx, `SELECT EXISTS (SELECT 1 FROM runs WHERE number = ? AND status = 'queued')`, number).Scan(&queued)
	if err != nil {
		return false, fmt.Errorf("read the run's status: %w", err)
	}
	return queued, nil
}

func cancel(ctx context.Context, tx conn, number int64, status reportsync.RunStatus, known tally) error {
	if _, err := tx.exec(ctx, `UPDATE runs SET cancel_requested = TRUE, wake_at = NULL WHERE number = ?`, number); err != nil {
		return fmt.Errorf("ask for the run's end: %w", err)
	}
	if status == reportsync.RunRunning {
		return nil
	}
	t, err := known.renewed(ctx, tx, number)
	if err != nil {
		return err
	}
	// A queued run that was begun before may have a Bulk job under way: its answers are still to be fetched.
	if t.unanswered > 0 {
		return nil
	}
	return endRun(ctx, tx, number, reportsync.RunCancelled, t.counts, nil)
}
