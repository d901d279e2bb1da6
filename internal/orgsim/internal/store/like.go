package store

import (
	"unicode/utf8"
)

// like compiles a LIKE pattern: % stands for any text, _ for one character, and
// a backslash takes the next one as it is. The matcher wants folded text.
func like(pattern string) func(folded string) bool {
	parts := likeParts(fold(pattern))
	return func(text string) bool {
		first, rest := parts[0], parts[1:]
		after, ok := first.prefix(text)
		if !ok {
			return false
		}
		if len(rest) == 0 {
			return after == ""
		}
		for _, part := range rest[:len(rest)-1] {
			if after, ok = part.search(after); !ok {
				return false
			}
		}
		return rest[len(rest)-1].suffix(after)
	}
}

// likePart is what stands between two %: characters, -1 for any one.
type likePart []rune

func likeParts(pattern string) []likePart {
	parts := []likePart{nil}
	last := func() *likePart { return &parts[len(parts)-1] }
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			*last() = append(*last(), r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			parts = append(parts, nil)
		case r == '_':
			*last() = append(*last(), -1)
		default:
			*last() = append(*last(), r)
		}
	}
	return parts
}

// prefix matches the part at the start of text and returns what follows.
func (p likePart) prefix(text string) (string, bool) {
	for _, want := range p {
		r, size := utf8.DecodeRuneInString(text)
		if size == 0 || want != -1 && want != r {
			return "", false
		}
		text = text[size:]
	}
	return text, true
}

// search matches the part at its first place in text and returns what follows.
func (p likePart) search(text string) (string, bool) {
	for {
		if after, ok := p.prefix(text); ok {
			return after, true
		}
		_, size := utf8.DecodeRuneInString(text)
		if size == 0 {
			return "", false
		}
		text = text[size:]
	}
}

// suffix matches the part at the very end of text.
func (p likePart) suffix(text string) bool {
	start := utf8.RuneCountInString(text) - len(p)
	if start < 0 {
		return false
	}
	for range start {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	after, ok := p.prefix(text)
	return ok && after == ""
}
