package reportsync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestDateLayout(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"DD/MM/YYYY":                "02/01/2006",
		"DD.MM.YYYY":                "02.01.2006",
		"YYYYMMDD":                  "20060102",
		"YYYY-MM-DD HH:mm:ss":       "2006-01-02 15:04:05",
		"YYYY-MM-DDTHH:mm:ss.SSSZ":  "2006-01-02T15:04:05.000Z07:00",
		"YYYYMMDDTHHmmssZ":          "20060102T150405Z07:00",
		"DD/MM/YYYY, HH:mm":         "02/01/2006, 15:04",
		"HH:mm:ss,SSS":              "15:04:05,000",
		"HH":                        "15",
		"HH:mm, DD.MM.YYYY":         "15:04, 02.01.2006",
		"YYYY-MM-DD HH:mm:ss.SSS Z": "2006-01-02 15:04:05.000 Z07:00",
	} {
		if got, err := reportsync.DateLayout(format); err != nil || got != want {
			t.Errorf("%q becomes %q, %v, want %q", format, got, err, want)
		}
	}
}

func TestDateLayoutErrors(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"":                       "neither a date nor a time",
		" - ":                    "neither a date nor a time",
		"MM/DD":                  "needs YYYY, MM and DD",
		"YYYY":                   "needs YYYY, MM and DD",
		"DD/MM/YY":               `begins with "YY"`,
		"D/M/YYYY":               `begins with "D/M/YYYY"`,
		"dd.MM.YYYY":             `begins with "dd.MM.YYYY"`,
		"YYYY-MM-DD hh:mm":       `begins with "hh:mm"`,
		"2006-01-02":             `begins with "2006-01-02"`,
		"YYYY-MM-DD 'at' HH:mm":  `begins with "'at'`,
		"YYYY年MM月DD日":            `begins with "年MM`,
		"YYYY_MM_DD":             `begins with "_MM_DD"`,
		"DD/MM/YYYY DD":          "has DD twice",
		"mm:HH":                  "mm has to come after HH",
		"HH:ss":                  "ss has to come after mm",
		"YYYY-MM-DD Z":           "Z has to come after HH",
		"HH:mm.SSS":              "SSS has to come after ss",
		"HH:mm:ssSSS":            "SSS has to follow ss and a point",
		"HH:mm:ss:SSS":           "SSS has to follow ss and a point",
		"HH:mm:ss.YYYYMMDD":      "YYYY can't stand there",
		"HH:mm:ss.SSSYYYYMMDD":   "YYYY can't follow SSS",
		"YYYY-MM-DDTHH:mm:ss'Z'": `begins with "'Z'"`,
	} {
		layout, err := reportsync.DateLayout(format)
		if err == nil || !strings.Contains(err.Error(), want) || layout != "" {
			t.Errorf("%q: %q, %v, want an error with %q", format, layout, err, want)
		}
	}
}

// written writes a time in a format without asking package time for anything but its numbers.
func written(format string, at time.Time) string {
	_, seconds := at.Zone()
	offset := fmt.Sprintf("%+03d:%02d", seconds/3600, max(seconds, -seconds)%3600/60)
	if seconds == 0 {
		offset = "Z"
	}
	return strings.NewReplacer(
		"YYYY", fmt.Sprintf("%04d", at.Year()), "MM", fmt.Sprintf("%02d", at.Month()), "DD", fmt.Sprintf("%02d", at.Day()),
		"HH", fmt.Sprintf("%02d", at.Hour()), "mm", fmt.Sprintf("%02d", at.Minute()), "SSS", fmt.Sprintf("%03d", at.Nanosecond()/1e6),
		"ss", fmt.Sprintf("%02d", at.Second()), "Z", offset,
	).Replace(format)
}

// dateFormats draws formats with a date, a time of day or both, in any order and with any separators.
func dateFormats() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		separator := rapid.SampledFrom([]string{"", " ", "-", "/", ".", ":", ",", "T", ", "})
		date := strings.Join(rapid.Permutation([]string{"YYYY", "MM", "DD"}).Draw(t, "date"), separator.Draw(t, "between"))
		clock := []string{"HH", "mm", "ss"}[:rapid.IntRange(1, 3).Draw(t, "precision")]
		timeOfDay := strings.Join(clock, rapid.SampledFrom([]string{"", ":", ".", "-"}).Draw(t, "colon"))
		if len(clock) == 3 && rapid.Bool().Draw(t, "fraction") {
			timeOfDay += rapid.SampledFrom([]string{".SSS", ",SSS"}).Draw(t, "milliseconds")
		}
		if rapid.Bool().Draw(t, "offset") {
			timeOfDay += separator.Draw(t, "before the offset") + "Z"
		}
		switch gap := rapid.SampledFrom([]string{" ", "T", " - ", "/"}).Draw(t, "gap"); rapid.IntRange(0, 3).Draw(t, "parts") {
		case 0:
			return date
		case 1:
			return timeOfDay
		case 2:
			return timeOfDay + gap + date
		default:
			return date + gap + timeOfDay
		}
	})
}

// TestDateLayoutReadsWhatItSays reads times that were written by hand.
func TestDateLayoutReadsWhatItSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		format := dateFormats().Draw(t, "format")
		layout, err := reportsync.DateLayout(format)
		if err != nil {
			if strings.Contains(err.Error(), "fraction") { // an offset that stands where a fraction would
				return
			}
			t.Fatal(err)
		}
		zone := time.UTC
		if strings.Contains(format, "Z") {
			zone = time.FixedZone("", 900*rapid.IntRange(-44, 56).Draw(t, "quarters of an hour"))
		}
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at")).In(zone)
		text := written(format, at)
		got, err := time.Parse(layout, text)
		if err != nil {
			t.Fatalf("%q as %q: %v", text, format, err)
		}
		if again := written(format, got); again != text {
			t.Fatalf("%q is read as %s, which is %q again", text, got, again)
		}
	})
}

func FuzzDateLayout(f *testing.F) {
	f.Add("YYYY-MM-DDTHH:mm:ss.SSSZ", "2026-11-22T09:00:00.000Z")
	f.Add("DD/MM/YYYY", "22/11/2026")
	f.Fuzz(func(t *testing.T, format, text string) {
		layout, err := reportsync.DateLayout(format)
		if err != nil {
			return
		}
		at, err := time.Parse(layout, text)
		if err != nil {
			return
		}
		if _, err := time.Parse(layout, at.Format(layout)); err != nil {
			t.Errorf("%q becomes %q, which does not read what it writes: %v", format, layout, err)
		}
	})
}
