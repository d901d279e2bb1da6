package value

import (
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// dateTimeLayout is how Salesforce prints a datetime: UTC, milliseconds, and no
// colon in the offset.
const dateTimeLayout = "2006-01-02T15:04:05.000-0700"

// A stored datetime is its seconds and always the same end.
const (
	seconds   = "2006-01-02T15:04:05"
	storedEnd = ".000+0000"
)

// FormatTime prints a time as a stored datetime: UTC and whole seconds.
func FormatTime(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format(dateTimeLayout)
}

// Time is the time that a stored datetime stands for; ok is false for another text.
func Time(stored string) (at time.Time, ok bool) {
	at, err := time.Parse(dateTimeLayout, stored)
	return at, err == nil
}

// ParseDate reads yyyy-MM-dd and nothing else.
func ParseDate(text string) (string, bool) {
	if len(text) != len(time.DateOnly) {
		return "", false
	}
	if plainDate(text) {
		return text, true
	}
	t, err := time.Parse(time.DateOnly, text)
	return text, err == nil && validYear(t)
}

// ParseDateTime reads an ISO 8601 datetime with Z or an offset, with or without
// fractions of a second, and returns its stored form: whole seconds in UTC. The
// year, in UTC, is bounded as a date's is.
func ParseDateTime(text string) (string, bool) {
	if plainDateTime(text) {
		switch text[len(seconds):] {
		case storedEnd:
			return text, true
		case "Z", ".000Z":
			return text[:len(seconds)] + storedEnd, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		// time.Parse takes fractions where the layout has none, also after a
		// comma, which Salesforce does not.
		t, err := time.Parse(layout, text)
		if err == nil && !strings.Contains(text, ",") && len(text) >= len("2006-01-02T15:04:05Z") {
			return FormatTime(t), validYear(t.UTC())
		}
	}
	return "", false
}

// ParseTimeOfDay reads a time of day as HH:mm:ss with or without a fraction of a
// second, and the Z that says nothing of a zone. It returns its stored form, which
// has milliseconds (Salesforce Help: considerations for the Time custom field type).
func ParseTimeOfDay(text string) (string, bool) {
	clock, z := strings.CutSuffix(text, "Z")
	whole, fraction, fractional := strings.Cut(clock, ".")
	if !z || len(whole) != len(time.TimeOnly) || fractional && (fraction == "" || digitsAt(fraction) != len(fraction)) {
		return "", false
	}
	if _, err := time.Parse(time.TimeOnly, whole); err != nil {
		return "", false
	}
	return whole + "." + (fraction + "000")[:3] + "Z", true
}

// validYear reports whether Salesforce takes dates and times of the year (SOAP
// API guide: primitive data types).
func validYear(t time.Time) bool { return t.Year() >= 1700 && t.Year() <= 4000 }

// isNumber reports whether a text is a decimal number as XML schema's double and
// JSON both write it: digits, an optional fraction, an optional exponent.
func isNumber(text string) bool {
	rest := strings.TrimLeft(text, "+-")
	if len(text)-len(rest) > 1 {
		return false
	}
	whole := digitsAt(rest)
	rest = rest[whole:]
	fraction := 0
	if strings.HasPrefix(rest, ".") {
		fraction = digitsAt(rest[1:])
		rest = rest[1+fraction:]
	}
	if whole+fraction == 0 {
		return false
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false
	}
	exponent := strings.TrimLeft(rest[1:], "+-")
	return len(rest)-1-len(exponent) <= 1 && exponent != "" && digitsAt(exponent) == len(exponent)
}

// IsInteger reports whether a text is a whole number without point or exponent.
func IsInteger(text string) bool {
	rest := strings.TrimLeft(text, "+-")
	return len(text)-len(rest) <= 1 && rest != "" && digitsAt(rest) == len(rest)
}

func digitsAt(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// numeric reports whether values of the type are decimal numbers.
func numeric(t schema.Type) bool {
	switch t {
	case schema.Int, schema.Number, schema.Currency, schema.Percent:
		return true
	default:
		return false
	}
}

// trim strips the white space that Salesforce strips: ASCII only, so that a
// no-break space survives (Apex guide: primitive data types).
func trim(text string) string {
	if text != "" && text[0] > ' ' && text[len(text)-1] > ' ' { // as nearly all are
		return text
	}
	return strings.Trim(text, " \t\n\v\f\r")
}
