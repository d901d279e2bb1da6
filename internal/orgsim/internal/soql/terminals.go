package soql

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reserved words cannot name a field or an object.
var reserved = []string{"SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "LIKE", "IN", "ORDER", "BY", "ASC", "DESC", "NULLS", "FIRST", "LAST", "LIMIT", "OFFSET", "NULL", "TRUE", "FALSE"}

// literal reads one value for an operator other than LIKE.
func (p *parser) literal() Literal {
	end := p.at
	lit := p.anyLiteral()
	if p.err == nil && lit.Kind == String && escapesWildcard(lit.Text) {
		p.fail(lit.Pos, "Invalid string literal "+p.src[lit.Pos:end]+". Illegal character sequence in string literal.")
	}
	return lit
}

// escapesWildcard tells whether a string has an escape sequence that is for LIKE
// only (SOQL reference: quoted string escape sequences).
func escapesWildcard(text string) bool {
	for i := 0; i < len(text)-1; i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] == '_' || text[i] == '%' {
			return true
		}
	}
	return false
}

// anyLiteral reads one value.
func (p *parser) anyLiteral() Literal {
	tok := p.tok
	lit := Literal{Text: tok.text, Pos: tok.pos}
	switch tok.kind {
	case stringToken:
		if utf8.RuneCountInString(lit.Plain()) > MaxString {
			p.fail(tok.pos, "maximum string length of "+strconv.Itoa(MaxString)+" exceeded in WHERE clause")
		}
	case numberToken:
		lit.Kind = Number
		if !numberLiteral(tok.text) {
			p.unexpected()
		}
	case dateToken:
		lit.Kind = Date
	case dateTimeToken:
		lit.Kind = DateTime
	case timeToken:
		lit.Kind = TimeOfDay
	case wordToken:
		lit.Text = strings.ToLower(tok.text)
		switch lit.Text {
		case "null":
			lit.Kind = Null
		case "true", "false":
			lit.Kind = Boolean
		default:
			lit.Kind, lit.Text = Range, strings.ToUpper(tok.text)
			if _, ok := stretchOf(lit.Text); !ok {
				p.unexpected()
			}
		}
	default:
		p.unexpected()
	}
	p.advance()
	return lit
}

func numberLiteral(text string) bool {
	digits, points := 0, 0
	for i, c := range []byte(text) {
		switch {
		case isDigit(c):
			digits++
		case c == '.':
			points++
		case (c == '-' || c == '+') && i == 0:
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

func (p *parser) name() Name {
	tok := p.tok
	if tok.kind != wordToken || !wellFormed(tok.text) || isReserved(tok.text) {
		p.unexpected()
		return Name{}
	}
	p.advance()
	return Name{Text: tok.text, Pos: tok.pos}
}

func wellFormed(name string) bool {
	return !strings.HasSuffix(name, ".") && !strings.Contains(name, "..") && !strings.Contains(name, ":")
}

// alias reads the second name of an object or a count, if there is one.
func (p *parser) alias() string {
	tok := p.tok
	if p.err != nil || tok.kind != wordToken || isReserved(tok.text) || slices.ContainsFunc(clauses, func(c clause) bool { return c.starts(tok) }) {
		return ""
	}
	if !wellFormed(tok.text) || strings.Contains(tok.text, ".") {
		p.unexpected()
	}
	p.advance()
	return tok.text
}

func isReserved(word string) bool {
	return slices.ContainsFunc(reserved, func(r string) bool { return strings.EqualFold(word, r) })
}

func (p *parser) count() int {
	n, err := strconv.Atoi(p.tok.text)
	if p.tok.kind != numberToken || err != nil || !isDigit(p.tok.text[0]) {
		p.unexpected()
		return 0
	}
	p.advance()
	return n
}

func (p *parser) advance() { p.tok = p.next() }

// accept takes the word if it comes next.
func (p *parser) accept(word string) bool {
	if p.err != nil || p.tok.kind != wordToken || !strings.EqualFold(p.tok.text, word) {
		return false
	}
	p.advance()
	return true
}

func (p *parser) keyword(word string) {
	if !p.accept(word) {
		p.unexpected()
	}
}

// symbol takes the symbol if it comes next.
func (p *parser) symbol(text string) bool {
	if p.err != nil || p.tok.kind != symbolToken || p.tok.text != text {
		return false
	}
	p.advance()
	return true
}

func (p *parser) expectSymbol(text string) {
	if !p.symbol(text) {
		p.unexpected()
	}
}

// unexpected refuses the current token, unless something failed before it.
func (p *parser) unexpected() {
	text := p.tok.text
	if p.tok.kind == endToken {
		text = "<EOF>"
	}
	p.refuse(p.tok.pos, "MALFORMED_QUERY", "unexpected token: '"+text+"'")
}

func (p *parser) refuse(pos int, code, message string) {
	if p.err == nil {
		p.err = &Error{Code: code, Message: message, Pos: pos}
	}
}
