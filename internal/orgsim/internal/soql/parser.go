package soql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits that Salesforce sets (Limits quick reference: SOQL and SOSL).
const (
	MaxQuery  = 100_000 // characters of a statement
	MaxString = 4_000   // characters of one string in WHERE
	MaxOffset = 2_000
	maxDepth  = 100 // of nested conditions; keeps a hostile query off the stack
)

// Parse reads one statement; the error, if any, is an [*Error].
func Parse(text string) (*Query, error) {
	if utf8.RuneCountInString(text) > MaxQuery {
		return nil, &Error{Code: "MALFORMED_QUERY", Message: "SOQL statements cannot be longer than 100000 characters.", Pos: -1}
	}
	if !utf8.ValidString(text) {
		return nil, &Error{Code: "MALFORMED_QUERY", Message: "the statement is not UTF-8 text", Pos: -1}
	}
	p := &parser{lexer: lexer{src: text}, query: &Query{Text: text, Limit: -1}}
	p.advance()
	p.statement()
	if p.err != nil {
		p.err.Query = text
		return nil, p.err
	}
	return p.query, nil
}

type parser struct {
	lexer
	tok   token
	query *Query
	depth int
}

func (p *parser) statement() {
	p.keyword("SELECT")
	p.selection()
	p.keyword("FROM")
	p.query.Object = p.name()
	p.query.Alias = p.alias()
	if p.accept("WHERE") {
		p.query.Where = p.condition()
	}
	if p.accept("ORDER") {
		p.keyword("BY")
		p.ordering()
	}
	if p.accept("LIMIT") {
		p.query.Limit = p.count()
	}
	if p.query.Skips = p.accept("OFFSET"); p.query.Skips {
		at := p.tok.pos
		p.query.Offset = p.count()
		if p.query.Offset > MaxOffset {
			p.refuse(at, "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is "+strconv.Itoa(MaxOffset))
		}
	}
	p.clauses()
	p.consistent()
}

// condition reads terms joined by AND or by OR, but not by both. Only the first
// may begin with NOT: anywhere else, NOT needs parentheses.
func (p *parser) condition() Expr {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.tok.pos, "conditions are nested too deeply")
		return nil
	}
	defer func() { p.depth-- }()
	var first Expr
	if p.accept("NOT") {
		first = Not{Term: p.term()}
	} else {
		first = p.term()
	}
	terms := []Expr{first}
	joined := ""
	for p.err == nil {
		word := strings.ToUpper(p.tok.text)
		if p.tok.kind != wordToken || word != "AND" && word != "OR" {
			break
		}
		if joined != "" && joined != word {
			p.unexpected()
			return nil
		}
		joined = word
		p.advance()
		terms = append(terms, p.term())
	}
	switch joined {
	case "AND":
		return And{Terms: terms}
	case "OR":
		return Or{Terms: terms}
	}
	return terms[0]
}

func (p *parser) term() Expr {
	if p.symbol("(") {
		inner := p.condition()
		p.expectSymbol(")")
		return inner
	}
	return p.comparison()
}

func (p *parser) comparison() Expr {
	field := p.name()
	p.noFunction(field)
	switch {
	case p.accept("INCLUDES"):
		return Includes{Field: field, Values: p.list()}
	case p.accept("EXCLUDES"):
		return Includes{Field: field, Negated: true, Values: p.list()}
	case p.accept("LIKE"):
		return Compare{Field: field, Op: Like, Value: p.anyLiteral()}
	case p.accept("IN"):
		return In{Field: field, Values: p.list()}
	case p.accept("NOT"):
		p.keyword("IN")
		return In{Field: field, Negated: true, Values: p.list()}
	}
	if p.tok.kind == symbolToken {
		switch op := Op(p.tok.text); op {
		case Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual:
			p.advance()
			return Compare{Field: field, Op: op, Value: p.literal()}
		case "<>":
			p.advance()
			return Compare{Field: field, Op: NotEqual, Value: p.literal()}
		default:
		}
	}
	p.unexpected()
	return nil
}

func (p *parser) list() []Literal {
	p.expectSymbol("(")
	p.noSubquery("semi-joins and anti-joins (IN with a query)")
	values := []Literal{p.literal()}
	for p.err == nil && p.symbol(",") {
		values = append(values, p.literal())
	}
	p.expectSymbol(")")
	return values
}

func (p *parser) ordering() {
	for p.err == nil {
		order := Order{Field: p.name()}
		p.noFunction(order.Field)
		if p.accept("DESC") {
			order.Descending = true
		} else {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			if order.NullsLast = p.accept("LAST"); !order.NullsLast {
				p.keyword("FIRST")
			}
		}
		p.query.Order = append(p.query.Order, order)
		if !p.symbol(",") {
			return
		}
	}
}
