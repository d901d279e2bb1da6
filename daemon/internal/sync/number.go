package sync

import (
	"fmt"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	// maxNumberText bounds the work that a hostile cell can make.
	maxNumberText = 400
	// maxIntegerDigits stands in where describe names no precision; no Salesforce number has more than 18 digits
	// (Salesforce Help: custom field types).
	maxIntegerDigits = 18
)

// rounding is how Salesforce brings a number to its field's scale: half up, away from zero.
var rounding = apd.Context{
	Precision:   2 * maxNumberText,
	MaxExponent: apd.MaxExponent,
	MinExponent: apd.MinExponent,
	Rounding:    apd.RoundHalfUp,
}

// readNumber reads a plain decimal, with an exponent if need be, and rounds it to the field's scale.
func readNumber(f *form, text string) (string, error) {
	if !isDecimal(text) {
		return "", fmt.Errorf("%s is no number: use digits with a decimal point, such as -1234.5, without thousands separators, currency or percent signs", quote(text))
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return "", fmt.Errorf("%s is no number", quote(text))
	}
	digits, scale := f.numberShape()
	if d.IsZero() || integerDigits(d) < -scale {
		return "0", nil // too small to survive rounding
	}
	var rounded apd.Decimal
	if integerDigits(d) <= digits {
		if _, err := rounding.Quantize(&rounded, d, int32(-scale)); err != nil { //nolint:gosec // a scale is at most 18
			return "", fmt.Errorf("round %s: %w", quote(text), err)
		}
	}
	// Rounding up may add a digit.
	if integerDigits(d) > digits || integerDigits(&rounded) > digits {
		return "", fmt.Errorf("%s is too large: %s takes %d digits before the decimal point", quote(text), f.Name, digits)
	}
	return plain(&rounded), nil
}

// numberShape returns how many digits the field has before and after the decimal point. Describe gives digits for int,
// precision and scale for the others.
func (f *form) numberShape() (digits, scale int64) {
	switch {
	case f.Type == salesforce.TypeInt && f.Digits > 0:
		return int64(f.Digits), 0
	case f.Type == salesforce.TypeInt:
		return maxIntegerDigits, 0
	case f.Precision > 0:
		return int64(f.Precision - f.Scale), int64(f.Scale)
	}
	return maxIntegerDigits, int64(f.Scale)
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

// isDecimal reports whether text is [sign] digits [. digits] [e [sign] digits], with a digit before or after the
// point. Salesforce itself prints large numbers with an exponent.
func isDecimal(text string) bool {
	if len(text) > maxNumberText {
		return false
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(unsigned(mantissa), ".")
	if whole+fraction == "" || !allDigits(whole+fraction) {
		return false
	}
	exponent = unsigned(exponent)
	return !scientific || exponent != "" && len(exponent) <= 4 && allDigits(exponent)
}

func unsigned(text string) string {
	if text != "" && (text[0] == '-' || text[0] == '+') {
		return text[1:]
	}
	return text
}

func allDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
