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
	Cells   []string    // of the selected columns, in their order; nil when there is a Problem. The next row takes the slice over; the strings may be kept
	Problem *RowProblem // why the row can't be read, nil if it can
}

// RowProblem says why a row can't be read. Code is one of the row codes of [reportsync], such as
// [reportsync.RowRagged].
type RowProblem struct {
	Code    string
	Message string
}

// row picks the selected cells. They share one string, because one allocation is cheaper than many; a byte that no
// UTF-8 sequence goes across parts them, so that all are checked at once.
func (r *Reader) row(number int64, rec *record) Row {
	row := Row{Number: number, Line: rec.line}
	switch {
	case rec.fault != "":
		row.Problem = &RowProblem{Code: reportsync.RowBadQuoting, Message: rec.fault}
		return row
	case len(rec.ends) != len(r.columns):
		row.Problem = &RowProblem{Code: reportsync.RowRagged, Message: fmt.Sprintf("the row has %s, but the header has %s", count(len(rec.ends), "cell"), count(len(r.columns), "column"))}
		return row
	}
	r.text = r.text[:0]
	for _, i := range r.selected {
		r.text = append(r.text, rec.cell(i)...)
		r.text = append(r.text, ',')
	}
	if textProblem(r.text) != "" {
		row.Problem = r.cellProblem(rec)
		return row
	}
	text, cells := string(r.text), r.cells[:0]
	for _, i := range r.selected {
		size := len(rec.cell(i))
		cells, text = append(cells, text[:size]), text[size+1:]
	}
	r.cells, row.Cells = cells, cells
	return row
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
