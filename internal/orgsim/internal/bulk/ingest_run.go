package bulk

import (
	"errors"
	"io"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// How Salesforce cuts a job up (Bulk API 2.0 guide: how requests are processed).
const (
	internalBatch = 10_000
	chunkRows     = 200 // a transaction
)

// What became of an ingest row.
const (
	rowUnprocessed = iota
	rowSucceeded
	rowCreated
	rowFailed
)

// ingestRow is one row of an upload: where it stands and what became of it.
type ingestRow struct {
	offset int
	status int
	id     string
	err    *sferr.Error
}

// column is one header of an upload.
type column struct {
	name  string
	field int
	exact bool // spelt as the API name is: only then do results show its values
}

// process carries a closed job out.
func (a *API) process(j *ingestJob) {
	rules := a.Faults.Job(j.path, j.object.Name)
	if !j.begin(a.Now()) {
		return
	}
	started := time.Now()
	reader, failure, ok := j.prepare()
	if !ok {
		return
	}
	if failure == "" {
		failure = a.spendBatches(len(j.rows))
	}
	if failure == "" {
		if failure, ok = a.writeRows(j, reader, rules, started); !ok {
			return
		}
	}
	a.conclude(j, failure, started)
}

// conclude sets the final state of a job that was not aborted meanwhile.
func (a *API) conclude(j *ingestJob, failure string, started time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.took = time.Since(started)
	if j.state != stateInProgress {
		return
	}
	if failure != "" {
		j.failure = failure
		j.move(stateFailed, a.Now())
		return
	}
	j.move(stateComplete, a.Now())
}

func (j *ingestJob) begin(at time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateUploaded {
		return false
	}
	j.move(stateInProgress, at)
	return true
}

// prepare reads header and rows once, so that a file that cannot be read fails
// before anything is written. It returns why the job fails, or ""; ok is false
// where the job was aborted meanwhile.
func (j *ingestJob) prepare() (reader *bulkcsv.Reader, refusal string, ok bool) {
	reader, columns, rows, err := scanUpload(j.upload, j.dialect)
	resolved, refusal := j.resolve(columns)
	if refusal == "" && err != nil {
		refusal = err.Error()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return nil, "", false
	}
	j.columns, j.rows = resolved, rows
	return reader, refusal, true
}

// scanUpload finds the header and the start of every row. With an error it
// returns what comes before it.
func scanUpload(upload string, d jobDialect) (*bulkcsv.Reader, []string, []ingestRow, error) {
	reader, err := bulkcsv.NewReader(upload, d.forReader())
	if err != nil {
		return nil, nil, nil, err //nolint:wrapcheck // its text is the job's errorMessage
	}
	header, err := reader.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil, nil, &bulkcsv.Error{Message: "InvalidBatch : Failed to parse CSV. Due to, there is no header row"}
	}
	if err != nil {
		return nil, nil, nil, err //nolint:wrapcheck // as above
	}
	columns := append([]string(nil), header...)
	var rows []ingestRow
	for {
		offset := reader.Offset()
		fields, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return reader, columns, rows, nil
		}
		if err == nil && len(fields) != len(columns) {
			err = bulkcsv.RaggedRow(len(rows)+2, len(fields), len(columns))
		}
		if err != nil {
			return reader, columns, rows, err //nolint:wrapcheck // as above
		}
		rows = append(rows, ingestRow{offset: offset})
	}
}

// resolve turns headers into fields. A name of no field fails the job, be it
// unknown, hidden, or the first one behind a byte order mark.
func (j *ingestJob) resolve(names []string) ([]column, string) {
	var columns []column
	refusal := ""
	refuse := func(text string) {
		if refusal == "" {
			refusal = text
		}
	}
	seen := map[int]bool{}
	for _, name := range names {
		field, ok := j.object.Field(name)
		switch {
		case !ok:
			refuse("InvalidBatch : Field name not found : " + name)
			field = -1
		case seen[field]:
			refuse("InvalidBatch : Duplicate field name : " + name)
		}
		seen[field] = true
		columns = append(columns, column{name: name, field: field, exact: ok && j.object.Fields[field].Name == name})
	}
	if j.op == store.Upsert && !seen[j.key] && names != nil {
		refuse("InvalidBatch : Field name not found : " + j.externalID)
	}
	return columns, refusal
}

