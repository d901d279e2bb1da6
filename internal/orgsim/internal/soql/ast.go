// Package soql reads the query language: a lexer, a recursive-descent parser and
// a small tree. It knows no objects and no fields; the store binds the names.
//
// The grammar is that part of SOQL which programs send: SELECT fields or
// COUNT(), FROM one object, WHERE with AND, OR, NOT and parentheses, ORDER BY,
// LIMIT and OFFSET (SOQL reference: SELECT syntax). As in Salesforce, AND and OR
// do not mix without parentheses. Everything else is MALFORMED_QUERY.
package soql

// Name is an object's or a field's name as written, with its place.
type Name struct {
	Text string
	Pos  int // byte offset in the query
}

// Query is one parsed statement.
type Query struct {
	Text   string // the statement itself, for error messages
	Count  bool   // SELECT COUNT()
	Fields []Name
	Object Name
	Where  Expr // nil: all records
	Order  []Order
	Limit  int // -1: none
	Offset int // 0: none
}

// Order is one term of ORDER BY.
type Order struct {
	Field      Name
	Descending bool
	NullsLast  bool
}

// Expr is a condition: [And], [Or], [Not], [Compare] or [In].
type Expr interface{ isExpr() }

// And holds when all its terms hold.
type And struct{ Terms []Expr }

// Or holds when one of its terms holds.
type Or struct{ Terms []Expr }

// Not holds when its term does not.
type Not struct{ Term Expr }

// Compare compares a field with one literal.
type Compare struct {
	Field Name
	Op    Op
	Value Literal
}

// In tests whether a field has one of the values.
type In struct {
	Field   Name
	Negated bool
	Values  []Literal
}

func (And) isExpr()     {}
func (Or) isExpr()      {}
func (Not) isExpr()     {}
func (Compare) isExpr() {}
func (In) isExpr()      {}

// Op is a comparison operator.
type Op string

// The operators.
const (
	Equal        Op = "="
	NotEqual     Op = "!="
	Less         Op = "<"
	LessEqual    Op = "<="
	Greater      Op = ">"
	GreaterEqual Op = ">="
	Like         Op = "LIKE"
)

// LiteralKind says what a literal is by its spelling.
type LiteralKind int

// The kinds of literals.
const (
	String LiteralKind = iota
	Number
	Boolean
	Null
	Date
	DateTime
)

// Literal is one value. The Text of a string is unescaped, except that a
// backslash still stands before the _ and % that [Like] is to take as plain;
// [Literal.Plain] drops these. A boolean is true or false in lower case, a date
// or datetime and a number are as written.
type Literal struct {
	Kind LiteralKind
	Text string
	Pos  int
}
