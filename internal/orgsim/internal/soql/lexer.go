package soql

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

type tokenKind int

const (
	endToken tokenKind = iota
	wordToken
	stringToken
	numberToken
	dateToken
	dateTimeToken
	timeToken
	symbolToken
)

type token struct {
	kind tokenKind
	text string // of a string: unescaped
	pos  int
}

// lexer splits a statement into tokens. A failure sticks: it is kept in err and
// every later token is the end.
type lexer struct {
	src string
	at  int
	err *Error
}

func (l *lexer) next() token {
	for l.at < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.at]) >= 0 {
		l.at++
	}
	if l.err != nil || l.at >= len(l.src) {
		return token{kind: endToken, pos: len(l.src)}
	}
	start, c := l.at, l.src[l.at]
	switch {
	case isLetter(c):
		l.word()
		if strings.HasPrefix(l.src[l.at:], ":") { // as in LAST_N_DAYS:7
			l.at++
			l.word()
		}
		return token{kind: wordToken, text: l.src[start:l.at], pos: start}
	case c == '\'':
		return l.quoted()
	case isDigit(c) || strings.IndexByte("+-.", c) >= 0:
		return l.numeric()
	}
	for _, symbol := range []string{"!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","} {
		if strings.HasPrefix(l.src[l.at:], symbol) {
			l.at += len(symbol)
			return token{kind: symbolToken, text: symbol, pos: start}
		}
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.at:])
	return l.fail(start, "unexpected token: '"+string(r)+"'")
}

func (l *lexer) word() {
	for l.at < len(l.src) && isWord(l.src[l.at]) {
		l.at++
	}
}

// numeric reads a number, or a date, datetime or time, which in SOQL start alike
// and stand without quotes.
func (l *lexer) numeric() token {
	start := l.at
	l.at++
	for l.at < len(l.src) && (isWord(l.src[l.at]) || strings.IndexByte(":+-", l.src[l.at]) >= 0) {
		l.at++
	}
	text := l.src[start:l.at]
	kind := numberToken
	switch {
	case len(text) == 10 && text[4] == '-' && text[7] == '-':
		kind = dateToken
	case len(text) > 10 && text[4] == '-' && text[7] == '-' && text[10] == 'T':
		kind = dateTimeToken
	case len(text) > 8 && text[2] == ':' && text[5] == ':':
		kind = timeToken
	}
	return token{kind: kind, text: text, pos: start}
}

// quoted reads a string. Escapes are strict: whatever the reference does not
// list is an error (SOQL reference: quoted string escape sequences).
func (l *lexer) quoted() token {
	start := l.at
	l.at++
	var text strings.Builder
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch c {
		case '\'':
			l.at++
			return token{kind: stringToken, text: text.String(), pos: start}
		case '\\':
			if !l.escape(&text) {
				return l.fail(l.at, "Invalid string literal '"+l.src[start:min(len(l.src), l.at+2)]+"'. Illegal character sequence in string literal.")
			}
		case '\n', '\r':
			return l.fail(start, "line breaks not allowed in string literals")
		case 0:
			return l.fail(l.at, "Illegal character NUL in string literal.")
		default:
			text.WriteByte(c)
			l.at++
		}
	}
	return l.fail(start, "unterminated string literal")
}

func (l *lexer) escape(into *strings.Builder) bool {
	rest := l.src[l.at+1:]
	if rest == "" {
		return false
	}
	if rest[0] == 'u' || rest[0] == 'U' {
		return l.unicodeEscape(into, rest)
	}
	from := strings.IndexByte(`'"\nNrRtTbBfF`, rest[0])
	switch {
	case rest[0] == '_' || rest[0] == '%':
		into.WriteByte('\\') // kept for LIKE; see Literal.Plain
		into.WriteByte(rest[0])
	case rest[0] == '\\':
		into.WriteString(`\\`)
	case from >= 0:
		into.WriteByte("'\"\\\n\n\r\r\t\t\b\b\f\f"[from])
	default:
		return false
	}
	l.at += 2
	return true
}

func (l *lexer) unicodeEscape(into *strings.Builder, rest string) bool {
	r, ok := unicodeUnit(rest)
	length := 6
	if ok && utf16.IsSurrogate(r) {
		low, paired := rune(0), strings.HasPrefix(rest[5:], `\`)
		if paired {
			low, paired = unicodeUnit(rest[6:])
		}
		r, length = utf16.DecodeRune(r, low), 12
		ok = paired && r != utf8.RuneError
	}
	if !ok || r == 0 {
		return false
	}
	if r == '\\' {
		into.WriteByte('\\') // doubled, as a written one is
	}
	into.WriteRune(r)
	l.at += length
	return true
}

// unicodeUnit reads uXXXX.
func unicodeUnit(text string) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' && text[0] != 'U' {
		return 0, false
	}
	unit, err := strconv.ParseUint(text[1:5], 16, 16)
	return rune(unit), err == nil
}

func (l *lexer) fail(pos int, message string) token {
	if l.err == nil {
		l.err = &Error{Code: "MALFORMED_QUERY", Message: message, Pos: pos}
	}
	return token{kind: endToken, pos: pos}
}

// Plain is the literal's text as compared by everything but LIKE.
func (l Literal) Plain() string {
	if l.Kind != String || !strings.Contains(l.Text, `\`) {
		return l.Text
	}
	var b strings.Builder
	for i := 0; i < len(l.Text); i++ {
		if l.Text[i] == '\\' && i+1 < len(l.Text) {
			i++
		}
		b.WriteByte(l.Text[i])
	}
	return b.String()
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isWord(c byte) bool   { return isLetter(c) || isDigit(c) || c == '_' || c == '.' }
