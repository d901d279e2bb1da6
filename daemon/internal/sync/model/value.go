package model

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Store returns what Salesforce stores when a field is given what a report says; ok is false for what it, or reportsync
// on its behalf, refuses. Empty stands for null on both sides.
func (f Field) Store(text string, m reportsync.Mapping) (stored string, ok bool) {
	text = trim(text)
	if text == "" {
		return f.null(), true
	}
	switch f.Type {
	case Text, TextArea, Phone, URL:
		text = oneBreak.Replace(text)
		return text, f.holds(text)
	case Email:
		text = strings.ToLower(text)
		return text, f.holds(text) && isEmail(text)
	case Picklist:
		return text, f.offers(text)
	case MultiPicklist:
		return f.set(text)
	case Double, Currency, Percent:
		return f.round(text)
	case Boolean:
		return truth(text)
	case Date:
		return date(text, m)
	case DateTime:
		return moment(text, m)
	case Time:
		return clock(text)
	case Reference, ID:
		return ID18(text)
	}
	return "", false
}

// reads returns what a stored value says to a report: the breaks of its lines may be of another kind.
func (f Field) reads(stored string) string { return oneBreak.Replace(stored) }

// oneBreak makes all line breaks the one kind that a Bulk job takes (Bulk API 2.0 guide: prepare CSV files).
var oneBreak = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// null is what an emptied field holds: a checkbox is never empty.
func (f Field) null() string {
	if f.Type == Boolean {
		return "false"
	}
	return ""
}

// trim takes off the blanks that Salesforce takes off; a no-break space is none of them (Apex guide: primitive types).
func trim(text string) string { return strings.Trim(text, " \t\n\v\f\r") }

func (f Field) holds(text string) bool { return utf8.RuneCountInString(text) <= f.Length }

// isEmail asks for what Salesforce certainly asks for: something, an @, and a domain of several parts.
func isEmail(text string) bool {
	name, domain, _ := strings.Cut(text, "@")
	return name != "" && strings.Index(domain, ".") > 0 && !strings.HasSuffix(domain, ".") && !strings.ContainsAny(text, " ,;")
}

func (f Field) offers(value string) bool {
	return f.holds(value) && (!f.Restricted || slices.Contains(f.Values, value))
}

// set sorts the values of a multi-select picklist, which have no order.
func (f Field) set(text string) (string, bool) {
	var values []string
	for part := range strings.SplitSeq(text, ";") {
		switch part = trim(part); {
		case part == "":
			continue
		case f.Restricted && !slices.Contains(f.Values, part):
			return "", false
		}
		values = append(values, part)
	}
	slices.Sort(values)
	text = strings.Join(slices.Compact(values), ";")
	return text, f.holds(text)
}

func truth(text string) (string, bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "y", "on", "1":
		return "true", true
	case "false", "no", "n", "off", "0":
		return "false", true
	}
	return "", false
}

const (
	storedDate   = "2006-01-02"
	storedMoment = "2006-01-02T15:04:05.000-0700"
	wallClock    = "2006-01-02T15:04:05"
)

func date(text string, m reportsync.Mapping) (string, bool) {
	day, err := time.Parse(layoutOf(m, storedDate), text)
	return day.Format(storedDate), err == nil && inYears(day)
}

// moment reads a time that carries its offset, or one that says what the clocks of the mapping's zone show. Salesforce
// keeps seconds.
func moment(text string, m reportsync.Mapping) (string, bool) {
	if m.DateFormat == nil {
		text = strings.Replace(text, " ", "T", 1)
	}
	var at time.Time
	ok := false
	for _, offset := range []string{"Z07:00", "Z0700"} {
		if t, err := time.Parse(wallClock+offset, text); err == nil {
			at, ok = t, true
		}
	}
	if t, err := time.Parse(layoutOf(m, wallClock), text); err == nil {
		at, ok = whenClocksShow(t, m.Location())
	}
	at = at.UTC().Truncate(time.Second)
	return at.Format(storedMoment), ok && inYears(at)
}

// clock reads a time of day in no zone, of which Salesforce keeps milliseconds.
func clock(text string) (string, bool) {
	text = strings.Replace(text, ",", ".", 1)
	for _, layout := range []string{"15:04", "15:04:05", "15:04:05Z"} {
		if at, err := time.Parse(layout, text); err == nil && text[:2] == at.Format("15") {
			return at.Truncate(time.Millisecond).Format("15:04:05.000Z"), true
		}
	}
	return "", false
}

// whenClocksShow returns the first moment at which the clocks of a zone show a time, and false when they leap over it.
func whenClocksShow(wall time.Time, zone *time.Location) (time.Time, bool) {
	shows := func(at time.Time) bool { return at.Format(wallClock) == wall.Format(wallClock) }
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	if earlier := at.Add(-time.Hour); shows(earlier) {
		return earlier, true
	}
	return at, shows(at)
}

// layoutOf returns the Go layout of a mapping's date format.
func layoutOf(m reportsync.Mapping, usual string) string {
	if m.DateFormat == nil {
		return usual
	}
	return strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02", "HH", "15", "mm", "04", "ss", "05").Replace(*m.DateFormat)
}

// inYears: Salesforce knows the years 1700 to 4000 (SOAP guide: primitive types).
func inYears(t time.Time) bool { return 1700 <= t.Year() && t.Year() <= 4000 }

// ID18 returns the 18 characters of a record id: three more tell which of each five of the 15 are capital letters.
func ID18(id string) (string, bool) {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	if len(id) != 15 && len(id) != 18 {
		return "", false
	}
	full := []byte(id[:15])
	for five := range 3 {
		capitals := 0
		for i, c := range id[5*five : 5*five+5] {
			switch {
			case 'A' <= c && c <= 'Z':
				capitals += 1 << i
			case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			default:
				return "", false
			}
		}
		full = append(full, letters[capitals])
	}
	return string(full), len(id) == 15 || strings.EqualFold(id, string(full))
}
