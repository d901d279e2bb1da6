package work

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestDue(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment.UTC()
	}
	tests := []struct {
		name           string
		schedule, zone string // empty for the default
		anchor, last   string
		live           bool
		now            string
		want           string // slot, empty for none
	}{
		{name: "before the first slot", anchor: "2026-03-01T10:00:00Z", now: "2026-03-02T08:59:59Z"},
		{name: "at the slot", anchor: "2026-03-01T10:00:00Z", now: "2026-03-02T09:00:00Z", want: "2026-03-02T09:00:00Z"},
		{name: "slots before the schedule was set", anchor: "2026-03-02T09:00:01Z", now: "2026-03-02T09:30:00Z"},
		{name: "slot that was run", anchor: "2026-03-01T10:00:00Z", last: "2026-03-02T09:00:00Z", now: "2026-03-02T09:30:00Z"},
		{name: "schedule changed after the last slot", anchor: "2026-03-02T12:00:00Z", last: "2026-03-02T09:00:00Z", now: "2026-03-02T13:00:00Z"},
		{name: "many missed slots are one", anchor: "2026-01-01T00:00:00Z", last: "2026-01-02T09:00:00Z", now: "2026-03-02T20:00:00Z", want: "2026-03-02T09:00:00Z"},
		{name: "a live run makes it wait", anchor: "2026-03-01T10:00:00Z", live: true, now: "2026-03-02T09:00:00Z"},
		{name: "on demand only", schedule: "manual", anchor: "2026-03-01T10:00:00Z", now: "2026-03-02T09:00:00Z"},
		{
			name: "zone in winter", schedule: "0 9 * * *", zone: "Europe/Berlin", anchor: "2026-03-27T12:00:00Z",
			now: "2026-03-28T08:00:00Z", want: "2026-03-28T08:00:00Z",
		},
		{
			name: "zone in summer", schedule: "0 9 * * *", zone: "Europe/Berlin", anchor: "2026-03-28T12:00:00Z",
			now: "2026-03-29T07:00:00Z", want: "2026-03-29T07:00:00Z",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			state := store.ScheduleState{IntegrationID: "int_1", Anchor: at(test.anchor), LiveRun: test.live}
			if test.schedule != "" {
				state.Spec.Schedule = &test.schedule
			}
			if test.zone != "" {
				state.Spec.TimeZone = &test.zone
			}
			if test.last != "" {
				last := at(test.last)
				state.LastSlot = &last
			}
			var want []reportsync.NewRun
			if test.want != "" {
				slot := at(test.want)
				want = []reportsync.NewRun{{IntegrationID: "int_1", Trigger: reportsync.TriggerSchedule, Slot: &slot}}
			}
			if diff := cmp.Diff(want, due([]store.ScheduleState{state}, at(test.now))); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
		})
	}
}
