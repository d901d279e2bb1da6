package report

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A batch is handed over when it has so many rows, or so much text.
const (
	batchRows  = 512
	batchBytes = 64 << 10
)

// Batch is rows that follow each other.
type Batch struct {
	Rows []Row
	Read int64 // bytes of the report up to the end of the last one
}

// batch is rows that are being gathered. Their cells share one string, because one allocation is cheaper than many.
type batch struct {
	reader *Reader
	number int64 // of the last row

	rows  []Row
	text  []byte // the selected cells of the rows without a problem, each followed by a comma
	sizes []int  // of the cells
}

func newBatch(r *Reader) *batch { return &batch{reader: r} }

// fill reads rows. The error says why there are no more: [io.EOF] at the end.
func (b *batch) fill() error {
	r := b.reader
	b.rows, b.text, b.sizes = make([]Row, 0, batchRows), b.text[:0], b.sizes[:0]
	if r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	for len(b.rows) < batchRows && len(b.text) < batchBytes {
		rec, err := r.scan.next()
		if errors.Is(err, io.EOF) {
			return io.EOF
		}
		if err != nil {
			return r.readError(err)
		}
		b.add(&rec)
	}
	return nil
}

// add picks the selected cells of a record.
func (b *batch) add(rec *record) {
	r := b.reader
	b.number++
	row := Row{Number: b.number, Line: rec.line}
	switch {
	case rec.fault != "":
		row.Problem = &RowProblem{Code: reportsync.RowBadQuoting, Message: rec.fault}
	case len(rec.ends) != len(r.columns):
		row.Problem = &RowProblem{Code: reportsync.RowRagged, Message: fmt.Sprintf("the row has %s, but the header has %s", count(len(rec.ends), "cell"), count(len(r.columns), "column"))}
	default:
		from := len(b.text)
		for _, i := range r.selected {
			cell := rec.cell(i)
			b.text = append(append(b.text, cell...), ',')
			b.sizes = append(b.sizes, len(cell))
		}
		// No UTF-8 sequence goes across a comma, so that all cells are checked at once.
		if textProblem(b.text[from:]) != "" {
			row.Problem = r.cellProblem(rec)
			b.text, b.sizes = b.text[:from], b.sizes[:len(b.sizes)-len(r.selected)]
		}
	}
	b.rows = append(b.rows, row)
}

// take returns the rows that were gathered.
func (b *batch) take() Batch {
	text, cells, sizes := string(b.text), make([]string, len(b.sizes)), b.sizes
	width := len(b.reader.selected)
	for i := range b.rows {
		row := &b.rows[i]
		if row.Problem != nil {
			continue
		}
		row.Cells, cells = cells[:width:width], cells[width:]
		for at, size := range sizes[:width] {
			row.Cells[at], text = text[:size], text[size+1:]
		}
		sizes = sizes[width:]
	}
	return Batch{Rows: b.rows, Read: b.reader.scan.in.read}
}
