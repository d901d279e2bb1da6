package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// RequestCancel ends a run: at once where nothing of it is under way, else by telling the node that has it, or takes it
// up next. The run's log names by, who asked for it. Asking again changes nothing. Errors: not found, conflict (it has
// ended).
func (s *Store) RequestCancel(ctx context.Context, id, by string) (run reportsync.Run, err error) {
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
		c := cancellation{number: number, by: by, known: known}
		err := tx.row(ctx, `SELECT status, stage, cancel_requested FROM runs WHERE number = ?`+s.dialect.forUpdate(), number).Scan(&c.status, &c.stage, &c.again)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noRun(id)
		case err != nil:
			return fmt.Errorf("read the run %s: %w", id, err)
		case !c.status.Live():
			return reportsync.Errorf(reportsync.CodeConflict, "the run %s has ended already: it is %s", id, c.status)
		}
		if err := c.carryOut(ctx, tx); err != nil {
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

// cancellation is the wish to end a run that the transaction has locked.
type cancellation struct {
	number int64
	status reportsync.RunStatus
	stage  reportsync.Stage
	again  bool // it was asked for before
	by     string
	known  tally // of the run's rows, where it was queued
}

func (c cancellation) carryOut(ctx context.Context, tx conn) error {
	if _, err := tx.exec(ctx, `UPDATE runs SET cancel_requested = TRUE, wake_at = NULL WHERE number = ?`, c.number); err != nil {
		return fmt.Errorf("ask for the run's end: %w", err)
	}
	ends := c.status == reportsync.RunQueued
	var counts reportsync.Counts
	if ends {
		t, err := c.known.renewed(ctx, tx, c.number)
		if err != nil {
			return err
		}
		// A queued run that was begun before may have a Bulk job under way: its answers are still to be fetched.
		ends, counts = t.unanswered == 0, t.counts
	}
	if err := c.log(ctx, tx, ends); err != nil || !ends {
		return err
	}
	return endRun(ctx, tx, c.number, reportsync.RunCancelled, counts, nil)
}

// log writes down who ended the run, once.
func (c cancellation) log(ctx context.Context, tx conn, ends bool) error {
	if c.again {
		return nil
	}
	now, err := tx.now(ctx)
	if err != nil {
		return err
	}
	message := "cancelled by " + c.by
	if !ends {
		message += ": what was sent to Salesforce settles first"
	} else if c.stage == "" {
		message += " while it was queued"
	}
	return appendLog(ctx, tx, c.number, now, reportsync.LogWarn, cmp.Or(c.stage, reportsync.StageOpen), message)
}
