// Package value knows when a report's value and a record's value are the same.
//
// What is sent to Salesforce is not what is read back: texts lose their blanks, e-mail addresses their capitals,
// numbers come back as 5.0 or 9.12260031E8, times as UTC without their milliseconds. A [Form] therefore brings both
// sides of one field to a canonical text, by the field's type in describe, and two values are the same exactly when
// their texts are:
//
//	text, URL, phone   without blanks at the ends, line breaks as LF
//	e-mail             the same in lower case
//	number             digits at the field's scale, without exponent or trailing zeros: 5, -0.25
//	checkbox           true, false
//	date               2006-01-02
//	datetime           2006-01-02T15:04:05Z
//	time               15:04:05.000Z
//	picklist           the API value
//	multi-picklist     the API values in byte order, joined by semicolons
//	reference          18 characters
//
// The empty text is null. The flow of a value is
//
//	cell --[Form.FromReport]--> canonical --[Form.Value]--> sent
//	                                |
//	                             compared
//	                                |
//	stored --[Form.FromOrg]---> canonical
//
// FromReport also refuses what Salesforce would refuse, so that such a row costs no call; FromOrg takes everything,
// because fields hold what was valid before their definition changed.
//
// A [Key] does the same for the field that records are found by, and knows which two keys Salesforce takes for one.
//
// Both are safe for use by several goroutines. A report of a million rows takes some ten million conversions, most of
// texts that are canonical already: those are returned as they came, without a copy.
package value
