package sync

import (
	"fmt"
	"strings"
	"time"
)

const (
	dateLayout = "2006-01-02"
	utcLayout  = "2006-01-02T15:04:05Z"
	wallLayout = "2006-01-02T15:04:05"

	// Salesforce takes no date or time outside these years, and answers a whole REST request with HTTP 400 for one
	// (SOAP API guide: primitive data types; SOQL reference: date formats).
	firstYear, lastYear = 1700, 4000
)

// offsetLayouts are times that carry their own offset. Salesforce itself writes +0000. Parsing takes a fraction of a
// second after each of them.
var offsetLayouts = []string{wallLayout + "Z07:00", wallLayout + "Z0700"}

// readDate reads yyyy-MM-dd and nothing else. A date is not cut out of a point in time, because which day that is
// depends on a zone.
func readDate(_ *form, text string) (string, error) {
	t, err := time.Parse(dateLayout, text)
	if err != nil || len(text) != len(dateLayout) {
		return "", fmt.Errorf("%s is no date: use YYYY-MM-DD, such as 2026-05-01", quote(text))
	}
	return t.Format(dateLayout), inRange(t, text)
}

// readDateTime reads a date and a time to the second, parted by a blank or a T, with an offset or else in the form's
// zone. Fractions of a second are cut off, as Salesforce does.
func readDateTime(f *form, cell string) (string, error) {
	text := cell
	bad := fmt.Errorf("%s is no date and time: use YYYY-MM-DD HH:MM:SS, with an offset such as Z or +02:00 if it is not meant in %s", quote(cell), f.zone)
	if len(text) < len(wallLayout) || text[len(dateLayout)] != ' ' && text[len(dateLayout)] != 'T' || text[13] != ':' {
		return "", bad
	}
	text = text[:len(dateLayout)] + "T" + text[len(dateLayout)+1:]
	if strings.ContainsAny(text[len(wallLayout):], "Z+-") {
		for _, layout := range offsetLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return utcSeconds(t), inRange(t, cell)
			}
		}
		return "", bad
	}
	wall, err := time.Parse(wallLayout, text)
	if err != nil {
		return "", bad
	}
	t, ok := inZone(wall, f.zone)
	if !ok {
		return "", fmt.Errorf("%s does not exist in %s: the clocks go forward over it", quote(cell), f.zone)
	}
	return utcSeconds(t), inRange(t, cell)
}

// inRange refuses years that Salesforce would refuse. A moment counts in UTC, as it is sent.
func inRange(t time.Time, cell string) error {
	if year := t.UTC().Year(); year < firstYear || year > lastYear {
		return fmt.Errorf("%s is in the year %d, and Salesforce takes the years %d to %d", quote(cell), year, firstYear, lastYear)
	}
	return nil
}

// inZone returns the moment at which the clocks of a zone show a wall time: the earlier one where they show it twice,
// none where they skip it.
func inZone(wall time.Time, zone *time.Location) (time.Time, bool) {
	guess := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	shows := wall.Format(wallLayout)
	// Offsets a day before and after are those on both sides of any change nearby.
	_, before := guess.AddDate(0, 0, -1).Zone()
	_, after := guess.AddDate(0, 0, 1).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} {
		t := time.Unix(wall.Unix()-int64(offset), 0).In(zone)
		if t.Format(wallLayout) == shows {
			return t, true
		}
	}
	return guess, guess.Format(wallLayout) == shows
}

func utcSeconds(t time.Time) string { return t.UTC().Truncate(time.Second).Format(utcLayout) }
