package rowlog

import (
	"strings"
	"unicode/utf8"
)

const (
	// maxDigits keeps a number within 63 bits, maxRepeatDigits within the int of any machine.
	maxDigits       = 18
	maxRepeatDigits = 9
)

// scanner takes a line apart from its front. Once it has met what it does not know it is strange, and what it gives from
// there on means nothing.
type scanner struct {
	rest    string
	strange bool
}

// skip passes over what the rest begins with, if it does.
func (s *scanner) skip(what string) bool {
	if !strings.HasPrefix(s.rest, what) {
		return false
	}
	s.rest = s.rest[len(what):]
	return true
}

// expect passes over what must come next.
func (s *scanner) expect(what string) {
	if !s.skip(what) {
		s.giveUp()
	}
}

// giveUp leaves nothing to be read, so that every loop ends.
func (s *scanner) giveUp() {
	s.rest, s.strange = "", true
}

// number reads a number of no more than so many digits.
func (s *scanner) number(most int) int64 {
	negative := s.skip("-")
	var n int64
	i := 0
	for ; i < len(s.rest) && i <= most; i++ {
		digit := s.rest[i] - '0'
		if digit > 9 {
			break
		}
		n = n*10 + int64(digit)
	}
	// JSON knows no zeros in front.
	if i == 0 || i > most || i > 1 && s.rest[0] == '0' {
		s.giveUp()
		return 0
	}
	s.rest = s.rest[i:]
	if negative {
		return -n
	}
	return n
}

// optional reads a member that is left out when its text is empty. Its name ends with the quote that opens the text.
func (s *scanner) optional(name string) string {
	if !s.skip(name) {
		return ""
	}
	return s.text()
}

// text reads a text from behind its opening quote to behind its closing one.
func (s *scanner) text() string {
	rest, wide := s.rest, false
	for i := range len(rest) {
		b := rest[i]
		if verbatim[b] {
			continue
		}
		switch {
		case b >= utf8.RuneSelf:
			wide = true
		case b == '\\':
			return s.escaped(i)
		case b == '"' && (!wide || utf8.ValidString(rest[:i])): // encoding/json puts U+FFFD for what is no UTF-8
			s.rest = rest[i+1:]
			return rest[:i]
		default:
			s.giveUp()
			return ""
		}
	}
	s.giveUp()
	return ""
}

// escaped reads a text whose first escape stands at i.
func (s *scanner) escaped(i int) string {
	end := closing(s.rest, i)
	if end < 0 {
		s.giveUp()
		return ""
	}
	raw := s.rest[:end]
	var text strings.Builder
	text.Grow(end)
	for at := i; at >= 0; at = strings.IndexByte(raw, '\\') {
		text.WriteString(raw[:at])
		r, size := unescape(raw[at:])
		if size == 0 {
			s.giveUp()
			return ""
		}
		text.WriteRune(r)
		raw = raw[at+size:]
	}
	text.WriteString(raw)
	if !utf8.ValidString(text.String()) {
		s.giveUp()
		return ""
	}
	s.rest = s.rest[end+1:]
	return text.String()
}

// closing returns where the quote stands that closes a text, looking from i on, and -1 for none.
func closing(text string, i int) int {
	for ; i < len(text); i++ {
		switch b := text[i]; {
		case b == '"':
			return i
		case b == '\\':
			i++
		case b < ' ':
			return -1
		}
	}
	return -1
}

// unescape reads the escape that text begins with and returns its length, 0 for one that [Append] does not write.
func unescape(text string) (r rune, size int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch text[1] {
	case '"', '\\':
		return rune(text[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return codePoint(text)
	}
	return 0, 0
}

// codePoint reads an escape of four hexadecimal digits. Halves of surrogate pairs are none of ours.
func codePoint(text string) (r rune, size int) {
	const whole = len(`\u0000`)
	if len(text) < whole {
		return 0, 0
	}
	for _, digit := range []byte(text[2:whole]) {
		at := strings.IndexByte(hex, digit)
		if at < 0 {
			return 0, 0
		}
		r = r<<4 | rune(at) //nolint:gosec // below 16
	}
	if !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, whole
}

// verbatim marks the bytes that stand for themselves within a text, those of longer characters aside.
var verbatim = func() (own [256]bool) {
	for b := range utf8.RuneSelf {
		own[b] = b >= ' ' && b != '"' && b != '\\'
	}
	return own
}()
