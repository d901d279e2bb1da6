package rowlog

import (
	"strconv"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Append adds the outcome's line to dst, with the line feed at its end: the very bytes that encoding/json would give.
func Append(dst []byte, o reportsync.Outcome) []byte {
	dst = appendHead(dst, o.Row, o.Line, o.Key, o.Kind)
	dst = appendText(dst, `,"record_id":`, o.RecordID)
	for i, id := range o.Records {
		dst = append(dst, separator(i, `,"record_ids":[`)...)
		dst = quote(dst, id)
	}
	if len(o.Records) > 0 {
		dst = append(dst, ']')
	}
	dst = appendText(dst, `,"code":`, o.Code)
	dst = appendText(dst, `,"message":`, o.Message)
	for i, c := range o.Changes {
		dst = append(dst, separator(i, `,"changes":[`)...)
		dst = appendChange(dst, c)
	}
	if len(o.Changes) > 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}', '\n')
}

// appendHead adds what every line begins with.
func appendHead[T text](dst []byte, row, line int64, key T, kind reportsync.OutcomeKind) []byte {
	dst = append(dst, `{"row":`...)
	dst = strconv.AppendInt(dst, row, 10)
	dst = append(dst, `,"line":`...)
	dst = strconv.AppendInt(dst, line, 10)
	dst = appendText(dst, `,"key":`, key)
	dst = append(dst, `,"outcome":`...)
	return quote(dst, string(kind))
}

func appendChange(dst []byte, c reportsync.Change) []byte {
	dst = append(dst, `{"field":`...)
	dst = quote(dst, c.Field)
	dst = append(dst, `,"before":`...)
	dst = appendNullable(dst, c.Before)
	if c.BeforeUnknown {
		dst = append(dst, `,"before_unknown":true`...)
	}
	dst = append(dst, `,"after":`...)
	dst = appendNullable(dst, c.After)
	dst = appendText(dst, `,"record_id":`, c.RecordID)
	if c.Repeats != 0 {
		dst = append(dst, `,"repeats":`...)
		dst = strconv.AppendInt(dst, int64(c.Repeats), 10)
	}
	if c.Held {
		dst = append(dst, `,"held":true`...)
	}
	if c.CreateOnly {
		dst = append(dst, `,"create_only":true`...)
	}
	dst = appendText(dst, `,"record_outcome":`, string(c.RecordOutcome))
	dst = appendText(dst, `,"record_code":`, c.RecordCode)
	return append(dst, '}')
}

// separator opens a list before its first element.
func separator(i int, open string) string {
	if i == 0 {
		return open
	}
	return ","
}

// appendText leaves an empty text out.
func appendText[T text](dst []byte, name string, value T) []byte {
	if len(value) == 0 {
		return dst
	}
	return quote(append(dst, name...), value)
}

func appendNullable(dst []byte, value *string) []byte {
	if value == nil {
		return append(dst, "null"...)
	}
	return quote(dst, *value)
}
