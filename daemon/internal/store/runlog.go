package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// RunLog returns the entries of a run's log whose Seq is above after, in order, at most limit (0 for the default, at
// most 1,000). Errors: not found.
func (s *Store) RunLog(ctx context.Context, runID string, after int64, limit int) ([]reportsync.LogEntry, error) {
	c := s.reader()
	run, err := runNumber(ctx, c, runID)
	if err != nil {
		return nil, err
	}
	all, err := collect(ctx, c, func(row scanner) (e reportsync.LogEntry, err error) {
		var at int64
		err = row.Scan(&e.Seq, &at, &e.Level, &e.Stage, &e.Message)
		e.At = fromMicros(at)
		return e, err
	}, `SELECT seq, at, level, stage, message FROM run_log WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?`, run, after, pageSize(limit))
	if err != nil {
		return nil, fmt.Errorf("read the log of the run %s: %w", runID, err)
	}
	return all, nil
}

// runNumber returns what the tables of rows and entries call a run.
func runNumber(ctx context.Context, c conn, id string) (int64, error) {
	n, err := scanNumber(c.row(ctx, `SELECT number FROM runs WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, noRun(id)
	}
	if err != nil {
		return 0, fmt.Errorf("find the run %s: %w", id, err)
	}
	return n, nil
}

// appendLog writes the next entry of a run's log.
func appendLog(ctx context.Context, tx conn, run int64, at time.Time, level reportsync.LogLevel, stage reportsync.Stage, message string) error {
	seq, err := scanNumber(tx.row(ctx, `UPDATE runs SET log_entries = log_entries + 1 WHERE number = ? RETURNING log_entries`, run))
	if err != nil {
		return fmt.Errorf("number a log entry: %w", err)
	}
	_, err = tx.exec(ctx, `INSERT INTO run_log (run, seq, at, level, stage, message) VALUES (?, ?, ?, ?, ?, ?)`, run, seq, micros(at), level, stage, message)
	if err != nil {
		return fmt.Errorf("write a log entry: %w", err)
	}
	return nil
}
