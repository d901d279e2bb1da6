package value

import (
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

const (
	// maxNumberText and maxExponentDigits bound the work that a hostile cell can make.
	maxNumberText     = 400
	maxExponentDigits = 4
)

// rounding is how Salesforce brings a number to its field's scale: half up, away from zero.
var rounding = apd.Context{
	Precision:   2 * maxNumberText,
	MaxExponent: apd.MaxExponent,
	MinExponent: apd.MinExponent,
	Rounding:    apd.RoundHalfUp,
}

// integerDigits returns how many digits stand before the decimal point; below 1, how far behind it the first one is.
func integerDigits(d *apd.Decimal) int64 { return d.NumDigits() + int64(d.Exponent) }

// plain prints a decimal without exponent, trailing zeros or a negative zero.
func plain(d *apd.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	var reduced apd.Decimal
	reduced.Reduce(d)
	return reduced.Text('f')
}

// simple splits a number of plain digits, which nearly all are, into its canonical text and the digits of it before and
// after the point. It is false for the others: those with an exponent, without a digit before the point, or with a
// sign that has to be moved. The text is a part of the one given.
func simple(text string) (canonical string, whole, fraction int, ok bool) {
	digits := text
	if text != "" && (text[0] == '-' || text[0] == '+') {
		digits = text[1:]
	}
	whole = leadingDigits(digits)
	rest := digits[whole:]
	if rest != "" && rest[0] == '.' {
		fraction = leadingDigits(rest[1:])
		rest = rest[1+fraction:]
	}
	if whole == 0 || rest != "" {
		return "", 0, 0, false
	}
	for whole > 1 && digits[0] == '0' {
		digits, whole = digits[1:], whole-1
	}
	for fraction > 0 && digits[whole+fraction] == '0' {
		fraction--
	}
	end := whole
	if fraction > 0 {
		end += 1 + fraction
	}
	digits = digits[:end]
	if digits[0] == '0' {
		whole = 0 // it is there for the eye
	}
	switch {
	case text[0] != '-' || digits == "0":
		return digits, whole, fraction, true
	case text[1] == '0' && text[1:1+len(digits)] != digits:
		return "", 0, 0, false // zeros stand between the sign and the rest
	}
	return text[:1+len(digits)], whole, fraction, true
}

func leadingDigits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// maxShift bounds how far [expanded] moves a point; Salesforce's own numbers need 18 digits either way.
const maxShift = 40

// expanded writes a number with an exponent without it, as Salesforce prints numbers from ten million on: 9.12260031E8
// is 912260031. It is false for what is no such number, or one that needs many zeros.
func expanded(text string) (string, bool) {
	mantissa, power, ok := strings.Cut(text, "E")
	if !ok {
		mantissa, power, ok = strings.Cut(text, "e")
	}
	if !ok {
		return "", false
	}
	exponent, err := strconv.Atoi(power)
	if err != nil || exponent < -maxShift || exponent > maxShift || len(mantissa) > maxShift {
		return "", false
	}
	digits := unsigned(mantissa)
	sign := mantissa[:len(mantissa)-len(digits)]
	whole, behind, _ := strings.Cut(digits, ".")
	count := len(whole) + len(behind)
	if count == 0 || leadingDigits(whole) != len(whole) || leadingDigits(behind) != len(behind) {
		return "", false
	}
	var room [3*maxShift + len("-0.")]byte
	into := append(room[:0], sign...)
	point := len(whole) + exponent // of the digits, how many stand before it
	if point <= 0 {
		into = append(into, "0."...)
		into = append(into, zeros[:-point]...)
	}
	for i := range count {
		if i == point && i > 0 {
			into = append(into, '.')
		}
		if i < len(whole) {
			into = append(into, whole[i])
		} else {
			into = append(into, behind[i-len(whole)])
		}
	}
	if point > count {
		into = append(into, zeros[:point-count]...)
	}
	return string(into), true
}

var zeros = strings.Repeat("0", 2*maxShift)

// isDecimal reports whether text is [sign] digits [. digits] [e [sign] digits], with a digit before or after the
// point. Salesforce itself prints large numbers with an exponent.
func isDecimal(text string) bool {
	rest := unsigned(text)
	digits := leadingDigits(rest)
	rest = rest[digits:]
	if strings.HasPrefix(rest, ".") {
		fraction := leadingDigits(rest[1:])
		digits += fraction
		rest = rest[1+fraction:]
	}
	if digits == 0 {
		return false
	}
	if rest == "" {
		return true
	}
	exponent := unsigned(rest[1:])
	return (rest[0] == 'e' || rest[0] == 'E') && exponent != "" && leadingDigits(exponent) == len(exponent)
}

// tooLong reports whether a decimal has more digits than are worked with.
func tooLong(text string) bool {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	return len(text) > maxNumberText || len(unsigned(exponent)) > maxExponentDigits
}

func unsigned(text string) string {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		return text[1:]
	}
	return text
}
