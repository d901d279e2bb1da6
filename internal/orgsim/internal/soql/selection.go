package soql

import (
	"strconv"
	"strings"
)

// maxAllFields is the greatest LIMIT of a query for FIELDS(ALL) or
// FIELDS(CUSTOM), which needs one (SOQL reference: FIELDS()).
const maxAllFields = 200

func (p *parser) selection() {
	for p.err == nil {
		p.item()
		if p.query.Count || !p.symbol(",") {
			return
		}
	}
}

// item reads one thing that is selected.
func (p *parser) item() {
	at := p.tok.pos
	if p.symbol("(") {
		p.unsupported(at, "subqueries of child records")
		return
	}
	name := p.name()
	if strings.EqualFold(name.Text, "TYPEOF") {
		p.unsupported(at, "TYPEOF")
		return
	}
	var item Item = name
	switch strings.ToUpper(name.Text) {
	case "COUNT":
		if !p.symbol("(") {
			break
		}
		if len(p.query.Select) == 0 && p.symbol(")") {
			p.query.Count = true
			return
		}
		counted := FieldCount{Field: p.name(), Pos: at}
		p.noFunction(counted.Field)
		p.expectSymbol(")")
		counted.Alias = p.alias()
		item = counted
	case "FIELDS":
		if !p.symbol("(") {
			break
		}
		item = FieldSet{Set: p.fieldSet(), Pos: at}
		p.expectSymbol(")")
	default:
		p.noFunction(name)
	}
	p.query.Select = append(p.query.Select, item)
}

func (p *parser) fieldSet() string {
	for _, set := range []string{"ALL", "STANDARD", "CUSTOM"} {
		if p.accept(set) {
			return set
		}
	}
	p.unexpected()
	return ""
}

// consistent refuses clauses that each are right but not together.
func (p *parser) consistent() {
	for _, item := range p.query.Select {
		set, ok := item.(FieldSet)
		if ok && set.Set != "STANDARD" && (p.query.Limit < 0 || p.query.Limit > maxAllFields) {
			p.fail(set.Pos, "The SOQL FIELDS function must have a LIMIT of at most "+strconv.Itoa(maxAllFields))
		}
	}
	if !p.query.Aggregate() {
		return
	}
	for _, item := range p.query.Select {
		switch item := item.(type) {
		case Name:
			p.fail(item.Pos, "Field must be grouped or aggregated: "+item.Text)
		case FieldSet:
			p.fail(item.Pos, "The SOQL FIELDS function cannot be used with aggregate functions")
		case FieldCount:
		}
	}
	for _, order := range p.query.Order {
		p.fail(order.Field.Pos, "Ordered field must be grouped or aggregated: "+order.Field.Text)
	}
	const lone = "Non-grouped query that uses overall aggregate functions cannot also use "
	switch {
	case p.query.Count:
	case p.query.Limit >= 0:
		p.refuse(-1, "MALFORMED_QUERY", lone+"LIMIT")
	case p.query.Offset > 0:
		p.refuse(-1, "MALFORMED_QUERY", lone+"OFFSET")
	}
}
