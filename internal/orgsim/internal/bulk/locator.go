package bulk

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"strings"
)

// What a locator leads into; each job's results have locators of their own.
const listLocators = "jobs"

// locator is an opaque text for a place in a list or a result. It carries a
// checksum over what it leads into, so that a text which a client made up, or
// took from another job, is not mistaken for one.
func locator(at int, into string) string {
	text := binary.AppendUvarint(nil, uint64(at)) //nolint:gosec // a place is not negative
	return base64.RawURLEncoding.EncodeToString(append(text, tag(text, into)...))
}

// place reads a locator.
func place(locator, into string) (at int, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(locator, "="))
	if err != nil || len(text) < tagSize {
		return 0, false
	}
	number, sum := text[:len(text)-tagSize], text[len(text)-tagSize:]
	n, read := binary.Uvarint(number)
	if read != len(number) || n > maxPlace || string(sum) != string(tag(number, into)) {
		return 0, false
	}
	return int(n), true
}

const (
	tagSize  = 4
	maxPlace = 1 << 40
)

func tag(text []byte, into string) []byte {
	h := fnv.New32a()
	h.Write([]byte(into))
	h.Write(text)
	return h.Sum(nil)
}
