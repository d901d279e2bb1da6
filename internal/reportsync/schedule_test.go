package reportsync_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func schedule(t *testing.T, cron, zone string) reportsync.Schedule {
	t.Helper()
	s, ok := reportsync.IntegrationSpec{Schedule: &cron, TimeZone: &zone}.CronSchedule()
	if !ok {
		t.Fatalf("%q has no slots", cron)
	}
	return s
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestScheduleDefaultsToNineUTC(t *testing.T) {
	t.Parallel()
	s, ok := reportsync.IntegrationSpec{}.CronSchedule()
	if !ok {
		t.Fatal("an integration without a schedule must have slots")
	}
	if got, want := s.Next(at(t, "2026-11-22T09:00:00Z")), at(t, "2026-11-23T09:00:00Z"); !got.Equal(want) {
		t.Errorf("next slot is %s, want %s", got, want)
	}
}

func TestManualScheduleHasNoSlots(t *testing.T) {
	t.Parallel()
	manual := reportsync.ManualSchedule
	if _, ok := (reportsync.IntegrationSpec{Schedule: &manual}).CronSchedule(); ok {
		t.Error("a manual integration has slots")
	}
}

func TestScheduleFollowsDaylightSaving(t *testing.T) {
	t.Parallel()
	s := schedule(t, "0 9 * * *", "Europe/Berlin")
	for from, want := range map[string]string{
		"2026-10-24T12:00:00Z": "2026-10-25T08:00:00Z", // the day summer time ends
		"2026-10-23T12:00:00Z": "2026-10-24T07:00:00Z",
		"2027-03-27T12:00:00Z": "2027-03-28T07:00:00Z", // the day it begins
	} {
		if got := s.Next(at(t, from)); !got.Equal(at(t, want)) {
			t.Errorf("after %s comes %s, want %s", from, got, want)
		}
	}
}

// Each day must have its slot, and no day two, whatever the clocks do.
func TestDailySlotComesOnceADay(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Africa/Casablanca"} {
		for _, cron := range []string{"30 2 * * *", "0 9 * * *", "15 0 * * *", "59 1 * * *", "0 3 * * *"} {
			s := schedule(t, cron, zone)
			slot := s.Next(at(t, "2026-01-01T12:00:00Z"))
			for range 700 {
				next := s.Next(slot)
				if gap := next.Sub(slot); gap < 22*time.Hour || gap > 26*time.Hour {
					t.Fatalf("%s in %s: %s follows %s after %s", cron, zone, next, slot, gap)
				}
				slot = next
			}
		}
	}
}

func TestClockChanges(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, cron, after, want string }{
		{"a time that is skipped comes an hour later", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		{"and the next day at its own time", "30 2 * * *", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"},
		{"a time that comes twice counts the first time", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"and not the second", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"every hour goes on through the hour that comes twice", "30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
		{"and over the hour that is skipped", "30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := schedule(t, tt.cron, "Europe/Berlin").Next(at(t, tt.after)); !got.Equal(at(t, tt.want)) {
				t.Errorf("after %s comes %s, want %s", tt.after, got.Format(time.RFC3339), tt.want)
			}
		})
	}
}

func TestLatestSlot(t *testing.T) {
	t.Parallel()
	s := schedule(t, "0 9 * * *", "UTC")
	tests := []struct{ name, after, until, want string }{
		{"due now", "2026-11-21T09:00:00Z", "2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z"},
		{"not yet due", "2026-11-21T09:00:00Z", "2026-11-22T08:59:59Z", ""},
		{"only the last of many missed", "2026-11-01T00:00:00Z", "2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z"},
		{"already taken", "2026-11-22T09:00:00Z", "2026-11-22T20:00:00Z", ""},
		{"clock stands still", "2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := s.Latest(at(t, tt.after), at(t, tt.until))
			if ok != (tt.want != "") {
				t.Fatalf("found %v, %t", got, ok)
			}
			if ok && !got.Equal(at(t, tt.want)) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The backward search must find what walking forward slot by slot finds.
func TestLatestAgreesWithWalkingForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		cron := rapid.SampledFrom([]string{"0 9 * * *", "*/7 * * * *", "30 2 * * 1-5", "0 0 1 * *", "15 3 29 2 *"}).Draw(rt, "cron")
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"}).Draw(rt, "zone")
		after := time.Unix(rapid.Int64Range(1_700_000_000, 1_800_000_000).Draw(rt, "after"), 0)
		until := after.Add(time.Duration(rapid.Int64Range(0, 90*24*3600).Draw(rt, "seconds")) * time.Second)
		s := schedule(t, cron, zone)
		var want time.Time
		for next := s.Next(after); !next.IsZero() && !next.After(until); next = s.Next(next) {
			want = next
		}
		got, ok := s.Latest(after, until)
		if ok == want.IsZero() || !got.Equal(want) {
			rt.Fatalf("got %s, %t, want %s", got, ok, want)
		}
	})
}

func FuzzCron(f *testing.F) {
	for _, s := range []string{"0 9 * * *", "manual", "@daily", "TZ=UTC 0 9 * * *", "0 0 30 2 *", "60 * * * *", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cron string) {
		spec := validIntegration()
		spec.Schedule = &cron
		err := spec.Validate()
		s, scheduled := spec.CronSchedule()
		if err == nil && !scheduled && cron != reportsync.ManualSchedule {
			t.Fatalf("%q is valid but never due", cron)
		}
		if err != nil && !strings.Contains(err.Error(), "/schedule") {
			t.Fatalf("%q: error does not point at the schedule: %v", cron, err)
		}
		if scheduled && s.Next(time.Unix(0, 0)).IsZero() {
			t.Fatalf("%q has no slot", cron)
		}
	})
}
