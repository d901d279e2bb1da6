// Package recordid makes and reads record ids. An id has 15 case-sensitive
// characters: three of its object, two of the org's pod, ten of a number in
// base 62. The 18-character form adds a checksum of which characters are upper
// case (SOAP API guide: ID field type).
package recordid

import "errors"

const (
	digits   = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	checksum = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	head     = 5 // key prefix and pod
)

// errMalformed says that a text is not an id.
var errMalformed = errors.New("malformed id")

// Make returns the 18-character id of the numbered record.
func Make(prefix, pod string, number uint64) string {
	var id [18]byte
	copy(id[:3], prefix)
	copy(id[3:head], pod)
	for i := 14; i >= head; i-- {
		id[i] = digits[number%62]
		number /= 62
	}
	sum(id[:15], id[15:])
	return string(id[:])
}

// Parse returns the 18-character form of an id of 15 or 18 characters. It fails
// on any other length, a foreign character or a checksum that does not fit.
func Parse(text string) (string, error) {
	if len(text) != 15 && len(text) != 18 {
		return "", errMalformed
	}
	for i := range 15 {
		if value(text[i]) < 0 {
			return "", errMalformed
		}
	}
	var tail [3]byte
	sum([]byte(text[:15]), tail[:])
	if len(text) == 18 {
		if text[15:] != string(tail[:]) {
			return "", errMalformed
		}
		return text, nil
	}
	return text + string(tail[:]), nil
}

// Number returns the record number of a parsed id that has the given key prefix
// and pod; ok is false when it has not.
func Number(id, prefix, pod string) (number uint64, ok bool) {
	if len(id) < 15 || id[:3] != prefix || id[3:head] != pod {
		return 0, false
	}
	for i := head; i < 15; i++ {
		number = number*62 + uint64(value(id[i])) //nolint:gosec // Parse has checked the alphabet: never negative
	}
	return number, true
}

// Short returns the 15-character form, as error texts and formulas show it.
func Short(id string) string { return id[:min(15, len(id))] }

// Pod returns two characters that stand for the org in its records' ids.
func Pod(seed uint64) string {
	return string([]byte{digits[seed%62], digits[(seed/62+40)%62]})
}

func value(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 36
	}
	return -1
}

// sum writes the checksum: for each five characters the five bits that say
// which are upper case, the first character being the lowest bit.
func sum(id, into []byte) {
	for group := range 3 {
		bits := 0
		for i := range 5 {
			if c := id[group*5+i]; 'A' <= c && c <= 'Z' {
				bits |= 1 << i
			}
		}
		into[group] = checksum[bits]
	}
}
