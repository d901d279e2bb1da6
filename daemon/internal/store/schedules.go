package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ScheduleState is what decides whether an integration is due.
type ScheduleState struct {
	IntegrationID string
	Spec          reportsync.IntegrationSpec
	Anchor        time.Time  // since when the schedule holds: slots before it are nobody's business
	LastSlot      *time.Time // the last slot that started a run, nil for none
	LiveRun       bool
}

// Schedules returns the state of the integrations that a schedule starts: enabled, and not on demand only. Where ids are
// given, only of those among them.
func (s *Store) Schedules(ctx context.Context, ids ...string) ([]ScheduleState, error) {
	where, args := "i.scheduled", []any{}
	if len(ids) > 0 {
		where, args = where+" AND i.id IN ("+placeholders(len(ids))+")", anys(ids)
	}
	all, err := collect(ctx, s.reader(), scanSchedule, `SELECT i.id, i.spec, i.anchor, i.last_slot,
		EXISTS (SELECT 1 FROM runs r WHERE r.integration_id = i.id AND r.status IN ('queued', 'running'))
		FROM integrations i WHERE `+where+` ORDER BY i.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the schedules: %w", err)
	}
	return all, nil
}

func scanSchedule(row scanner) (st ScheduleState, err error) {
	var spec string
	var anchor int64
	var last sql.Null[int64]
	if err := row.Scan(&st.IntegrationID, &spec, &anchor, &last, &st.LiveRun); err != nil {
		return st, err
	}
	st.Anchor, st.LastSlot = fromMicros(anchor), fromNullMicros(last)
	st.Spec, err = decode[reportsync.IntegrationSpec](spec)
	return st, err
}

// timing is what of a spec decides on its slots.
type timing struct {
	enabled        bool
	schedule, zone string
}

func timingOf(spec reportsync.IntegrationSpec) timing {
	t := timing{enabled: spec.IsEnabled(), schedule: reportsync.DefaultSchedule, zone: "UTC"}
	if spec.Schedule != nil {
		t.schedule = *spec.Schedule
	}
	if spec.TimeZone != nil {
		t.zone = *spec.TimeZone
	}
	return t
}
