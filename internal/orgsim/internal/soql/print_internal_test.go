package soql

import (
	"strconv"
	"strings"
)

// String prints the statement from its tree, for the fuzz target: parsed again, it
// gives the same one.
func (q *Query) String() string {
	var p printer
	p.add("SELECT ")
	if q.Count {
		p.add("COUNT()")
	}
	for i, item := range q.Select {
		if i > 0 {
			p.add(", ")
		}
		p.item(item)
	}
	p.add(" FROM ", q.Object.Text)
	if q.Alias != "" {
		p.add(" ", q.Alias)
	}
	if q.Where != nil {
		p.add(" WHERE ")
		p.expr(q.Where, false)
	}
	for i, order := range q.Order {
		if i == 0 {
			p.add(" ORDER BY ")
		} else {
			p.add(", ")
		}
		p.order(order)
	}
	if q.Limit >= 0 {
		p.add(" LIMIT ", strconv.Itoa(q.Limit))
	}
	if q.Skips {
		p.add(" OFFSET ", strconv.Itoa(q.Offset))
	}
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) add(texts ...string) {
	for _, text := range texts {
		p.WriteString(text)
	}
}

func (p *printer) item(item Item) {
	switch item := item.(type) {
	case Name:
		p.add(item.Text)
	case FieldSet:
		p.add("FIELDS(", item.Set, ")")
	case FieldCount:
		p.add("COUNT(", item.Field.Text, ")")
		if item.Alias != "" {
			p.add(" ", item.Alias)
		}
	}
}

func (p *printer) order(order Order) {
	p.add(order.Field.Text)
	if order.Descending {
		p.add(" DESC")
	}
	if order.NullsLast {
		p.add(" NULLS LAST")
	}
}

// expr prints a condition; one inside another needs parentheses where it joins
// terms itself.
func (p *printer) expr(e Expr, inside bool) {
	switch e := e.(type) {
	case And:
		p.joined(e.Terms, " AND ", inside)
	case Or:
		p.joined(e.Terms, " OR ", inside)
	case Not:
		p.not(e, inside)
	case Compare:
		p.add(e.Field.Text, " ", string(e.Op), " ")
		p.literal(e.Value)
	case In:
		p.list(e.Field, e.Negated, [2]string{" IN (", " NOT IN ("}, e.Values)
	case Includes:
		p.list(e.Field, e.Negated, [2]string{" INCLUDES (", " EXCLUDES ("}, e.Values)
	}
}

func (p *printer) not(e Not, inside bool) {
	if inside {
		p.add("(")
		defer p.add(")")
	}
	p.add("NOT ")
	p.expr(e.Term, true)
}

func (p *printer) joined(terms []Expr, word string, inside bool) {
	if inside {
		p.add("(")
		defer p.add(")")
	}
	for i, term := range terms {
		if i > 0 {
			p.add(word)
		}
		p.expr(term, true)
	}
}

func (p *printer) list(field Name, negated bool, words [2]string, values []Literal) {
	word := words[0]
	if negated {
		word = words[1]
	}
	p.add(field.Text, word)
	for i, lit := range values {
		if i > 0 {
			p.add(", ")
		}
		p.literal(lit)
	}
	p.add(")")
}

// written are the characters that a string cannot hold as they are. Backslashes
// are in its text already.
var written = strings.NewReplacer("'", `\'`, "\n", `\n`, "\r", `\r`)

func (p *printer) literal(l Literal) {
	if l.Kind != String {
		p.add(l.Text)
		return
	}
	p.add("'", written.Replace(l.Text), "'")
}
