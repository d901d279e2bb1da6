package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// UsedToday returns how many API calls the runs of a connection have made that started on the day (UTC) of the given
// moment, live ones included, but for the run exceptRun.
func (s *Store) UsedToday(ctx context.Context, connectionID string, day time.Time, exceptRun string) (int64, error) {
	begin := day.UTC().Truncate(24 * time.Hour)
	calls, err := scanNumber(s.reader().row(ctx, `SELECT COALESCE(SUM(api_calls), 0) FROM runs
		WHERE connection_id = ? AND COALESCE(started_at, queued_at) >= ? AND COALESCE(started_at, queued_at) < ? AND id <> ?`,
		connectionID, micros(begin), micros(begin.AddDate(0, 0, 1)), exceptRun))
	if err != nil {
		return 0, fmt.Errorf("add up the API calls of the connection %s: %w", connectionID, err)
	}
	return calls, nil
}

// LastRun returns how many rows the report of the integration's last run had that completed, dry runs and the run
// exceptRun left out; 0 for none.
func (s *Store) LastRun(ctx context.Context, integrationID, exceptRun string) (read int64, err error) {
	run, found, err := s.newestRun(ctx, integrationID, exceptRun, wentThrough)
	if err != nil || !found {
		return 0, err
	}
	return run.Counts.Read, nil
}

// LastArtifact returns the artifact of the integration's last run that went through and has one, dry runs and the run
// exceptRun left out; nil for none.
func (s *Store) LastArtifact(ctx context.Context, integrationID, exceptRun string) (*reportsync.Artifact, error) {
	run, found, err := s.newestRun(ctx, integrationID, exceptRun, "artifact IS NOT NULL AND "+wentThrough)
	if err != nil || !found {
		return nil, err
	}
	return run.Artifact, nil
}

const wentThrough = "status IN ('completed', 'completed_with_errors')"

func (s *Store) newestRun(ctx context.Context, integrationID, exceptRun, condition string) (run reportsync.Run, found bool, err error) {
	run, err = scanRun(s.reader().row(ctx, selectRun+`WHERE integration_id = ? AND id <> ? AND NOT dry_run AND `+condition+` ORDER BY id DESC LIMIT 1`, integrationID, exceptRun))
	if errors.Is(err, sql.ErrNoRows) {
		return run, false, nil
	}
	if err != nil {
		return run, false, fmt.Errorf("look for the last run of the integration %s: %w", integrationID, err)
	}
	return run, true, nil
}
