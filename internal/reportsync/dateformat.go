package reportsync

import (
	"errors"
	"fmt"
	"strings"
)

// dateToken is a part of a date format and what Go's package time calls it.
type dateToken struct {
	name, layout string
	after        string // the token that has to come somewhere before it, empty for none
}

// dateTokens lists the parts of a date format, longer names before those that they begin with.
var dateTokens = []dateToken{
	{"YYYY", "2006", ""},
	{"MM", "01", ""},
	{"DD", "02", ""},
	{"HH", "15", ""},
	{"mm", "04", "HH"},
	{"SSS", "000", "ss"},
	{"ss", "05", "mm"},
	{"Z", "Z07:00", "HH"},
}

// Characters that a date format may hold besides its parts. Go's package time takes none of them for a part.
const dateLiterals = " T-/.:,"

const dateFormatUsage = "write it with YYYY, MM, DD, HH, mm, ss, SSS and Z, such as DD/MM/YYYY or YYYY-MM-DD HH:mm:ss"

// DateLayout translates a date format into a layout of Go's package time. The format holds
//
//	YYYY  year      HH  hour, 00 to 23   SSS  milliseconds, right after ss and a point or comma
//	MM    month     mm  minute           Z    offset: Z or +02:00
//	DD    day       ss  second
//
// each at most once and with all its digits, and between them blanks, T and - / . : , as they stand in the report. It
// names a date (YYYY, MM and DD), a time of day (HH, and what it needs of mm and ss), or both. A fraction that follows the
// seconds is read whether or not the format has SSS. The error tells users what is wrong.
func DateLayout(format string) (goLayout string, err error) {
	var layout strings.Builder
	seen := map[string]bool{}
	previous := "" // what stands before: a token's name, or a literal
	for rest := format; rest != ""; {
		token, ok := nextDateToken(rest)
		if !ok {
			literal := rest[:1]
			if !strings.Contains(dateLiterals, literal) {
				return "", fmt.Errorf("%q is no date format: nothing in it begins with %q: %s", format, rest, dateFormatUsage)
			}
			layout.WriteString(literal)
			rest, previous = rest[1:], literal
			continue
		}
		if err := token.fits(seen, layout.String(), previous); err != nil {
			return "", fmt.Errorf("%q is no date format: %w", format, err)
		}
		seen[token.name] = true
		layout.WriteString(token.layout)
		rest, previous = rest[len(token.name):], token.name
	}
	if date := seen["YYYY"] && seen["MM"] && seen["DD"]; !date && (seen["YYYY"] || seen["MM"] || seen["DD"]) {
		return "", fmt.Errorf("%q names no day: a date needs YYYY, MM and DD", format)
	}
	if len(seen) == 0 {
		return "", fmt.Errorf("%q names neither a date nor a time: %s", format, dateFormatUsage)
	}
	return layout.String(), nil
}

func nextDateToken(text string) (dateToken, bool) {
	for _, t := range dateTokens {
		if strings.HasPrefix(text, t.name) {
			return t, true
		}
	}
	return dateToken{}, false
}

// fits reports why the token can't come next in a format.
func (t dateToken) fits(seen map[string]bool, layout, previous string) error {
	fraction := strings.HasSuffix(layout, "05.") || strings.HasSuffix(layout, "05,")
	switch {
	case seen[t.name]:
		return fmt.Errorf("it has %s twice", t.name)
	case t.after != "" && !seen[t.after]:
		return fmt.Errorf("%s has to come after %s", t.name, t.after)
	case t.name == "SSS" && !fraction:
		return errors.New("SSS has to follow ss and a point or a comma, as in ss.SSS")
	case t.name != "SSS" && fraction:
		return fmt.Errorf("digits that follow ss and a point or a comma are its fraction, so %s can't stand there", t.name)
	case previous == "SSS" && t.name != "Z":
		return fmt.Errorf("%s can't follow SSS without something between them", t.name)
	}
	return nil
}
