package salesforce

import "strings"

type valueKind uint8

const (
	kindOmit valueKind = iota
	kindNull
	kindText
	kindNumber
	kindBool
)

// Value is what one field of one row is to become. The zero Value is Omit: the field isn't sent and
// keeps what it has.
type Value struct {
	kind valueKind
	text string
}

// Omit leaves the field as it is.
func Omit() Value { return Value{} }

// Null empties the field.
func Null() Value { return Value{kind: kindNull} }

// Text sets the field to s. Line breaks become LF, so that REST and Bulk store the same; an empty
// text is Null, because Salesforce stores none and refuses "" for anything but text.
func Text(s string) Value {
	if s == "" {
		return Null()
	}
	return Value{kind: kindText, text: unifyLineBreaks(s)}
}

// Number sets the field to a decimal given by its digits, such as "-12.50" or "1E+3". The digits
// travel as they are; anything that isn't a JSON number is refused when the batch is sent.
func Number(digits string) Value { return Value{kind: kindNumber, text: digits} }

// Bool sets a checkbox.
func Bool(b bool) Value {
	if b {
		return Value{kind: kindBool, text: "true"}
	}
	return Value{kind: kindBool, text: "false"}
}

// IsOmit reports whether the field is left alone.
func (v Value) IsOmit() bool { return v.kind == kindOmit }

// IsNull reports whether the field is emptied.
func (v Value) IsNull() bool { return v.kind == kindNull }

// IsText reports whether the value was made by Text.
func (v Value) IsText() bool { return v.kind == kindText }

// IsNumber reports whether the value was made by Number.
func (v Value) IsNumber() bool { return v.kind == kindNumber }

// IsBool reports whether the value was made by Bool.
func (v Value) IsBool() bool { return v.kind == kindBool }

// String returns the value as text: the text itself, a number's digits, true or false; "" for Omit
// and Null.
func (v Value) String() string { return v.text }

// unifyLineBreaks turns CR and CRLF into LF. An ingest job declares one line ending and fails as a
// whole when a quoted value holds another (Bulk API 2.0 guide: prepare CSV files).
func unifyLineBreaks(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return s
	}
	return lineBreaks.Replace(s)
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")
