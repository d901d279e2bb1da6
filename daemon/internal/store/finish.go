package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// FinishRun ends the run of an attempt. It fails, and the run stays live, unless the counts add up (invariant 2). With an
// artifact, which has all that the journal knows of rows, what the journal knows is dropped in the same transaction.
// Errors: [reportsync.ErrLeaseLost].
func (s *Store) FinishRun(ctx context.Context, id, owner string, attempt int, result reportsync.RunResult) error {
	switch c := result.Counts; {
	case result.Status.Live():
		return fmt.Errorf("finish the run %s: %q is no end", id, result.Status)
	case c.Total() != c.Read:
		return fmt.Errorf("finish the run %s: %d rows were read, %d have an outcome", id, c.Read, c.Total())
	case result.Artifact != nil && result.Artifact.Rows != c.Read:
		return fmt.Errorf("finish the run %s: %d rows were read, %d are in the artifact", id, c.Read, result.Artifact.Rows)
	}
	artifact, err := encodeNull(result.Artifact)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, id, owner, attempt)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `UPDATE runs SET artifact = ?, `+addUsage+` WHERE number = ?`,
			artifact, result.APICalls, result.BulkBatches, result.BytesSent, result.BytesReceived, number)
		if err != nil {
			return fmt.Errorf("store what the run %s has used: %w", id, err)
		}
		if result.Artifact != nil {
			if err := dropSegments(ctx, tx, number); err != nil {
				return err
			}
		}
		return endRun(ctx, tx, number, result.Status, result.Counts, result.Err)
	})
}

// FailRun ends the run of an attempt that broke without a result, as a panic leaves it. Its counts are those of the rows
// that were to be written; of them those that have no answer are unprocessed. Errors: [reportsync.ErrLeaseLost].
func (s *Store) FailRun(ctx context.Context, id, owner string, attempt int, runErr reportsync.RunError) error {
	number, err := heldNumber(ctx, s.reader(), "", id, owner, attempt)
	if err != nil {
		return err
	}
	known, err := countRows(ctx, s.reader(), number)
	if err != nil {
		return fmt.Errorf("count the rows of the run %s: %w", id, err)
	}
	return s.write(ctx, func(tx conn) error {
		number, err := lockHeld(ctx, tx, id, owner, attempt)
		if err != nil {
			return err
		}
		t, err := known.renewed(ctx, tx, number)
		if err != nil {
			return err
		}
		return endRun(ctx, tx, number, reportsync.RunFailed, t.counts, &runErr)
	})
}

// endRun ends a run that the transaction has locked.
func endRun(ctx context.Context, tx conn, number int64, status reportsync.RunStatus, counts reportsync.Counts, runErr *reportsync.RunError) error {
	now, err := tx.now(ctx)
	if err != nil {
		return err
	}
	countsJSON, err := encode(counts)
	if err != nil {
		return err
	}
	errJSON, err := encodeNull(runErr)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE runs SET status = ?, finished_at = ?, stage = '', lease_until = NULL, wake_at = NULL, counts = ?, error = ? WHERE number = ?`,
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
