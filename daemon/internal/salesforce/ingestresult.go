package salesforce

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"slices"
	"strings"
)

// IngestStatus says in which result file a row stood.
type IngestStatus string

// One per result file.
const (
	IngestSucceeded   IngestStatus = "succeeded"
	IngestFailed      IngestStatus = "failed"
	IngestUnprocessed IngestStatus = "unprocessed"
)

// IngestResult is one row of an ingest job's result files.
type IngestResult struct {
	Status IngestStatus
	// ID is the record's id of 18 characters: sf__Id, or the row's own Id column where Salesforce
	// left sf__Id empty. It is empty for a row that was never created.
	ID      string
	Created bool
	// Error is set for failed rows.
	Error RowError
	// Columns are the uploaded headers that came back and Values their cells, aligned. Salesforce
	// prints numbers anew here (9.12260031E8) and leaves cells empty whose header was not spelt like
	// the API name: match rows by ID or by a text key.
	Columns []string
	Values  []string
}

// Value returns the cell of a column, ignoring the name's case.
func (r IngestResult) Value(column string) (string, bool) {
	i := slices.IndexFunc(r.Columns, func(name string) bool { return strings.EqualFold(name, column) })
	if i < 0 {
		return "", false
	}
	return r.Values[i], true
}

// resultFile is one of the three files of a finished job and the columns Salesforce puts before the
// uploaded ones.
type resultFile struct {
	status IngestStatus
	name   string
	own    []string
}

var resultFiles = []resultFile{
	{IngestSucceeded, "successfulResults", []string{"sf__Id", "sf__Created"}},
	{IngestFailed, "failedResults", []string{"sf__Id", "sf__Error"}},
	{IngestUnprocessed, "unprocessedrecords", nil},
}

// IngestResults yields what became of each row of a finished job, out of all three result files. Rows
// come in no particular order. Where the job's counters are defined the number of rows is checked
// against them at the end; whether it is the number that was sent is for the caller to check. The
// first error ends the sequence, which may then be read again from its start.
func (c *Client) IngestResults(ctx context.Context, id string) iter.Seq2[IngestResult, error] {
	op := "read the results of Bulk job " + id
	return func(yield func(IngestResult, error) bool) {
		err := c.ingestResults(ctx, op, id, func(r IngestResult) bool { return yield(r, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(IngestResult{}, err)
		}
	}
}

func (c *Client) ingestResults(ctx context.Context, op, id string, take func(IngestResult) bool) error {
	job, err := c.getJob(ctx, op, jobsIngest, id)
	if err != nil {
		return err
	}
	if !job.State.Finished() {
		return refuse(op, "the job is still %s", job.State)
	}
	rows := make(map[IngestStatus]int, len(resultFiles))
	for _, file := range resultFiles {
		d := c.download(op, c.jobPath(jobsIngest, id)+"/"+file.name)
		if err := file.read(ctx, d, take); err != nil {
			return err
		}
		rows[file.status] = d.rows
	}
	// Only a complete job's counters are defined: a failed one can count 0 with batches committed.
	processed := rows[IngestSucceeded] + rows[IngestFailed]
	if job.State == JobComplete && (processed != job.RecordsProcessed || rows[IngestFailed] != job.RecordsFailed) {
		return unexpected(op, "the result files hold %d rows, %d of them failed, but the job counts %d and %d",
			processed, rows[IngestFailed], job.RecordsProcessed, job.RecordsFailed)
	}
	return nil
}

func (f resultFile) read(ctx context.Context, d *download, take func(IngestResult) bool) error {
	var columns []string
	var failure error
	err := d.each(ctx, func(row []string) bool {
		if columns == nil {
			if columns, failure = f.uploaded(d); failure != nil {
				return false
			}
		}
		var result IngestResult
		if result, failure = f.result(d.call.op, columns, slices.Clone(row)); failure != nil {
			return false
		}
		return take(result)
	})
	if failure != nil {
		return failure
	}
	return err
}

// uploaded returns the header without Salesforce's own columns, which must be the ones expected.
func (f resultFile) uploaded(d *download) ([]string, error) {
	n := len(f.own)
	if len(d.columns) < n || !slices.Equal(d.columns[:n], f.own) {
		return nil, unexpected(d.call.op, "the file %s begins with the columns %q", f.name, d.columns[:min(n, len(d.columns))])
	}
	return d.columns[n:], nil
}

func (f resultFile) result(op string, columns, row []string) (IngestResult, error) {
	r := IngestResult{Status: f.status, Columns: columns, Values: row[len(f.own):]}
	switch f.status {
	case IngestSucceeded:
		r.ID, r.Created = row[0], row[1] == "true"
	case IngestFailed:
		r.ID, r.Error = row[0], parseRowError(row[1])
	case IngestUnprocessed:
	}
	if r.ID == "" {
		r.ID, _ = r.Value("Id")
	}
	if r.ID == "" {
		if f.status == IngestSucceeded {
			return r, unexpected(op, "a row that succeeded has no record id")
		}
		return r, nil
	}
	if full, err := ID18(r.ID); err == nil {
		r.ID = full
	} else if f.status == IngestSucceeded {
		return r, unexpected(op, "%s", err)
	}
	return r, nil
}

// fieldList is what may follow the last colon of an sf__Error: field names, or nothing.
var fieldList = regexp.MustCompile(`^[\w., ]*$`)

// parseRowError takes "CODE:message:fields --" apart. The message may hold colons, commas and line
// breaks, so the code ends at the first colon and the fields begin after the last (Bulk API 2.0
// guide: get failed record results). A text of another form is kept whole as the message.
func parseRowError(text string) RowError {
	body, marked := strings.CutSuffix(strings.TrimSpace(text), "--")
	body = strings.TrimRight(body, " ")
	code, rest, ok := strings.Cut(body, ":")
	if !ok || !statusCode.MatchString(code) {
		return RowError{Message: strings.TrimSpace(text)}
	}
	e := RowError{Code: code, Message: rest}
	if at := strings.LastIndexByte(rest, ':'); marked && at >= 0 && fieldList.MatchString(rest[at+1:]) {
		e.Message = rest[:at]
		e.Fields = strings.FieldsFunc(rest[at+1:], func(r rune) bool { return r == ',' || r == ' ' })
	}
	return e
}

var statusCode = regexp.MustCompile(`^[A-Z][A-Za-z0-9_]*$`)
