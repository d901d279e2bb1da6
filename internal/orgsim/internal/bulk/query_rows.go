package bulk

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// streamRows sends header and rows, all values quoted.
func streamRows(c *web.Call, j *queryJob, from, until int) {
	printer, newline := newRowPrinter(j.result, j.dialect.comma()), j.dialect.newline()
	sendLines(c,
		func(into []byte) []byte { return append(printer.header(into), newline...) },
		j.rows(from, until),
		func(into []byte, row int) []byte { return append(printer.row(into, row), newline...) })
}

// rowPrinter prints rows of a result.
type rowPrinter struct {
	result *store.Result
	comma  byte
	cells  []value.Cell // by column
}

func newRowPrinter(result *store.Result, comma byte) *rowPrinter {
	p := &rowPrinter{result: result, comma: comma}
	for _, column := range result.Columns() {
		p.cells = append(p.cells, value.CellOf(column.Field))
	}
	return p
}

// header prints the names of the columns, without a newline.
func (p *rowPrinter) header(into []byte) []byte {
	for i, column := range p.result.Columns() {
		if i > 0 {
			into = append(into, p.comma)
		}
		into = value.AppendCSVText(into, column.Name)
	}
	return into
}

// row prints the columns of a row, without a newline.
func (p *rowPrinter) row(into []byte, row int) []byte {
	for i, text := range p.result.Texts(row) {
		if i > 0 {
			into = append(into, p.comma)
		}
		into = p.cells[i].Append(into, text)
	}
	return into
}

// weighed is how many rows of a result tell how many bytes all of it has: to
// print a million of them for that alone would take as long as to send them.
const weighed = 1_000

// resultBytes is about how many bytes a result's rows have when printed.
func resultBytes(result *store.Result) int64 {
	rows := len(result.Rows)
	step := max(rows/weighed, 1)
	printer := newRowPrinter(result, ',')
	var line []byte
	bytes, printed := 0, 0
	for row := 0; row < rows; row += step {
		line = printer.row(line[:0], row)
		bytes += len(line) + 1
		printed++
	}
	return int64(bytes) * int64(rows) / int64(max(printed, 1))
}