// spendBatches counts the job's internal batches.
func (a *API) spendBatches(rows int) string {
	batches := (rows + internalBatch - 1) / internalBatch
	if !a.Quota.SpendBatches(batches) {
		return "ExceededQuota : ApiBatchItems Limit exceeded."
	}
	a.Journal.AddBatches(batches)
	return ""
}

// writeRows writes chunk by chunk until the end or a fault, and returns why the
// job fails, or "". ok is false where job or org were ended meanwhile.
func (a *API) writeRows(j *ingestJob, reader *bulkcsv.Reader, rules []*fault.Rule, started time.Time) (failure string, ok bool) {
	actor := store.Actor{UserID: j.createdBy, By: "bulk:" + j.id, Locked: a.Faults.Locked}
	next := 0
	for next < len(j.rows) {
		if a.Running.Err() != nil {
			return "", false
		}
		until := min(len(j.rows), next+chunkRows)
		rule, at := nextRule(rules, next, until)
		if rule != nil {
			until = at
		}
		if until > next {
			mutations := make([]store.Mutation, 0, until-next)
			for i := next; i < until; i++ {
				mutations = append(mutations, j.mutation(reader, i))
			}
			if !j.settle(next, started, func() []store.Outcome { return a.DB.Apply(actor, false, mutations) }) {
				return "", false
			}
		}
		next = until
		if rule == nil {
			continue
		}
		rules = rules[1:]
		if failure, ok := a.strikeJob(j, rule); !ok || failure != "" {
			return failure, ok
		}
	}
	return "", true
}

// nextRule is the first rule, if it strikes before the given row is done.
func nextRule(rules []*fault.Rule, next, until int) (*fault.Rule, int) {
	if len(rules) == 0 || rules[0].Rows > until {
		return nil, 0
	}
	return rules[0], max(next, rules[0].Rows)
}

// strikeJob fails or holds a job; ok is false where the job was ended while it
// was held.
func (a *API) strikeJob(j *ingestJob, rule *fault.Rule) (failure string, ok bool) {
	if rule.Action == fault.FailJob {
		if rule.Message != "" {
			return rule.Message, true
		}
		return "Timeout : Too many attempts to process the batch (20)", true
	}
	select {
	case <-rule.Released():
		return "", true
	case <-j.ended:
	case <-a.Running.Done():
	}
	return "", false
}

// settle writes a chunk and notes its outcomes, unless the job was ended: rows
// are written before the counters show them, never the other way round.
func (j *ingestJob) settle(from int, started time.Time, apply func() []store.Outcome) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateInProgress {
		return false
	}
	for i, outcome := range apply() {
		row := &j.rows[from+i]
		row.id, row.err = outcome.ID, outcome.Err
		switch {
		case outcome.Err != nil:
			row.status = rowFailed
			j.failed++
		case outcome.Created:
			row.status = rowCreated
		default:
			row.status = rowSucceeded
		}
		j.processed++
	}
	j.active = time.Since(started)
	return true
}

// mutation reads one row. An empty cell leaves its field alone, #N/A empties it.
func (j *ingestJob) mutation(reader *bulkcsv.Reader, row int) store.Mutation {
	m := store.Mutation{Op: j.op, Object: j.object, Key: j.key}
	cells, err := reader.At(j.rows[row].offset).Next()
	if err != nil {
		m.Refused = sferr.New("UNKNOWN_EXCEPTION", "%s", err.Error()) // not reached: the scan has read the row
		return m
	}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		f := &j.object.Fields[j.columns[i].field]
		text, refused := cellValue(f, cell, i)
		switch {
		case refused != nil:
			m.Refused = refused
			return m
		case f.Type != schema.ID:
			m.Cells = append(m.Cells, store.Cell{Field: j.columns[i].field, Text: text})
		case j.op == store.Insert || j.op == store.Upsert && j.object.Fields[j.key].Type != schema.ID:
			m.Refused = sferr.On([]string{"Id"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call")
			return m
		default:
			m.ID = text
		}
	}
	return m
}

func cellValue(f *schema.Field, cell string, column int) (string, *sferr.Error) {
	if cell == value.Null {
		return "", value.Clearable(f)
	}
	return value.FromCSV(f, cell, column)
}
