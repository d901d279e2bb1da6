// Package value knows what Salesforce does to a field's value on its way in and
// out. A stored value is its canonical text, and empty text is null, since
// Salesforce never stores an empty string:
//
//	text, picklists   as stored
//	e-mail            lower case
//	numbers           decimal digits without exponent or trailing zeros: 5, -0.25
//	checkbox          true, false
//	date              2006-01-02
//	datetime          2006-01-02T15:04:05.000+0000
//	time              15:04:05.000Z
//	references        18 characters
//
// [FromJSON] and [FromCSV] read what a client sent and refuse what has the wrong
// type; [Normalise] then applies the field's own rules, which are the same for
// both; [AppendJSON] and [AppendCSV] print.
package value
