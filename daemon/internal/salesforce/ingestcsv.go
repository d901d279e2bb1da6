package salesforce

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
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

// UploadIngest sends the rows of an Open job, which takes exactly one upload: job is what
// CreateIngest or IngestJob returned. It is repeated only when nothing can have landed; after any
// other failure abort the job and start with a new one.
func (c *Client) UploadIngest(ctx context.Context, job IngestJob, batch Batch) error {
	op := fmt.Sprintf("upload %d %s rows to Bulk job %s", len(batch.Rows), batch.Object, job.ID)
	body, err := encodeUpload(op, job, batch)
	if err != nil {
		return err
	}
	target := job.ContentURL
	if target == "" {
		target = c.jobPath(jobsIngest, job.ID) + "/batches"
	}
	_, err = c.do(ctx, call{
		op: op, method: http.MethodPut, target: target,
		body: body, contentType: "text/csv; charset=UTF-8", once: true,
	})
	if err != nil {
		return err
	}
	c.meter.batches(len(batch.Rows))
	return nil
}

// encodeUpload writes the CSV: UTF-8 without BOM, LF, the Id column first where the operation has one.
func encodeUpload(op string, job IngestJob, batch Batch) ([]byte, error) {
	if err := checkUpload(op, job, batch); err != nil {
		return nil, err
	}
	byID := job.Operation == OperationUpdate
	var buf bytes.Buffer
	w := csv.NewWriter(&buf)
	record := make([]string, 0, len(batch.Columns)+1)
	if byID {
		record = append(record, "Id")
	}
	_ = w.Write(append(record, batch.Columns...))
	for i, row := range batch.Rows {
		if reason := row.check(batch.Columns, byID); reason != nil {
			return nil, refuse(op, "row %d: %s", i+1, reason.Message)
		}
		record = record[:0]
		if byID {
			record = append(record, row.ID)
		}
		for _, v := range row.Values {
			record = append(record, v.cell())
		}
		_ = w.Write(record)
		if buf.Len() > MaxUploadBytes {
			return nil, refuse(op, "the rows take more than %d bytes; use several jobs", MaxUploadBytes)
		}
	}
	w.Flush()
	if buf.Len() > MaxUploadBytes {
		return nil, refuse(op, "the rows take more than %d bytes; use several jobs", MaxUploadBytes)
	}
	return buf.Bytes(), nil
}

func checkUpload(op string, job IngestJob, batch Batch) error {
	switch {
	case job.ID == "" || job.Operation == "":
		return refuse(op, "the job is not one that CreateIngest or IngestJob returned")
	case !strings.EqualFold(job.Object, batch.Object):
		return refuse(op, "the job is for %s", job.Object)
	case job.State != JobOpen:
		return refuse(op, "the job is %s and takes rows only while Open", job.State)
	case len(batch.Rows) == 0:
		return refuse(op, "there are no rows")
	case job.Operation == OperationUpsert && !containsFold(batch.Columns, job.ExternalIDField):
		return refuse(op, "the external id field %s is not among the columns", job.ExternalIDField)
	}
	return checkColumns(op, batch.Columns)
}

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
// that isn't UTF-8, or one beyond Bulk's limits. UpdateCollection takes all but the second.
func (r Row) BulkError(columns []string) *RowError {
	chars := 0
	for i, v := range r.Values {
		cell := v.cell()
		n := utf8.RuneCountInString(cell)
		chars += n + len(`"",`)
		var reason string
		switch {
		case v.kind == kindText && strings.TrimSpace(cell) == nullCell:
			reason = "the text " + nullCell + " would empty the field"
		case !utf8.ValidString(cell):
			reason = "the text is not valid UTF-8"
		case n > maxCellChars:
			reason = fmt.Sprintf("the text has %d characters and may have %d", n, maxCellChars)
		default:
			continue
		}
		return &RowError{Code: CodeNotForBulk, Message: columns[i] + ": " + reason, Fields: []string{columns[i]}}
	}
	if chars > maxRowChars {
		return &RowError{Code: CodeNotForBulk, Message: fmt.Sprintf("the row has %d characters and may have %d", chars, maxRowChars)}
	}
	return nil
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
