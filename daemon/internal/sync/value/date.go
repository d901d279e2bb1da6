package value

import (
	"fmt"
	"time"
)

// Salesforce takes no date or time outside these years, and answers a whole REST request with HTTP 400 for one (SOAP
// API guide: primitive data types; SOQL reference: date formats).
const firstYear, lastYear = 1700, 4000

// readDate reads yyyy-MM-dd, or the day that the mapping's format names. Without such a format a date is not cut out
// of a point in time, because which day that is depends on a zone. A day never passes through UTC.
func readDate(f *Form, text string) (string, error) {
	if f.layout.set() {
		t, _, err := f.layout.parse(text)
		if err != nil {
			return "", err
		}
		return t.Format(time.DateOnly), inRange(t.Year(), text)
	}
	year, ok := isoDate(text)
	if !ok || len(text) != len(time.DateOnly) {
		return "", fmt.Errorf("%s is no date: use YYYY-MM-DD, such as 2026-05-01, or set date_format", Quote(text))
	}
	return text, inRange(year, text)
}

// isoDate reports whether a text begins with a day that exists, as yyyy-MM-dd, and returns its year.
func isoDate(text string) (year int, ok bool) {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	century, ok1 := twoDigits(text, 0)
	years, ok2 := twoDigits(text, 2)
	month, ok3 := twoDigits(text, 5)
	day, ok4 := twoDigits(text, 8)
	year = century*100 + years
	return year, ok1 && ok2 && ok3 && ok4 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// twoDigits reads two digits; the text is long enough.
func twoDigits(text string, at int) (int, bool) {
	tens, ones := text[at]-'0', text[at+1]-'0'
	return int(tens)*10 + int(ones), tens <= 9 && ones <= 9
}

// inRange refuses years that Salesforce would refuse.
func inRange(year int, cell string) error {
	if year < firstYear || year > lastYear {
		return fmt.Errorf("%s is in the year %d, and Salesforce takes the years %d to %d", Quote(cell), year, firstYear, lastYear)
	}
	return nil
}
