package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// noAnswer is what rows are told that were planned when their run broke off.
const noAnswer = "the run broke off before Salesforce's answer was stored: the record may or may not have been written"

// FinishRun ends the run of an attempt. The counts that are stored come from the stored outcomes; it fails, and the run
// stays live, unless they add up to counts.Read with every row answered (invariant 2). apiCalls and bulkBatches are what
// this attempt has used. Errors: [reportsync.ErrLeaseLost].
func (s *Store) FinishRun(ctx context.Context, id, owner string, attempt int, status reportsync.RunStatus,
	counts reportsync.Counts, apiCalls, bulkBatches int64, runErr *reportsync.RunError,
) error {
	if status.Live() {
		return fmt.Errorf("finish the run %s: %q is no end", id, status)
	}
	return s.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, id, owner, attempt)
		if err != nil {
			return err
		}
		stored, unanswered, err := countOutcomes(ctx, tx, number)
		if err != nil {
			return err
		}
		if unanswered > 0 || stored.Read != counts.Read {
			return fmt.Errorf("finish the run %s: %d rows were read, %d have an outcome, %d were planned and have none", id, counts.Read, stored.Read, unanswered)
		}
		_, err = tx.exec(ctx, `UPDATE runs SET api_calls = earlier_calls + ?, bulk_batches = earlier_batches + ? WHERE number = ?`, apiCalls, bulkBatches, number)
		if err != nil {
			return fmt.Errorf("store what the run %s has used: %w", id, err)
		}
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		return endRun(ctx, tx, number, status, now, stored, runErr)
	})
}

// FailRun ends the run of an attempt that broke without a result, as a panic leaves it: rows that have no answer become
// unprocessed, and the counts are those of the rows that have an outcome. Errors: [reportsync.ErrLeaseLost].
func (s *Store) FailRun(ctx context.Context, id, owner string, attempt int, runErr reportsync.RunError) error {
	return s.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, id, owner, attempt)
		if err != nil {
			return err
		}
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		return breakOff(ctx, tx, number, reportsync.RunFailed, now, &runErr)
	})
}

// RequestCancel ends a run: at once where nothing of it is under way, else by telling the node that has it, or takes it
// up next. Asking again changes nothing. Errors: not found, conflict (it has ended).
func (s *Store) RequestCancel(ctx context.Context, id string) (run reportsync.Run, err error) {
	err = s.write(ctx, func(tx conn) error {
		var number int64
		var status reportsync.RunStatus
		err := tx.row(ctx, `SELECT number, status FROM runs WHERE id = ?`+s.dialect.forUpdate(), id).Scan(&number, &status)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return noRun(id)
		case err != nil:
			return fmt.Errorf("read the run %s: %w", id, err)
		case !status.Live():
			return reportsync.Errorf(reportsync.CodeConflict, "the run %s has ended already: it is %s", id, status)
		}
		if err := cancel(ctx, tx, number, status); err != nil {
			return err
		}
		run, err = findRun(ctx, tx, id)
		return err
	})
	return run, err
}

func cancel(ctx context.Context, tx conn, number int64, status reportsync.RunStatus) error {
	if _, err := tx.exec(ctx, `UPDATE runs SET cancel_requested = TRUE WHERE number = ?`, number); err != nil {
		return fmt.Errorf("ask for the run's end: %w", err)
	}
	counts, unanswered, err := countOutcomes(ctx, tx, number)
	if err != nil {
		return err
	}
	// A queued run that was begun before may have a Bulk job under way: its answers are still to be fetched.
	if status == reportsync.RunRunning || unanswered > 0 {
		return nil
	}
	now, err := tx.now(ctx)
	if err != nil {
		return err
	}
	return endRun(ctx, tx, number, reportsync.RunCancelled, now, counts, nil)
}

// breakOff ends a run that nobody can finish in good order. Invariant 2 holds for the rows that were stored.
func breakOff(ctx context.Context, tx conn, number int64, status reportsync.RunStatus, now time.Time, runErr *reportsync.RunError) error {
	_, err := tx.exec(ctx, `UPDATE outcomes SET kind = ?, code = ?, message = ? WHERE run = ? AND kind = ''`,
		reportsync.Unprocessed, reportsync.RowNoAnswer, noAnswer, number)
	if err != nil {
		return fmt.Errorf("close the rows without an answer: %w", err)
	}
	counts, _, err := countOutcomes(ctx, tx, number)
	if err != nil {
		return err
	}
	return endRun(ctx, tx, number, status, now, counts, runErr)
}

func endRun(ctx context.Context, tx conn, number int64, status reportsync.RunStatus, now time.Time, counts reportsync.Counts, runErr *reportsync.RunError) error {
	countsJSON, err := encode(counts)
	if err != nil {
		return err
	}
	errJSON, err := encodeNull(runErr)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE runs SET status = ?, finished_at = ?, stage = '', lease_until = NULL, counts = ?, error = ? WHERE number = ?`,
		status, micros(now), countsJSON, errJSON, number)
	if err != nil {
		return fmt.Errorf("end the run: %w", err)
	}
	return nil
}

// lockHeld returns the number of the run that the attempt holds and keeps it until the transaction ends.
func lockHeld(ctx context.Context, tx conn, id, owner string, attempt int) (int64, error) {
	return heldNumber(ctx, tx, tx.dialect.forUpdate(), id, owner, attempt)
}

func heldNumber(ctx context.Context, tx conn, lock, id, owner string, attempt int) (number int64, err error) {
	err = tx.row(ctx, `SELECT number FROM runs`+held+lock, heldBy(id, owner, attempt)...).Scan(&number)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, reportsync.ErrLeaseLost
	}
	if err != nil {
		return 0, fmt.Errorf("check the lease of the run %s: %w", id, err)
	}
	return number, nil
}

// countOutcomes adds up what is stored of a run: rows with an outcome, all of which were read, and rows without.
func countOutcomes(ctx context.Context, c conn, number int64) (counts reportsync.Counts, unanswered int64, err error) {
	err = c.each(ctx, func(row scanner) error {
		var kind reportsync.OutcomeKind
		var n int64
		if err := row.Scan(&kind, &n); err != nil {
			return err
		}
		if kind == "" {
			unanswered = n
			return nil
		}
		counts.Read += n
		counts.Add(kind, n)
		return nil
	}, `SELECT kind, count(*) FROM outcomes WHERE run = ? GROUP BY kind`, number)
	if err != nil {
		return counts, 0, fmt.Errorf("count the outcomes: %w", err)
	}
	return counts, unanswered, nil
}
