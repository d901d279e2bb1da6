package value

import (
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// maxMagnitude bounds the exponents that are worked with: 18 digits is the most
// a field holds, so anything far beyond is out of range without calculating it.
const maxMagnitude = 400

// decimals rounds half up, away from zero, as Salesforce does on save.
var decimals = apd.Context{
	Precision: 2 * maxMagnitude, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent,
	Rounding: apd.RoundHalfUp, Traps: apd.DefaultTraps,
}

// normaliseNumber rounds to the field's scale and refuses what has more digits
// before the point than its precision leaves.
func normaliseNumber(f *schema.Field, text string) (string, *sferr.Error) {
	if text == "" {
		return "", nil
	}
	if whole, fraction, ok := canonical(text); ok && whole <= f.Precision-f.Scale && fraction <= f.Scale {
		return text, nil
	}
	outside := func() (string, *sferr.Error) {
		return "", sferr.On([]string{f.Name}, "NUMBER_OUTSIDE_VALID_RANGE", "%s: value outside of valid range on numeric field: %s", f.Label, text)
	}
	d, ok := parseDecimal(text)
	if !ok {
		return outside()
	}
	// Quantize gives no result for 0E-400 and the like; zero is zero.
	if d.IsZero() {
		return "0", nil
	}
	if d.NumDigits()+int64(d.Exponent) > maxMagnitude {
		return outside()
	}
	if d.NumDigits()+int64(d.Exponent) < -maxMagnitude {
		return "0", nil
	}
	if _, err := decimals.Quantize(d, d, -int32(f.Scale)); err != nil { //nolint:gosec // a scale is at most 18
		return outside()
	}
	if d.IsZero() {
		return "0", nil
	}
	if d.NumDigits()-int64(f.Scale) > int64(f.Precision-f.Scale) {
		return outside()
	}
	return plain(d), nil
}

// Compare orders two stored numbers; both must be non-empty.
func Compare(a, b string) int {
	if a == b {
		return 0
	}
	x, okX := parseDecimal(a)
	y, okY := parseDecimal(b)
	if !okX || !okY {
		return strings.Compare(a, b)
	}
	return x.Cmp(y)
}

// CanonicalNumber returns the stored form of a number literal without rounding
// it, for comparing it with stored values.
func CanonicalNumber(text string) (string, bool) {
	if _, _, ok := canonical(text); ok && len(text) < maxMagnitude {
		return text, true
	}
	d, ok := parseDecimal(text)
	if !ok || d.NumDigits()+int64(d.Exponent) > maxMagnitude || int64(d.Exponent) < -maxMagnitude {
		return "", false
	}
	return plain(d), true
}

func parseDecimal(text string) (*apd.Decimal, bool) {
	if !isNumber(text) || len(text) > maxMagnitude {
		return nil, false
	}
	d, _, err := apd.NewFromString(text)
	if err != nil || d.Form != apd.Finite {
		return nil, false
	}
	return d, true
}

// plain prints without exponent, trailing zeros and a sign on zero.
func plain(d *apd.Decimal) string {
	if d.IsZero() {
		return "0"
	}
	text := d.Text('f')
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
