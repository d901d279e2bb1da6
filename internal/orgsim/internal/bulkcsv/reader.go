// Package bulkcsv reads uploads of ingest jobs as strictly as Bulk API 2.0 does.
// It is stricter than RFC 4180 readers are: the declared line ending must be the
// only one, also inside quoted values, a blank between delimiter and quote is an
// error, and a byte order mark belongs to the first header (Bulk API 2.0 guide:
// prepare CSV files). Values are slices of the upload and not trimmed.
package bulkcsv

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The limits of one file, in characters where text is meant (Limits quick
// reference: Bulk API 2.0).
const (
	MaxHeader = 32_000
	MaxRow    = 400_000
	MaxFields = 5_000
	MaxField  = 131_072
)

// Dialect is what a job declares about its CSV.
type Dialect struct {
	Delimiter byte
	CRLF      bool // lines end in CR LF; else in LF
}

// Error is a file that cannot be read; it fails the whole job. Its text is the
// job's errorMessage.
type Error struct{ Message string }

func (e *Error) Error() string { return e.Message }

// Reader reads rows one after the other.
type Reader struct {
	data    string
	dialect Dialect
	end     int // where only line breaks are left
	at      int
	row     int // rows begun; the header is row 1
	fields  []string
}

// NewReader checks the line endings of the whole upload, which Salesforce does
// before it looks at any row, and returns a reader on it.
func NewReader(data string, d Dialect) (*Reader, error) {
	if !utf8.ValidString(data) {
		return nil, failed("the data is not valid UTF-8")
	}
	if !endingsFit(data, d.CRLF) {
		name := "LF"
		if d.CRLF {
			name = "CRLF"
		}
		return nil, &Error{Message: "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is " + name}
	}
	return Scanned(data, d), nil
}

// Scanned returns a reader on an upload that [NewReader] has accepted before.
func Scanned(data string, d Dialect) *Reader {
	return &Reader{data: data, dialect: d, end: len(strings.TrimRight(data, "\r\n"))}
}

// Seek makes the next row the one at an offset that [Reader.Offset] gave. Rows
// are counted on from 2, so that no data row is taken for the header.
func (r *Reader) Seek(offset int) { r.at, r.row = offset, 1 }

// Offset is where the next row starts.
func (r *Reader) Offset() int { return r.at }

// Lines counts the line breaks from here to the end: there are hardly more rows.
func (r *Reader) Lines() int { return strings.Count(r.data[r.at:], "\n") + 1 }

// Next returns the fields of the next row, or io.EOF. The slice is valid until
// the next call, its strings for as long as the upload.
func (r *Reader) Next() ([]string, error) {
	if r.at >= r.end {
		return nil, io.EOF
	}
	r.row++
	r.fields = r.fields[:0]
	start := r.at
	for {
		field, more, err := r.field()
		if err != nil {
			return nil, err
		}
		r.fields = append(r.fields, field)
		if !more {
			break
		}
	}
	if len(r.fields) > MaxFields {
		return nil, failed(fmt.Sprintf("row %d has more than %d fields", r.row, MaxFields))
	}
	limit := MaxRow
	if r.row == 1 {
		limit = MaxHeader
	}
	if longer(r.data[start:r.at], limit) {
		return nil, failed(fmt.Sprintf("row %d has more than %d characters", r.row, limit))
	}
	return r.fields, nil
}

// field reads one value and what ends it; more tells whether a delimiter did.
func (r *Reader) field() (value string, more bool, err error) {
	if r.at < len(r.data) && r.data[r.at] == '"' {
		value, err = r.quoted()
	} else {
		value, err = r.bare()
	}
	if err != nil {
		return "", false, err
	}
	if longer(value, MaxField) {
		return "", false, failed(fmt.Sprintf("row %d: field %d has more than %d characters", r.row, len(r.fields)+1, MaxField))
	}
	switch {
	case r.at >= len(r.data):
		return value, false, nil
	case r.data[r.at] == r.dialect.Delimiter:
		r.at++
		return value, true, nil
	case strings.HasPrefix(r.data[r.at:], r.ending()):
		r.at += len(r.ending())
		return value, false, nil
	}
	return "", false, r.stray("after a closing quote")
}

func (r *Reader) bare() (string, error) {
	start := r.at
	for r.at < len(r.data) {
		switch c := r.data[r.at]; c {
		case r.dialect.Delimiter, '\n', '\r':
			return r.data[start:r.at], nil
		case '"':
			return "", r.stray("before a quote")
		}
		r.at++
	}
	return r.data[start:], nil
}

func (r *Reader) quoted() (string, error) {
	r.at++
	start, doubled := r.at, false
	for {
		quote := strings.IndexByte(r.data[r.at:], '"')
		if quote < 0 {
			return "", failed(fmt.Sprintf("row %d: field %d has an opening quote and no closing one", r.row, len(r.fields)+1))
		}
		r.at += quote + 1
		if r.at < len(r.data) && r.data[r.at] == '"' {
			r.at++
			doubled = true
			continue
		}
		value := r.data[start : r.at-1]
		if doubled {
			value = strings.ReplaceAll(value, `""`, `"`)
		}
		return value, nil
	}
}

func (r *Reader) ending() string {
	if r.dialect.CRLF {
		return "\r\n"
	}
	return "\n"
}

func (r *Reader) stray(where string) error {
	return failed(fmt.Sprintf("row %d: field %d has characters %s", r.row, len(r.fields)+1, where))
}

func failed(detail string) error {
	return &Error{Message: "InvalidBatch : Failed to parse CSV. Due to, " + detail}
}

// longer counts characters only where the bytes alone do not settle it.
func longer(text string, limit int) bool {
	return len(text) > limit && utf8.RuneCountInString(text) > limit
}

// endingsFit reports whether every line break is the declared one.
func endingsFit(data string, crlf bool) bool {
	if !crlf {
		return strings.IndexByte(data, '\r') < 0
	}
	for {
		i := strings.IndexAny(data, "\r\n")
		if i < 0 {
			return true
		}
		if !strings.HasPrefix(data[i:], "\r\n") {
			return false
		}
		data = data[i+2:]
	}
}

// RaggedRow is the error for a row with more or fewer fields than the header.
func RaggedRow(row, fields, header int) error {
	return failed(fmt.Sprintf("row %d has %d fields, the header has %d", row, fields, header))
}
