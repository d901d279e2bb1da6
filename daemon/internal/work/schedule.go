package work

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// due returns the runs that the schedules ask for at a moment, at most one an integration: slots that were missed, by a
// daemon that was down or a run that took long, are caught up by one run for the latest of them. An integration with a
// live run waits until that has ended.
func due(states []store.ScheduleState, now time.Time) []reportsync.NewRun {
	var runs []reportsync.NewRun
	for _, s := range states {
		schedule, scheduled := s.Spec.CronSchedule()
		if !scheduled || s.LiveRun {
			continue
		}
		// What came before the schedule was set or changed was never promised.
		after := s.Anchor
		if s.LastSlot != nil && s.LastSlot.After(after) {
			after = *s.LastSlot
		}
		slot, ok := schedule.Latest(after, now)
		if !ok {
			continue
		}
		runs = append(runs, reportsync.NewRun{IntegrationID: s.IntegrationID, Trigger: reportsync.TriggerSchedule, Slot: &slot})
	}
	return runs
}
