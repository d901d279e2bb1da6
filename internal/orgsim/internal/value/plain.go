package value

import "strings"

// What is read here are the spellings that clients send and files hold nearly
// always. They are recognised without taking them apart; whatever else they may be
// is read the long way.

// plainDateTime reports whether a text begins with a date and a time of that day,
// in a year that Salesforce takes.
func plainDateTime(text string) bool {
	return len(text) > len(seconds) && plainDate(text) && text[10] == 'T' &&
		text[13] == ':' && text[16] == ':' &&
		twoDigits(text[11:]) < 24 && twoDigits(text[14:]) < 60 && twoDigits(text[17:]) < 60
}

// plainDate reports whether a text begins with a day that needs no calendar: one
// that its month has in every year and is not the 31st, from 1700 to 3999.
func plainDate(text string) bool {
	century, year := twoDigits(text), twoDigits(text[2:])
	month, day := twoDigits(text[5:]), twoDigits(text[8:])
	return 17 <= century && century < 40 && year < 100 && text[4] == '-' && text[7] == '-' &&
		1 <= month && month <= 12 && 1 <= day && (day <= 28 || day <= 30 && month != 2)
}

// twoDigits is the number that a text begins with, or one of three digits.
func twoDigits(text string) int {
	tens, ones := text[0]-'0', text[1]-'0'
	if tens > 9 || ones > 9 {
		return 100
	}
	return 10*int(tens) + int(ones)
}

// canonical reports whether a number is spelled as it is stored, and how many
// digits it has before and behind the point. A zero before the point is none.
func canonical(text string) (whole, fraction int, ok bool) {
	rest := strings.TrimPrefix(text, "-")
	whole = digitsAt(rest)
	switch {
	case whole == 0 || rest[0] == '0' && whole > 1 || text == "-0":
		return 0, 0, false
	case whole == len(rest):
	case rest[whole] == '.':
		fraction = digitsAt(rest[whole+1:])
		if fraction == 0 || whole+1+fraction < len(rest) || rest[len(rest)-1] == '0' {
			return 0, 0, false
		}
	default:
		return 0, 0, false
	}
	if rest[0] == '0' {
		whole = 0
	}
	return whole, fraction, true
}
