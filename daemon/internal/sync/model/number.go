package model

import (
	"math/big"
	"regexp"
	"strings"
)

var decimal = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

// round brings a number to the field's scale, halves away from zero, and refuses one with too many digits before the
// point.
func (f Field) round(text string) (string, bool) {
	if !decimal.MatchString(text) {
		return "", false
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", false
	}
	plain := n.FloatString(f.Scale) // which rounds halves away from zero
	whole, _, _ := strings.Cut(strings.TrimLeft(plain, "-"), ".")
	if whole != "0" && len(whole) > f.Precision-f.Scale {
		return "", false
	}
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	if plain == "-0" {
		plain = "0"
	}
	return plain, true
}

// exact reports whether a number fits the field's scale without being rounded.
func (f Field) exact(text string) bool {
	n, ok := new(big.Rat).SetString(trim(text))
	rounded, _ := f.round(trim(text))
	r, _ := new(big.Rat).SetString(rounded)
	return ok && r != nil && n.Cmp(r) == 0
}
