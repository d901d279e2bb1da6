// Package soql reads the query language: a lexer, a recursive-descent parser and
// a small tree that prints itself. It knows no objects and no fields; the store
// binds the names.
//
// The grammar is that part of SOQL which programs send: SELECT fields, FIELDS()
// or COUNT, FROM one object with or without an alias, WHERE with AND, OR, NOT and
// parentheses, ORDER BY, LIMIT and OFFSET (SOQL reference: SELECT syntax). As in
// Salesforce, AND and OR do not mix without parentheses. What SOQL has beyond
// that is refused as MALFORMED_QUERY by its name, never passed over.
package soql

// Name is an object's or a field's name as written, with its place. The name of
// a field may have dots: of an alias, and of a relationship.
type Name struct {
	Text string
	Pos  int // byte offset in the query
}

// Query is one parsed statement.
type Query struct {
	Text   string // the statement itself, for error messages
	Count  bool   // SELECT COUNT()
	Select []Item // empty for COUNT()
	Object Name
	Alias  string // of the object; empty: none
	Where  Expr   // nil: all records
	Order  []Order
	Limit  int  // -1: none
	Offset int  // 0: none
	Skips  bool // OFFSET stands there, be it 0
}

// Item is one thing that SELECT names: a [Name], a [FieldSet] or a [FieldCount].
type Item interface{ isItem() }

// FieldSet is FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM).
type FieldSet struct {
	Set string // ALL, STANDARD or CUSTOM
	Pos int
}

// FieldCount is COUNT(field), which counts the records that have a value there.
type FieldCount struct {
	Field Name
	Alias string // name of the result; empty: expr0, expr1, …
	Pos   int
}

func (Name) isItem()       {}
func (FieldSet) isItem()   {}
func (FieldCount) isItem() {}

// Aggregate tells whether the statement asks for counts, not for records.
func (q *Query) Aggregate() bool {
	if q.Count {
		return true
	}
	for _, item := range q.Select {
		if _, ok := item.(FieldCount); ok {
			return true
		}
	}
	return false
}

// Order is one term of ORDER BY.
type Order struct {
	Field      Name
	Descending bool
	NullsLast  bool
}

// Expr is a condition: [And], [Or], [Not], [Compare], [In] or [Includes].
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

// Includes tests whether a multi-select picklist has all the values of one of
// the strings, each of which lists values separated by semicolons.
type Includes struct {
	Field   Name
	Negated bool // EXCLUDES
	Values  []Literal
}

func (And) isExpr()      {}
func (Or) isExpr()       {}
func (Not) isExpr()      {}
func (Compare) isExpr()  {}
func (In) isExpr()       {}
func (Includes) isExpr() {}

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
	TimeOfDay
	Range // TODAY, LAST_N_DAYS:7, …: see [Literal.Span]
)

// Literal is one value. The Text of a string is unescaped, except that a
// backslash still stands before the _ and % that [Like] is to take as plain;
// [Literal.Plain] drops these. A boolean is true or false in lower case, a range
// is in upper case, a date, datetime or time and a number are as written.
type Literal struct {
	Kind LiteralKind
	Text string
	Pos  int
}
