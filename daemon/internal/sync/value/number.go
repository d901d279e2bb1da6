package value

import (
	"fmt"

	"github.com/cockroachdb/apd/v3"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	// maxIntegerDigits stands in where describe names no precision; no Salesforce number has more than 18 digits
	// (Salesforce Help: custom field types).
	maxIntegerDigits = 18
	// An int field holds 32 bits (SOAP API guide: primitive data types).
	maxInt, minInt = "2147483647", "-2147483648"
)

func numeric(t salesforce.FieldType) bool {
	switch t { //nolint:exhaustive // the others are not
	case salesforce.TypeInt, salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent:
		return true
	}
	return false
}

// readNumber reads a plain decimal, with an exponent if need be, and rounds it to the field's scale.
func readNumber(f *Form, text string) (string, error) {
	digits, scale := shape(f.Field)
	canonical, whole, fraction, ok := simple(text)
	if !ok {
		if number, shifted := expanded(text); shifted {
			canonical, whole, fraction, ok = simple(number)
		}
	}
	if ok && whole <= digits && fraction <= scale {
		return canonical, f.withinInt(canonical, whole)
	}
	d, err := decimal(text)
	if err != nil {
		return "", err
	}
	if d.IsZero() || integerDigits(d) < int64(-scale) {
		return "0", nil // too small to survive rounding
	}
	var rounded apd.Decimal
	if integerDigits(d) <= int64(digits) {
		if _, err := rounding.Quantize(&rounded, d, int32(-scale)); err != nil { //nolint:gosec // a scale is at most 18
			return "", fmt.Errorf("round %s: %w", Quote(text), err)
		}
	}
	// Rounding up may add a digit.
	if integerDigits(d) > int64(digits) || !rounded.IsZero() && integerDigits(&rounded) > int64(digits) {
		return "", fmt.Errorf("%s is too large: %s takes %d digits before the decimal point", Quote(text), f.Name, digits)
	}
	canonical = plain(&rounded)
	return canonical, f.withinInt(canonical, int(integerDigits(&rounded)))
}

// decimal reads a number. The error says how one looks.
func decimal(text string) (*apd.Decimal, error) {
	switch {
	case !isDecimal(text):
	case tooLong(text):
		return nil, fmt.Errorf("%s has too many digits: a number has at most %d characters here, and %d digits in its exponent", Quote(text), maxNumberText, maxExponentDigits)
	default:
		if d, _, err := apd.NewFromString(text); err == nil {
			return d, nil
		}
	}
	return nil, fmt.Errorf("%s is no number: use digits with a decimal point, such as -1234.5, without thousands separators, currency or percent signs", Quote(text))
}

// exactly reports whether a number stays what it is at the field's scale. A rounded key would lead to another record
// than the one that is meant.
func (f *Form) exactly(text string) bool {
	_, scale := shape(f.Field)
	if _, _, fraction, ok := simple(text); ok {
		return fraction <= scale
	}
	d, err := decimal(text)
	if err != nil {
		return false
	}
	var reduced apd.Decimal
	reduced.Reduce(d)
	return d.IsZero() || int64(reduced.Exponent) >= int64(-scale)
}

// withinInt refuses a whole number that an int field can't hold, though it has no more digits than one that fits.
func (f *Form) withinInt(canonical string, digits int) error {
	if f.Type != salesforce.TypeInt || digits < len(maxInt) {
		return nil
	}
	limit := maxInt
	if canonical[0] == '-' {
		limit = minInt
	}
	if len(canonical) > len(limit) || canonical > limit { // digits of the same length compare as text
		return fmt.Errorf("%s is outside the range of %s, which is %s to %s", Quote(canonical), f.Name, minInt, maxInt)
	}
	return nil
}

// shape returns how many digits the field has before and after the decimal point. Describe gives digits for int,
// precision and scale for the others.
func shape(field salesforce.Field) (digits, scale int) {
	switch {
	case field.Type == salesforce.TypeInt && field.Digits > 0:
		return field.Digits, 0
	case field.Type == salesforce.TypeInt:
		return maxIntegerDigits, 0
	case field.Precision > 0:
		return field.Precision - field.Scale, field.Scale
	}
	return maxIntegerDigits, field.Scale
}
