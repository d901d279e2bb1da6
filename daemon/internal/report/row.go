package report

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Row is one row of a report.
type Row struct {
	Number  int64       // from 1, not counting the header
	Line    int64       // of the file, where the row starts, from 1
	Cells   []string    // of the selected columns, in their order; nil when there is a Problem
	Problem *RowProblem // why the row can't be read, nil if it can
}

// RowProblem says why a row can't be read. Code is one of the row codes of [reportsync], such as
// [reportsync.RowRagged].
type RowProblem struct {
	Code    string
	Message string
}

// cellProblem names the first of the selected cells that is no text.
func (r *Reader) cellProblem(rec *record) *RowProblem {
	for _, i := range r.selected {
		if problem := textProblem(rec.cell(i)); problem != "" {
			return &RowProblem{Code: reportsync.RowBadBytes, Message: fmt.Sprintf("column %q %s", r.columns[i], problem)}
		}
	}
	return nil
}

// textProblem says why bytes are no text. NUL is left out too: neither Salesforce nor a database takes it in a text.
func textProblem(text []byte) string {
	if bytes.IndexByte(text, 0) >= 0 {
		return "holds a NUL character"
	}
	if !utf8.Valid(text) {
		return "holds bytes that are no UTF-8 text"
	}
	return ""
}

// count says how many there are of something: 1 cell, 2 cells.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
