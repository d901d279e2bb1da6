package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// UsedToday returns how many API calls the runs of a connection, but for exceptRun, have made on the day (UTC) of the given
// moment: those that ended on it, and the live ones. Of these, what they are yet to make counts where they are older than
// exceptRun, or write already: of two that would each fit alone, one goes on.
func (s *Store) UsedToday(ctx context.Context, connectionID string, day time.Time, exceptRun string) (int64, error) {
	begin := day.UTC().Truncate(24 * time.Hour)
	calls, err := scanNumber(s.reader().row(ctx, `SELECT COALESCE(SUM(api_calls), 0) FROM runs
		WHERE connection_id = ? AND finished_at >= ? AND finished_at < ? AND id <> ?`,
		connectionID, micros(begin), micros(begin.AddDate(0, 0, 1)), exceptRun))
	if err != nil {
		return 0, fmt.Errorf("add up the API calls of the connection %s: %w", connectionID, err)
	}
	live, err := collect(ctx, s.reader(), scanRun, selectRun+`WHERE connection_id = ? AND finished_at IS NULL AND id <> ?`, connectionID, exceptRun)
	if err != nil {
		return 0, fmt.Errorf("read the live runs of the connection %s: %w", connectionID, err)
	}
	for _, run := range live {
		planned := int64(0)
		first := exceptRun == "" || run.ID < exceptRun || run.Stage == reportsync.StageWrite || run.Stage == reportsync.StageSettle
		if run.Forecast != nil && first {
			planned = run.Forecast.APICalls
		}
		calls += max(run.APICalls, planned)
	}
	return calls, nil
}

// LastRun returns how many rows the report of the integration's last run had that completed and had any, dry runs and the
// run exceptRun left out; 0 for none.
func (s *Store) LastRun(ctx context.Context, integrationID, exceptRun string) (read int64, err error) {
	run, found, err := s.newestRun(ctx, integrationID, exceptRun, wentThrough+" AND "+hadRows)
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

// OpenJobs returns the Bulk jobs that the integration's last run has left open in Salesforce, dry runs and the run
// exceptRun left out.
func (s *Store) OpenJobs(ctx context.Context, integrationID, exceptRun string) ([]string, error) {
	run, _, err := s.newestRun(ctx, integrationID, exceptRun, "finished_at IS NOT NULL")
	return run.OpenJobs, err
}

// Conditions on runs. Counts are stored as JSON that begins with the rows read; a report without any is no measure for
// those after it.
const (
	hadRows     = `counts NOT LIKE '{"read":0,%'`
	wentThrough = "status IN ('completed', 'completed_with_errors')"
)

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
