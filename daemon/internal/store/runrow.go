package store

import (
	"database/sql"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// selectRun reads what scanRun takes.
const selectRun = `SELECT id, integration_id, integration_name, revision, report, object, started_by, dry_run, full_resync, ignore_guards, slot,
	status, stage, progress_done, progress_total, queued_at, started_at, finished_at, attempt,
	counts, api_calls, bulk_batches, bytes_sent, bytes_received, facts, artifact, error, report_version FROM runs `

func scanRun(row scanner) (r reportsync.Run, err error) {
	var progress reportsync.Progress
	var queued int64
	var slot, started, finished sql.Null[int64]
	var counts string
	var facts, artifact, runErr, version sql.Null[string]
	err = row.Scan(&r.ID, &r.IntegrationID, &r.IntegrationName, &r.Revision, &r.Report, &r.Object, &r.Trigger, &r.DryRun, &r.FullResync, &r.IgnoreGuards, &slot,
		&r.Status, &r.Stage, &progress.Done, &progress.Total, &queued, &started, &finished, &r.Attempt,
		&counts, &r.APICalls, &r.BulkBatches, &r.BytesSent, &r.BytesReceived, &facts, &artifact, &runErr, &version)
	if err != nil {
		return r, err
	}
	r.QueuedAt = fromMicros(queued)
	r.ScheduledFor, r.StartedAt, r.FinishedAt = fromNullMicros(slot), fromNullMicros(started), fromNullMicros(finished)
	if r.StartedAt != nil && r.FinishedAt != nil {
		r.RuntimeSeconds = new(seconds(max(0, r.FinishedAt.Sub(*r.StartedAt))))
	}
	if r.Stage != "" {
		r.Progress = &progress
	}
	if r.Counts, err = decode[reportsync.Counts](counts); err != nil {
		return r, err
	}
	if facts.Valid {
		if r.RunFacts, err = decode[reportsync.RunFacts](facts.V); err != nil {
			return r, err
		}
	}
	if r.Status != reportsync.RunQueued {
		r.Waiting = nil // the wait is over, though nobody has written that down
	}
	if r.Artifact, err = decodeNull[reportsync.Artifact](artifact); err != nil {
		return r, err
	}
	if r.Error, err = decodeNull[reportsync.RunError](runErr); err != nil {
		return r, err
	}
	r.ReportVersion, err = decodeNull[reportsync.ReportVersion](version)
	return r, err
}

// seconds rounds to milliseconds by a single division, so that no more than three decimals are printed. Duration.Seconds
// adds up two numbers that are rounded themselves.
func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond).Milliseconds()) / 1000
}

// decodeNull decodes a column that may be null.
func decodeNull[T any](s sql.Null[string]) (*T, error) {
	if !s.Valid {
		return nil, nil
	}
	v, err := decode[T](s.V)
	return &v, err
}

// encodeNull encodes a value that may be missing.
func encodeNull[T any](v *T) (sql.Null[string], error) {
	if v == nil {
		return sql.Null[string]{}, nil
	}
	s, err := encode(v)
	return sql.Null[string]{V: s, Valid: true}, err
}
