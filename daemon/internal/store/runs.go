package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ErrSlotTaken says that a slot, or a later one, has started its run already (invariant 3).
var ErrSlotTaken = errors.New("the slot has started its run already")

// RunFilter asks for a page of runs, newest first. Empty fields don't filter.
type RunFilter struct {
	IntegrationID string
	Status        []reportsync.RunStatus
	Cursor        string // what the page before gave as next
	Limit         int    // 0 for the default, at most maxPage
}

// CreateRun queues a run of the integration as it is now; the run keeps that revision whatever follows (invariant 4).
// Errors: not found, conflict (naming the live run), [ErrSlotTaken].
func (s *Store) CreateRun(ctx context.Context, n reportsync.NewRun) (run reportsync.Run, err error) {
	err = s.write(ctx, func(tx conn) error {
		run, err = createRun(ctx, tx, n)
		return err
	})
	return run, err
}

// CreateRuns queues runs in one transaction. Those that can't be, for a reason that CreateRun names, are left out; any
// other error is that of all.
func (s *Store) CreateRuns(ctx context.Context, wanted []reportsync.NewRun) (runs []reportsync.Run, err error) {
	err = s.write(ctx, func(tx conn) error {
		runs = make([]reportsync.Run, 0, len(wanted))
		for _, n := range wanted {
			run, err := createRun(ctx, tx, n)
			switch code := reportsync.CodeOf(err); {
			case err == nil:
				runs = append(runs, run)
			case errors.Is(err, ErrSlotTaken), code == reportsync.CodeConflict, code == reportsync.CodeNotFound:
			default:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return runs, nil
}

// createRun writes nothing when it fails with one of CreateRun's errors.
func createRun(ctx context.Context, tx conn, n reportsync.NewRun) (run reportsync.Run, err error) {
	if err := lockIntegration(ctx, tx, n.IntegrationID); err != nil {
		return run, err
	}
	r, err := integrations.find(ctx, tx, n.IntegrationID)
	if err != nil {
		return run, err
	}
	in, err := integrationOf(r)
	if err != nil {
		return run, err
	}
	if err := checkSlot(ctx, tx, n); err != nil {
		return run, err
	}
	if err := checkNoLiveRun(ctx, tx, in.ID, in.Name); err != nil {
		return run, err
	}
	now, err := tx.now(ctx)
	if err != nil {
		return run, err
	}
	id := reportsync.NewID(reportsync.RunID)
	_, err = tx.exec(ctx, `INSERT INTO runs (id, integration_id, integration_name, revision, source_id, connection_id,
		report, object, started_by, dry_run, full_resync, ignore_guards, slot, status, queued_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, in.ID, in.Name, in.Revision, in.SourceID, in.ConnectionID,
		in.Report, in.Object, n.Trigger, n.DryRun, n.FullResync, n.IgnoreGuards, nullMicros(n.Slot), reportsync.RunQueued, micros(now))
	if err != nil {
		return run, fmt.Errorf("queue a run of the integration %q: %w", in.Name, err)
	}
	if n.Slot != nil {
		// At the integration the slot outlives the run that it starts.
		if _, err := tx.exec(ctx, `UPDATE integrations SET last_slot = ? WHERE id = ?`, micros(*n.Slot), n.IntegrationID); err != nil {
			return run, fmt.Errorf("take the slot: %w", err)
		}
	}
	return findRun(ctx, tx, id)
}

// checkSlot reports a slot that has started its run, or that a later one has overtaken. The integration is locked.
func checkSlot(ctx context.Context, tx conn, n reportsync.NewRun) error {
	if n.Slot == nil {
		return nil
	}
	var taken bool
	err := tx.row(ctx, `SELECT EXISTS (SELECT 1 FROM integrations WHERE id = ? AND last_slot >= ?)`, n.IntegrationID, micros(*n.Slot)).Scan(&taken)
	switch {
	case err != nil:
		return fmt.Errorf("look whether the slot is taken: %w", err)
	case taken:
		return ErrSlotTaken
	}
	return nil
}

// checkNoLiveRun reports the run that the integration has queued or running.
func checkNoLiveRun(ctx context.Context, tx conn, integrationID, name string) error {
	var id, status string
	err := tx.row(ctx, `SELECT id, status FROM runs WHERE integration_id = ? AND status IN ('queued', 'running')`, integrationID).Scan(&id, &status)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for a live run of the integration %q: %w", name, err)
	}
	return reportsync.Errorf(reportsync.CodeConflict, "the integration %q has a live run: %s is %s", name, id, status).
		WithHint("wait for it to end, or cancel it")
}

// Run returns a run. Errors: not found.
func (s *Store) Run(ctx context.Context, id string) (reportsync.Run, error) {
	return findRun(ctx, s.reader(), id)
}

// Runs returns a page of runs, newest first, and where the next one begins, empty after the last.
func (s *Store) Runs(ctx context.Context, f RunFilter) ([]reportsync.Run, string, error) {
	where, args := "WHERE 1 = 1", []any{}
	if f.IntegrationID != "" {
		where += " AND integration_id = ?"
		args = append(args, f.IntegrationID)
	}
	if len(f.Status) > 0 {
		where += " AND status IN (" + placeholders(len(f.Status)) + ")"
		args = append(args, anys(f.Status)...)
	}
	if f.Cursor != "" {
		where += " AND id < ?"
		args = append(args, f.Cursor)
	}
	size := pageSize(f.Limit)
	all, err := collect(ctx, s.reader(), scanRun, selectRun+where+" ORDER BY id DESC LIMIT ?", append(args, size+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("list runs: %w", err)
	}
	page, next := nextPage(all, size, func(r reportsync.Run) string { return r.ID })
	return page, next, nil
}

func findRun(ctx context.Context, c conn, id string) (reportsync.Run, error) {
	run, err := scanRun(c.row(ctx, selectRun+"WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return run, noRun(id)
	}
	if err != nil {
		return run, fmt.Errorf("read the run %s: %w", id, err)
	}
	return run, nil
}

func noRun(id string) error {
	return reportsync.Errorf(reportsync.CodeNotFound, "there is no run with the id %q", id)
}
