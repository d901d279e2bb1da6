package value

import (
	"fmt"
	"time"
)

const (
	wallLayout = "2006-01-02T15:04:05"
	utcLayout  = wallLayout + "Z"
)

// readDateTime reads a date and a time to the second, parted by a blank or a T, or what the mapping's format says. It
// has an offset or else is meant in the form's zone. Fractions of a second are cut off, as Salesforce does.
func readDateTime(f *Form, cell string) (string, error) {
	if f.layout.set() {
		wall, offset, err := f.layout.parse(cell)
		if err != nil {
			return "", err
		}
		if offset {
			return utc(wall, cell)
		}
		return f.utcOfWall(wall, cell)
	}
	year, okDate := isoDate(cell)
	if !okDate || len(cell) < len(wallLayout) || cell[10] != ' ' && cell[10] != 'T' || !isoClock(cell[11:]) {
		return "", f.notADateTime(cell)
	}
	offset, kind := readOffset(cell[len(wallLayout):])
	switch {
	case kind == badOffset:
		return "", f.notADateTime(cell)
	case kind == noOffset && f.options.Zone != time.UTC:
		return f.utcOfWall(wallTime(cell, year), cell)
	case offset != 0:
		return utc(wallTime(cell, year).Add(-offset), cell)
	}
	if len(cell) == len(utcLayout) && cell[10] == 'T' { // canonical already
		return cell, inRange(year, cell)
	}
	var canonical [len(utcLayout)]byte
	copy(canonical[:], cell)
	canonical[10], canonical[19] = 'T', 'Z'
	return string(canonical[:]), inRange(year, cell)
}

// usuallyPrinted reports whether a text is a date and time as Salesforce prints them: to the second, in UTC.
func usuallyPrinted(text string) bool {
	if len(text) <= len(wallLayout) || text[10] != 'T' {
		return false
	}
	if tail := text[len(wallLayout):]; tail != ".000Z" && tail != ".000+0000" {
		return false
	}
	year, ok := isoDate(text)
	return ok && isoClock(text[11:]) && inRange(year, text) == nil
}

func (f *Form) notADateTime(cell string) error {
	return fmt.Errorf("%s is no date and time: use YYYY-MM-DD HH:MM:SS, with an offset such as Z or +02:00 if it is not meant in %s, or set date_format",
		Quote(cell), f.options.Zone)
}

// isoClock reports whether a text begins with a time of day as HH:mm:ss.
func isoClock(text string) bool {
	if len(text) < len(time.TimeOnly) || text[2] != ':' || text[5] != ':' {
		return false
	}
	hour, ok1 := twoDigits(text, 0)
	minute, ok2 := twoDigits(text, 3)
	second, ok3 := twoDigits(text, 6)
	return ok1 && ok2 && ok3 && hour < 24 && minute < 60 && second < 60
}

// wallTime is what clocks show at a text that [isoDate] and [isoClock] have taken, as if they stood in UTC.
func wallTime(text string, year int) time.Time {
	var part [5]int
	for i, at := range [...]int{5, 8, 11, 14, 17} {
		part[i], _ = twoDigits(text, at)
	}
	return time.Date(year, time.Month(part[0]), part[1], part[2], part[3], part[4], 0, time.UTC)
}

// offsetKind says whether a time tells how far from UTC it is.
type offsetKind int

const (
	noOffset offsetKind = iota
	someOffset
	badOffset
)

// readOffset reads what follows the seconds: a fraction, and Z, +02:00 or +0200. Salesforce itself writes +0000 and Z.
func readOffset(text string) (time.Duration, offsetKind) {
	if _, rest, ok := fraction(text); ok {
		text = rest
	}
	switch {
	case text == "":
		return 0, noOffset
	case text == "Z":
		return 0, someOffset
	case len(text) == 6 && text[3] == ':':
		text = text[:3] + text[4:]
	case len(text) != 5:
		return 0, badOffset
	}
	hours, ok1 := twoDigits(text, 1)
	minutes, ok2 := twoDigits(text, 3)
	if !ok1 || !ok2 || hours > 23 || minutes > 59 || text[0] != '+' && text[0] != '-' {
		return 0, badOffset
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if text[0] == '-' {
		offset = -offset
	}
	return offset, someOffset
}

// fraction cuts the fraction of a second off the beginning of a text; ok is false where there is none.
func fraction(text string) (digits, rest string, ok bool) {
	if text == "" || text[0] != '.' && text[0] != ',' {
		return "", text, false
	}
	n := leadingDigits(text[1:])
	if n == 0 {
		return "", text, false
	}
	return text[1 : 1+n], text[1+n:], true
}

// utcOfWall returns the canonical form of what clocks show in the form's zone.
func (f *Form) utcOfWall(wall time.Time, cell string) (string, error) {
	t, ok := inZone(wall, f.options.Zone)
	if !ok {
		return "", fmt.Errorf("%s does not exist in %s: the clocks go forward over it", Quote(cell), f.options.Zone)
	}
	return utc(t, cell)
}

// utc returns the canonical form of a moment, whose year counts in UTC, as it is sent.
func utc(t time.Time, cell string) (string, error) {
	t = t.UTC()
	return t.Format(utcLayout), inRange(t.Year(), cell)
}

// inZone returns the moment at which the clocks of a zone show a wall time: the earlier one where they show it twice,
// none where they skip it.
func inZone(wall time.Time, zone *time.Location) (time.Time, bool) {
	// Offsets a day before and after are those on both sides of any change nearby, since no zone is a day from UTC.
	const day = 24 * 60 * 60
	_, before := time.Unix(wall.Unix()-day, 0).In(zone).Zone()
	_, after := time.Unix(wall.Unix()+day, 0).In(zone).Zone()
	for _, offset := range [...]int{max(before, after), min(before, after)} {
		t := time.Unix(wall.Unix()-int64(offset), 0).In(zone)
		if _, shown := t.Zone(); shown == offset {
			return t, true
		}
	}
	// Clocks that change twice in two days show what package time guesses, or nothing.
	guess := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	_, shown := guess.Zone()
	return guess, guess.Unix()+int64(shown) == wall.Unix()
}
