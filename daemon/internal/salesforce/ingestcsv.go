package salesforce

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	// nullCell empties a field; an empty cell leaves it alone (Bulk API 2.0 guide: prepare CSV files).
	nullCell = "#N/A"

	// Limits of a CSV upload (Bulk API 2.0 guide: limits).
	maxColumns   = 5_000
	maxCellChars = 131_072
	maxRowChars  = 400_000

	// CodeNotForBulk is the RowError code for a row that an upload can't carry.
	CodeNotForBulk = "NOT_FOR_BULK"
)

// checkColumns refuses what Salesforce would fail the whole job for.
func checkColumns(op string, columns []string) error {
	if len(columns) == 0 || len(columns) > maxColumns {
		return refuse(op, "there are %d columns; 1 to %d are possible", len(columns), maxColumns)
	}
	seen := make(map[string]bool, len(columns))
	for _, column := range columns {
		lower := strings.ToLower(column)
		switch {
		case column == "" || lower == "id":
			return refuse(op, "column %q can't be written; the record id belongs in Row.ID", column)
		case seen[lower]:
			return refuse(op, "column %q stands twice", column)
		}
		seen[lower] = true
	}
	return nil
}

func (v Value) cell() string {
	if v.kind == kindNull {
		return nullCell
	}
	return v.text
}

// UploadBytes is an upper bound of what the row takes in an upload, for cutting jobs to size.
func (r Row) UploadBytes() int {
	n := len(r.ID) + 1
	for _, v := range r.Values {
		cell := v.cell()
		n += len(cell) + strings.Count(cell, `"`) + len(`"",`)
	}
	return n
}

// BulkError tells why an upload can't carry the row, or nil: a text that Bulk would take for null, one
// that isn't UTF-8, or one beyond Bulk's limits. WriteCollection takes all but the second.
func (r Row) BulkError(columns []string) *RowError {
	size := 0 // in bytes, which are no fewer than its characters
	for i, v := range r.Values {
		cell := v.cell()
		size += len(cell) + len(`"",`)
		var reason string
		switch {
		case v.kind == kindText && strings.TrimSpace(cell) == nullCell:
			reason = "the text " + nullCell + " would empty the field"
		case !utf8.ValidString(cell):
			reason = "the text is not valid UTF-8"
		case len(cell) > maxCellChars && utf8.RuneCountInString(cell) > maxCellChars:
			reason = fmt.Sprintf("the text has %d characters and may have %d", utf8.RuneCountInString(cell), maxCellChars)
		default:
			continue
		}
		return &RowError{Code: CodeNotForBulk, Message: columns[i] + ": " + reason, Fields: []string{columns[i]}}
	}
	if size <= maxRowChars {
		return nil
	}
	if chars := r.chars(); chars > maxRowChars {
		return &RowError{Code: CodeNotForBulk, Message: fmt.Sprintf("the row has %d characters and may have %d", chars, maxRowChars)}
	}
	return nil
}

// chars counts the characters of the row's line.
func (r Row) chars() int {
	n := 0
	for _, v := range r.Values {
		n += utf8.RuneCountInString(v.cell()) + len(`"",`)
	}
	return n
}

// check is what must hold for a row of an upload.
func (r Row) check(columns []string, byID bool) *RowError {
	if len(r.Values) != len(columns) {
		return &RowError{Message: fmt.Sprintf("there are %d values for %d columns", len(r.Values), len(columns))}
	}
	if _, err := ID18(r.ID); byID && err != nil {
		return &RowError{Message: err.Error()}
	}
	if !byID && r.ID != "" {
		return &RowError{Message: "a record id has no place in this operation"}
	}
	for i, v := range r.Values {
		if v.kind == kindNumber && !isNumber(v.text) {
			return &RowError{Message: columns[i] + ": not a number"}
		}
	}
	if !byID && !r.sendsAnything() {
		return &RowError{Message: "all fields are omitted"}
	}
	return r.BulkError(columns)
}

func (r Row) sendsAnything() bool {
	for _, v := range r.Values {
		if !v.IsOmit() {
			return true
		}
	}
	return false
}
