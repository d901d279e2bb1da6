package salesforce

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// ErrUploadFull means that a row doesn't fit into the upload any more: it belongs into the next job.
var ErrUploadFull = fmt.Errorf("an upload takes no more than %d bytes", MaxUploadBytes)

// ErrNotForBulk means that an upload can't carry a row, for what [Row.BulkError] tells of it.
var ErrNotForBulk = errors.New("an upload can't carry it")

// IngestWriter writes the CSV of an upload row by row: UTF-8 without BOM, LF, the Id column first where
// the operation has one (Bulk API 2.0 guide: prepare CSV files).
type IngestWriter struct {
	to      io.Writer
	csv     *csv.Writer
	line    bytes.Buffer
	columns []string
	byID    bool
	record  []string
	rows    int
	bytes   int64
}

// NewIngestWriter checks the columns, without Id, and writes the header. Each line is one call of w's
// Write, so a file wants a buffer in between.
func NewIngestWriter(w io.Writer, op Operation, columns []string) (*IngestWriter, error) {
	const doing = "write rows for a Bulk job"
	if !op.known() {
		return nil, refuse(doing, "%s", op.unknown())
	}
	if err := checkColumns(doing, columns); err != nil {
		return nil, err
	}
	i := &IngestWriter{to: w, columns: columns, byID: op == OperationUpdate}
	i.csv = csv.NewWriter(&i.line)
	if i.byID {
		i.record = append(i.record, "Id")
	}
	i.record = append(i.record, columns...)
	return i, i.writeLine()
}

// Write adds a row. Of one that is refused, with ErrNotForBulk or ErrUploadFull, nothing is written, and
// the writer takes others; after an error of the underlying writer the upload is spoilt.
func (i *IngestWriter) Write(row Row) error {
	switch reason := row.check(i.columns, i.byID); {
	case reason != nil && reason.Code == CodeNotForBulk:
		return fmt.Errorf("row %d: %w: %s", i.rows+1, ErrNotForBulk, reason.Message)
	case reason != nil:
		return fmt.Errorf("row %d: %s", i.rows+1, reason.Message)
	}
	i.record = i.record[:0]
	if i.byID {
		i.record = append(i.record, row.ID)
	}
	for _, v := range row.Values {
		i.record = append(i.record, v.cell())
	}
	if err := i.writeLine(); err != nil {
		return err
	}
	i.rows++
	return nil
}

// Rows returns how many rows were written, without the header.
func (i *IngestWriter) Rows() int { return i.rows }

// Bytes returns how long the upload is so far.
func (i *IngestWriter) Bytes() int64 { return i.bytes }

func (i *IngestWriter) writeLine() error {
	i.line.Reset()
	_ = i.csv.Write(i.record) // neither the delimiter nor the buffer can fail
	i.csv.Flush()
	if i.bytes+int64(i.line.Len()) > MaxUploadBytes {
		return ErrUploadFull
	}
	n, err := i.to.Write(i.line.Bytes())
	i.bytes += int64(n)
	if err != nil {
		return fmt.Errorf("write row %d of the upload: %w", i.rows+1, err)
	}
	return nil
}
