package report

import (
	"encoding/binary"
	"math/bits"
)

// The lowest, all but the highest, and the commas of eight bytes in a word.
const (
	lowest     = 0x0101010101010101
	butHighest = 0x7f * lowest
	commas     = ',' * lowest
)

// appendCommas appends where in the line its commas stand. Cells are short, so that it takes eight bytes at a time
// rather than a search for each comma.
func appendCommas(dst []int, line []byte) []int {
	at := 0
	for ; at+8 <= len(line); at += 8 {
		// A comma becomes 0, and a byte that is 0 the only one whose highest bit is set in found.
		word := binary.LittleEndian.Uint64(line[at:]) ^ commas
		found := ^((word&butHighest + butHighest) | word | butHighest)
		for ; found != 0; found &= found - 1 {
			dst = append(dst, at+bits.TrailingZeros64(found)/8)
		}
	}
	for ; at < len(line); at++ {
		if line[at] == ',' {
			dst = append(dst, at)
		}
	}
	return dst
}
