package soql

import (
	"strconv"
	"strings"
	"time"
)

// maxCount is the greatest n of a literal such as LAST_N_DAYS:n: more days than
// lie between the first and the last date there is.
const maxCount = 999_999

// The first date there is, and the first beyond the last one (SOAP API guide:
// primitive data types).
var (
	firstDay = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(4001, 1, 1, 0, 0, 0, 0, time.UTC)
)

// stretch is what a date literal means: whole periods, counted from the current
// one, which is 0. The period until is the first one outside.
type stretch struct {
	shift       func(today time.Time, periods int) time.Time
	from, until int
}

// dayLiterals are those that do not follow the pattern of the longer periods
// (SOQL reference: date formats and date literals).
var dayLiterals = map[string]stretch{
	"YESTERDAY":    {shift: days, from: -1},
	"TODAY":        {shift: days, until: 1},
	"TOMORROW":     {shift: days, from: 1, until: 2},
	"LAST_90_DAYS": {shift: days, from: -90, until: 1},
	"NEXT_90_DAYS": {shift: days, from: 1, until: 91},
}

// periods are the units of literals. An org's fiscal year starts in January
// unless its administrator says otherwise, so that fiscal periods are those of
// the calendar.
var periods = map[string]func(time.Time, int) time.Time{
	"DAY": days, "WEEK": weeks, "MONTH": months, "QUARTER": quarters, "YEAR": years,
	"FISCAL_QUARTER": quarters, "FISCAL_YEAR": years,
}

// Span is the time that a literal of kind [Range] stands for, from its first
// midnight up to, but without, its last. Weeks start on Sunday, as in the locale
// en_US. The text of any other literal spans nothing.
func (l Literal) Span(now time.Time) (from, until time.Time) {
	s, ok := stretchOf(l.Text)
	if !ok {
		return time.Time{}, time.Time{}
	}
	year, month, day := now.UTC().Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return within(s.shift(today, s.from)), within(s.shift(today, s.until))
}

// stretchOf reads a literal in upper case.
func stretchOf(text string) (stretch, bool) {
	if s, ok := dayLiterals[text]; ok {
		return s, true
	}
	word, digits, counted := strings.Cut(text, ":")
	if !counted {
		relation, unit, _ := strings.Cut(word, "_")
		shift, ok := periods[unit]
		start, known := map[string]int{"LAST": -1, "THIS": 0, "NEXT": 1}[relation]
		return stretch{shift: shift, from: start, until: start + 1}, ok && known && unit != "DAY"
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 0 || n > maxCount {
		return stretch{}, false
	}
	return countedStretch(word, n)
}

func countedStretch(word string, n int) (stretch, bool) {
	if rest, ok := strings.CutPrefix(word, "LAST_N_"); ok {
		shift, known := periods[strings.TrimSuffix(rest, "S")]
		s := stretch{shift: shift, from: -n}
		if rest == "DAYS" { // the one that includes the current period
			s.until = 1
		}
		return s, known && strings.HasSuffix(rest, "S")
	}
	if rest, ok := strings.CutPrefix(word, "NEXT_N_"); ok {
		shift, known := periods[strings.TrimSuffix(rest, "S")]
		return stretch{shift: shift, from: 1, until: 1 + n}, known && strings.HasSuffix(rest, "S")
	}
	rest, ok := strings.CutSuffix(word, "S_AGO")
	unit, prefixed := strings.CutPrefix(rest, "N_")
	shift, known := periods[unit]
	return stretch{shift: shift, from: -n, until: 1 - n}, ok && prefixed && known
}

func days(today time.Time, n int) time.Time { return today.AddDate(0, 0, n) }

func weeks(today time.Time, n int) time.Time {
	return today.AddDate(0, 0, 7*n-int(today.Weekday()))
}

func months(today time.Time, n int) time.Time {
	return time.Date(today.Year(), today.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

func quarters(today time.Time, n int) time.Time {
	first := (today.Month()-1)/3*3 + 1
	return time.Date(today.Year(), first+time.Month(3*n), 1, 0, 0, 0, 0, time.UTC)
}

func years(today time.Time, n int) time.Time {
	return time.Date(today.Year()+n, 1, 1, 0, 0, 0, 0, time.UTC)
}

func within(t time.Time) time.Time {
	switch {
	case t.Before(firstDay):
		return firstDay
	case t.After(lastDay):
		return lastDay
	default:
		return t
	}
}
