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
	// the API name: match rows by ID or, where the job creates records, by a text column.
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

// IngestResultsOf yields what became of each of the sent rows of a finished job, as WaitIngest or
// IngestJob returned it. It downloads only the files that can have rows: one where all rows had the same
// fate, two for a complete job, and all three where the counters don't add up or, as those of a job that
// is Failed or Aborted, may lie. Each download is an API call.
//
// Rows come in no particular order, and each is checked to be there: where the files hold another number
// of rows than were sent, the sequence ends with CodeUnexpectedAnswer. The first error ends the sequence,
// which may then be read again from its start; Salesforce may still have been writing the files.
func (c *Client) IngestResultsOf(ctx context.Context, job IngestJob, sent int) iter.Seq2[IngestResult, error] {
	return func(yield func(IngestResult, error) bool) {
		r := newResultReader(c, job.ID, yield)
		if err := r.readSent(ctx, job, sent); err != nil && !errors.Is(err, errStopped) {
			yield(IngestResult{}, err)
		}
	}
}

func (r *resultReader) readSent(ctx context.Context, job IngestJob, sent int) error {
	if !job.State.Finished() || sent <= 0 {
		return refuse(r.op, "the job is %s, and %d rows were sent", job.State, sent)
	}
	if err := r.read(ctx, job.filesToRead(sent)); err != nil {
		return err
	}
	if r.total() != sent {
		// The counters promised what the files don't hold, so the other files may.
		if err := r.read(ctx, resultFiles); err != nil {
			return err
		}
	}
	if r.total() != sent {
		return unexpected(r.op, "the result files hold %d rows of the %d that were sent", r.total(), sent)
	}
	return nil
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
