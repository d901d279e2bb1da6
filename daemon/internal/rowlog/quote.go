package rowlog

import (
	"encoding/binary"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// plain marks the bytes that stand in a JSON string as they are, those of longer characters aside. Those of HTML are escaped
// as encoding/json does.
var plain = func() (safe [256]bool) {
	for b := range utf8.RuneSelf {
		safe[b] = b >= ' ' && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&'
	}
	return safe
}()

// text is what stands in a cell or a record.
type text interface{ string | []byte }

// quote adds a text as a JSON string. Bytes that are no UTF-8 become U+FFFD.
func quote[T text](dst []byte, text T) []byte {
	dst = append(dst, '"')
	start := len(dst)
	dst = append(dst, text...)
	if clean := plainPrefix(dst[start:]); clean < len(text) {
		dst = appendEscaped(dst[:start+clean], string(text[clean:]))
	}
	return append(dst, '"')
}

// A byte in each of eight.
const (
	each  = 0x0101010101010101
	highs = 0x80 * each
)

// plainPrefix returns how many bytes at a text's beginning are plain, as all of most texts are. It looks at eight at once.
func plainPrefix(text []byte) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := binary.LittleEndian.Uint64(text[i:])
		// 0 where there is such a byte; " and & differ in one bit, and so do < and >.
		quotes, angles, slashes := (w|0x04*each)^'&'*each, (w|0x02*each)^'>'*each, w^'\\'*each
		// A byte that is too small borrows from its high bit. Nothing else sets that while all are ASCII.
		if (w|(w-' '*each)|(quotes-each)|(angles-each)|(slashes-each))&highs != 0 {
			break
		}
	}
	for i < len(text) && plain[text[i]] {
		i++
	}
	return i
}

// appendEscaped adds a text that is not all plain.
func appendEscaped(dst []byte, text string) []byte {
	start := 0
	for i := 0; i < len(text); {
		b := text[i]
		if plain[b] {
			i++
			continue
		}
		if b < utf8.RuneSelf {
			dst = append(dst, text[start:i]...)
			dst = escape(dst, b)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(dst, text[start:i]...)
			dst = append(dst, `\ufffd`...)
			start = i + size
		case r == '\u2028', r == '\u2029':
			// Line ends in JavaScript, though not in JSON.
			dst = append(dst, text[start:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hex[r&0xf])
			start = i + size
		}
		i += size
	}
	return append(dst, text[start:]...)
}

func escape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&0xf])
}
