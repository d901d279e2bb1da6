package value

import (
	"fmt"
	"time"
)

// timeLayout is how Salesforce writes a time of day. Its Z says nothing: the time belongs to no zone (Salesforce Help:
// considerations for the Time custom field type).
const timeLayout = "15:04:05.000Z"

// readTime reads a time of day as HH:mm, HH:mm:ss or with a fraction, of which Salesforce keeps milliseconds.
func readTime(f *Form, text string) (string, error) {
	if f.layout.set() {
		t, _, err := f.layout.parse(text)
		if err != nil {
			return "", err
		}
		return t.Format(timeLayout), nil
	}
	const minutes = "15:04"
	padded := text
	if len(text) == len(minutes) {
		padded += ":00"
	}
	if !isoClock(padded) {
		return "", notATime(text)
	}
	rest := padded[len(time.TimeOnly):]
	digits, rest, _ := fraction(rest)
	if rest != "" && rest != "Z" {
		return "", notATime(text)
	}
	if len(digits) == 3 && rest == "Z" && padded[len(time.TimeOnly)] == '.' {
		return text, nil // canonical already
	}
	return padded[:len(time.TimeOnly)] + "." + (digits + "000")[:3] + "Z", nil
}

func notATime(text string) error {
	return fmt.Errorf("%s is no time of day: use HH:MM:SS, such as 17:30:00, without an offset, or set date_format", Quote(text))
}
