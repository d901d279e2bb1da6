package reportsync

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones must resolve on machines without a zone database

	"github.com/robfig/cron/v3"
)

const (
	// DefaultSchedule is every day at 09:00, when WalkMe refreshes its reports.
	DefaultSchedule = "0 9 * * *"
	// ManualSchedule stands for runs on demand only.
	ManualSchedule = "manual"
)

// commonTimeZones are offered when a zone's name is misspelt; Go has no list of all of them.
var commonTimeZones = []string{
	"UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Rome", "Europe/Vienna", "Europe/Zurich",
	"Europe/Amsterdam", "Europe/Stockholm", "Europe/Warsaw", "Europe/Helsinki", "Europe/Istanbul", "America/New_York",
	"America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Sao_Paulo", "Asia/Tokyo",
	"Asia/Singapore", "Asia/Shanghai", "Asia/Kolkata", "Asia/Dubai", "Asia/Jerusalem", "Australia/Sydney", "Pacific/Auckland",
}

// Schedule computes the slots, the moments at which an integration is due.
//
// When clocks change it does as cron does: a time of day that is skipped comes as much later as the clock jumped, and
// one that is passed twice comes once; but what is due every hour, or several times an hour, keeps its pace.
type Schedule struct {
	cron   cron.Schedule
	in     *time.Location
	hourly bool // due at every hour, or every so many
}

// CronSchedule returns the schedule in force, and false when the integration runs on demand only. The spec must be
// valid.
func (s IntegrationSpec) CronSchedule() (Schedule, bool) {
	expr := DefaultSchedule
	if s.Schedule != nil {
		expr = *s.Schedule
	}
	c, err := parseCron(expr)
	if err != nil || c == nil {
		return Schedule{}, false
	}
	hours := strings.Fields(expr)[1]
	return Schedule{cron: c, in: location(s.TimeZone), hourly: strings.HasPrefix(hours, "*")}, true
}

// Next returns the first slot after t, in UTC, and the zero time when there is none within the coming years.
func (s Schedule) Next(t time.Time) time.Time {
	if s.hourly {
		if next := s.cron.Next(t.In(s.in)); !next.IsZero() {
			return next.UTC()
		}
		return time.Time{}
	}
	// What clocks show is walked through as if it were UTC, where no hour is missing and none comes twice.
	for shown := s.cron.Next(onTheClock(t.In(s.in))); !shown.IsZero(); shown = s.cron.Next(shown) {
		if slot := s.moment(shown); slot.After(t) {
			return slot
		}
	}
	return time.Time{}
}

// onTheClock returns what a clock in t's zone shows, as a time in UTC.
func onTheClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// moment returns when clocks in the zone show a time: the first time of two, and for a time that they skip, what they
// would have shown it at had they not been changed.
func (s Schedule) moment(shown time.Time) time.Time {
	_, offset := shown.Add(-24 * time.Hour).In(s.in).Zone()
	unchanged := shown.Add(-time.Duration(offset) * time.Second)
	if onTheClock(unchanged.In(s.in)).Equal(shown) {
		return unchanged
	}
	_, offset = unchanged.In(s.in).Zone()
	if changed := shown.Add(-time.Duration(offset) * time.Second); onTheClock(changed.In(s.in)).Equal(shown) {
		return changed
	}
	return unchanged
}

// Latest returns the last slot in (after, until], in UTC, and false when there is none. It looks back from until, so
// that a long downtime costs no more than a short one.
func (s Schedule) Latest(after, until time.Time) (time.Time, bool) {
	for window := time.Hour; ; window *= 4 {
		from := until.Add(-window)
		last := !from.After(after)
		if last {
			from = after
		}
		var slot time.Time
		for next := s.Next(from); !next.IsZero() && !next.After(until); next = s.Next(next) {
			slot = next
		}
		if !slot.IsZero() || last {
			return slot, !slot.IsZero()
		}
	}
}

// parseCron parses a cron expression of five fields; nil without an error means on demand only.
func parseCron(expr string) (cron.Schedule, error) {
	if expr == ManualSchedule {
		return nil, nil
	}
	example := `use five fields (minute hour day month weekday) such as "0 9 * * *", or "manual"`
	if strings.HasPrefix(expr, "@") || strings.Contains(expr, "TZ=") {
		return nil, fmt.Errorf("%q is no cron expression: %s; the zone goes into time_zone", expr, example)
	}
	if n := len(strings.Fields(expr)); n != 5 {
		return nil, fmt.Errorf("%q has %d fields: %s", expr, n, example)
	}
	c, err := cron.ParseStandard(expr)
	if err != nil {
		return nil, fmt.Errorf("%q is no cron expression: %w: %s", expr, err, example)
	}
	if c.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes due", expr)
	}
	return c, nil
}

func location(name *string) *time.Location {
	if name == nil {
		return time.UTC
	}
	loc, err := time.LoadLocation(*name)
	if err != nil {
		return time.UTC
	}
	return loc
}
