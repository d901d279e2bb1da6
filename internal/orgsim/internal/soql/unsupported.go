package soql

import "strings"

// clause is a part of SOQL that is refused by its name.
type clause struct{ word, name string }

// clauses are told from an alias by their first word.
var clauses = []clause{
	{word: "USING", name: "USING SCOPE"},
	{word: "WITH", name: "WITH"},
	{word: "GROUP", name: "GROUP BY"},
	{word: "HAVING", name: "HAVING"},
	{word: "FOR", name: "FOR VIEW, FOR REFERENCE and FOR UPDATE"},
	{word: "ALL", name: "ALL ROWS"},
	{word: "UPDATE", name: "UPDATE TRACKING and UPDATE VIEWSTAT"},
}

func (c clause) starts(tok token) bool {
	return tok.kind == wordToken && strings.EqualFold(tok.text, c.word)
}

// clauses refuses whatever follows the last clause that there is.
func (p *parser) clauses() {
	for _, c := range clauses {
		if c.starts(p.tok) {
			p.unsupported(p.tok.pos, c.name)
		}
	}
	if p.tok.kind == symbolToken && p.tok.text == "," && p.query.Where == nil && p.query.Order == nil {
		p.unsupported(p.tok.pos, "FROM with several objects")
	}
	if p.err == nil && p.tok.kind != endToken {
		p.unexpected()
	}
}

// noFunction refuses a name that is called.
func (p *parser) noFunction(name Name) {
	if p.tok.kind == symbolToken && p.tok.text == "(" {
		p.unsupported(name.Pos, "the function "+name.Text+"()")
	}
}

// noSubquery refuses a query in place of what is expected.
func (p *parser) noSubquery(what string) {
	if p.tok.kind == wordToken && strings.EqualFold(p.tok.text, "SELECT") {
		p.unsupported(p.tok.pos, what)
	}
}

// unsupported names what the simulator lacks, so that nobody takes the refusal
// for a mistake in the statement.
func (p *parser) unsupported(pos int, what string) {
	p.refuse(pos, "MALFORMED_QUERY", "not supported by the simulated org: "+what)
}
