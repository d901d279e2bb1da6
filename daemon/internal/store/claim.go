package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ErrNotQueued says that a run can't be claimed: another node was quicker, it has ended, or it was put off.
var ErrNotQueued = errors.New("the run is not queued")

// Claim is a run that was taken up, with all that it works on.
type Claim struct {
	Run             reportsync.Run
	Integration     reportsync.Integration // of the run's revision (invariant 4)
	Connection      reportsync.Connection
	Source          reportsync.Source
	CancelRequested bool // somebody ended the run while nobody held it: settle what is in flight, then end it
}

// ClaimRun takes up a queued run for owner, who must renew the lease before it is over. Each claim is a new attempt,
// whose number fences off the one before. Errors: [ErrNotQueued], not found.
func (s *Store) ClaimRun(ctx context.Context, id, owner string, lease time.Duration) (c Claim, err error) {
	err = s.write(ctx, func(tx conn) error {
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		var sourceID, connectionID string
		err = tx.row(ctx, `UPDATE runs SET status = 'running', attempt = attempt + 1, owner = ?, lease_until = ?,
			started_at = COALESCE(started_at, ?), stage = ?, wake_at = NULL, earlier_calls = api_calls, earlier_batches = bulk_batches,
			earlier_sent = bytes_sent, earlier_received = bytes_received
			WHERE id = ? AND status = 'queued' AND (wake_at IS NULL OR wake_at <= ?) RETURNING source_id, connection_id, cancel_requested`,
			owner, micros(now.Add(lease)), micros(now), reportsync.StageOpen, id, micros(now)).Scan(&sourceID, &connectionID, &c.CancelRequested)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err := findRun(ctx, tx, id); err != nil {
				return err
			}
			return ErrNotQueued
		}
		if err != nil {
			return fmt.Errorf("claim the run %s: %w", id, err)
		}
		return c.load(ctx, tx, id, sourceID, connectionID)
	})
	return c, err
}

func (c *Claim) load(ctx context.Context, tx conn, id, sourceID, connectionID string) (err error) {
	if c.Run, err = findRun(ctx, tx, id); err != nil {
		return err
	}
	if c.Integration, err = integrationRevision(ctx, tx, c.Run.IntegrationID, c.Run.Revision); err != nil {
		return err
	}
	source, err := sources.find(ctx, tx, sourceID)
	if err != nil {
		return err
	}
	if c.Source, err = sourceOf(source); err != nil {
		return err
	}
	connection, err := connections.find(ctx, tx, connectionID)
	if err != nil {
		return err
	}
	c.Connection, err = connectionOf(connection)
	return err
}

// held picks the run row of an attempt for as long as it holds its lease; its arguments are heldBy.
const held = ` WHERE id = ? AND owner = ? AND attempt = ? AND status = 'running'`

func heldBy(id, owner string, attempt int) []any { return []any{id, owner, attempt} }

// RenewLease lets the attempt go on for another lease from now, even when the last one is over, so long as nobody has
// taken the run over. It reports whether somebody wants the run ended. Errors: [reportsync.ErrLeaseLost].
func (s *Store) RenewLease(ctx context.Context, id, owner string, attempt int, lease time.Duration) (cancelRequested bool, err error) {
	err = s.write(ctx, func(tx conn) error {
		now, err := tx.now(ctx)
		if err != nil {
			return err
		}
		err = tx.row(ctx, `UPDATE runs SET lease_until = ?`+held+` RETURNING cancel_requested`,
			append([]any{micros(now.Add(lease))}, heldBy(id, owner, attempt)...)...).Scan(&cancelRequested)
		if errors.Is(err, sql.ErrNoRows) {
			return reportsync.ErrLeaseLost
		}
		if err != nil {
			return fmt.Errorf("renew the lease of the run %s: %w", id, err)
		}
		return nil
	})
	return cancelRequested, err
}

// ReleaseRun puts the run of an attempt that stops in good order, as at a shutdown, back into the queue. Errors:
// [reportsync.ErrLeaseLost].
func (s *Store) ReleaseRun(ctx context.Context, id, owner string, attempt int) error {
	return s.write(ctx, func(tx conn) error {
		n, err := tx.exec(ctx, `UPDATE runs SET status = 'queued', owner = '', lease_until = NULL, stage = ''`+held, heldBy(id, owner, attempt)...)
		switch {
		case err != nil:
			return fmt.Errorf("release the run %s: %w", id, err)
		case n == 0:
			return reportsync.ErrLeaseLost
		}
		return nil
	})
}
