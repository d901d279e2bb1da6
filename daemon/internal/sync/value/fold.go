package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lower returns a text without difference of case, and the text itself when there is none in it.
//
// Which letters Salesforce takes for each other beyond ASCII is not public. Taken for the same here are only letters
// that are each other's simple capital and small letter (É and é, Σ and σ). Those that merely lead to the same one are
// kept apart: the Kelvin sign and K, İ and I, ẞ and ß, ſ and s, ς and σ, as are accents and composed and decomposed
// letters. Keys that are kept apart wrongly find no record, which is reported, also where an upsert finds one after
// all; keys that are wrongly taken for the same would have a wrong record written.
func lower(text string) string {
	switch found := kindsIn(text); {
	case found&beyondASCII != 0:
		return lowerRunes(text)
	case found&capital != 0:
		return strings.ToLower(text) // which knows ASCII well
	}
	return text
}

// kinds are what bytes of a text are, where that matters.
type kinds uint8

const (
	capital kinds = 1 << iota // of ASCII
	blank
	beyondASCII
)

var kindOf = func() (table [256]kinds) {
	for c := range table {
		switch {
		case 'A' <= c && c <= 'Z':
			table[c] = capital
		case strings.IndexByte(blanks, byte(c)) >= 0:
			table[c] = blank
		case c >= utf8.RuneSelf:
			table[c] = beyondASCII
		}
	}
	return table
}()

// kindsIn returns which kinds of bytes a text holds.
func kindsIn(text string) (found kinds) {
	for i := range len(text) {
		found |= kindOf[text[i]]
	}
	return found
}

// lowerRunes lower-cases a text that is not ASCII alone. Bytes that are no text stay as they are, so that no two texts
// become one by them.
func lowerRunes(text string) string {
	var into []byte
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		small := lowerRune(r)
		if small != r && into == nil {
			into = append(make([]byte, 0, len(text)+utf8.UTFMax), text[:i]...)
		}
		switch {
		case into == nil: // nothing has changed so far
		case small != r:
			into = utf8.AppendRune(into, small)
		default:
			into = append(into, text[i:i+size]...)
		}
		i += size
	}
	if into == nil {
		return text
	}
	return string(into)
}

func lowerRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	if small := unicode.ToLower(r); unicode.ToUpper(small) == r {
		return small
	}
	return r
}
