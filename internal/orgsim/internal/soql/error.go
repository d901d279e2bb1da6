package soql

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// window is how many bytes of the statement an error message shows before and
// after the place it points to, as in recorded answers.
const window = 32

// Error is a refused statement: one place in it and what is wrong there.
type Error struct {
	Query   string
	Code    string // MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE, …
	Message string
	Pos     int // byte offset; -1 where no place is to blame
}

// At refuses the query at a place of it.
func (q *Query) At(pos int, code, message string) *Error {
	return &Error{Query: q.Text, Code: code, Message: message, Pos: pos}
}

// Error prints the message in Salesforce's form: a line of the statement, a
// caret below the place, the place by row and column, and the sentence.
func (e *Error) Error() string {
	if e.Pos < 0 || e.Pos > len(e.Query) {
		return e.Message
	}
	lineStart := strings.LastIndexByte(e.Query[:e.Pos], '\n') + 1
	row := strings.Count(e.Query[:lineStart], "\n") + 1
	line, _, _ := strings.Cut(e.Query[lineStart:], "\n")
	at := e.Pos - lineStart
	from, until := excerpt(line, at)
	caret := strings.Repeat(" ", utf8.RuneCountInString(line[from:at])) + "^"
	column := utf8.RuneCountInString(line[:at]) + 1
	return "\n" + line[from:until] + "\n" + caret +
		"\nERROR at Row:" + strconv.Itoa(row) + ":Column:" + strconv.Itoa(column) + "\n" + e.Message
}

// excerpt is what is shown around a place of a line: whole words and characters.
func excerpt(line string, at int) (from, until int) {
	from, until = max(0, at-window), min(len(line), at+window)
	inWord := func(i int) bool {
		return i > 0 && i < len(line) && (isWord(line[i-1]) && isWord(line[i]) || !utf8.RuneStart(line[i]))
	}
	for inWord(from) {
		from--
	}
	for inWord(until) {
		until++
	}
	return from, until
}
