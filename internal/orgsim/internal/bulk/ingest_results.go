package bulk

import (
	"net/http"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// resultFile is one of the three result files of a job.
type resultFile struct {
	header []string // of the columns before the upload's own
	has    func(*ingestRow) bool
	lead   func(into []byte, comma byte, s *resultSet, r *ingestRow) []byte
	cell   func(into []byte, c *column, f *schema.Field, text string) []byte
}

func (a *API) successfulResults(c *web.Call) {
	a.answerResults(c, resultFile{
		header: []string{`"sf__Id"`, `"sf__Created"`},
		has:    func(r *ingestRow) bool { return r.status == rowSucceeded || r.status == rowCreated },
		lead: func(into []byte, comma byte, _ *resultSet, r *ingestRow) []byte {
			created := `"false"`
			if r.status == rowCreated {
				created = `"true"`
			}
			return append(append(r.appendID(into), comma), created...)
		},
		cell: reprinted,
	})
}

func (a *API) failedResults(c *web.Call) {
	a.answerResults(c, resultFile{
		header: []string{`"sf__Id"`, `"sf__Error"`},
		has:    func(r *ingestRow) bool { return r.status == rowFailed },
		lead: func(into []byte, comma byte, s *resultSet, r *ingestRow) []byte {
			return value.AppendCSVText(append(r.appendID(into), comma), s.failures[r.failure])
		},
		cell: asSent,
	})
}

func (a *API) unprocessedRecords(c *web.Call) {
	a.answerResults(c, resultFile{
		has: func(r *ingestRow) bool { return r.status == rowUnprocessed },
		cell: func(into []byte, _ *column, _ *schema.Field, text string) []byte {
			return value.AppendCSVText(into, text)
		},
	})
}

// answerResults sends a result file, its rows in an order of the org's own.
func (a *API) answerResults(c *web.Call, file resultFile) {
	j, ok := ownJob(c, &a.jobs.ingest)
	if !ok {
		return
	}
	if c.Version != j.version {
		c.Fail(http.StatusConflict, wrongVersion(j.version))
		return
	}
	results, ok := a.results(j)
	if !ok {
		c.Fail(http.StatusBadRequest, invalidState("Getting results of a Job that is not complete not allowed"))
		return
	}
	c.Out.Header().Set("Content-Type", csvType)
	c.Out.WriteHeader(http.StatusOK)
	results.stream(c, file, shuffled(len(results.rows), a.Pages.Seed, j.number))
}

// resultSet is a finished job's rows, which no longer change.
type resultSet struct {
	ingestTable

	object  *schema.Object
	dialect jobDialect
	reader  *bulkcsv.Reader
}

// results returns the rows of a finished job. Those of a job that was aborted
// before it was begun are found now: they are its unprocessed records.
func (a *API) results(j *ingestJob) (*resultSet, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.finished() {
		return nil, false
	}
	if j.table.columns == nil && j.upload != "" {
		// What can be read of a broken upload is all there is to return.
		names, rows, _ := scanUpload(j.upload, j.dialect)
		j.table.columns, _ = j.resolve(a.DB.View(j.createdBy), names)
		j.table.rows = rows
	}
	return &resultSet{
		ingestTable: j.table, object: j.object, dialect: j.dialect,
		reader: bulkcsv.Scanned(j.upload, j.dialect.forReader()),
	}, true
}

// stream sends the header, which stands there without rows too, and the file's
// rows.
func (s *resultSet) stream(c *web.Call, file resultFile, order []uint32) {
	rows := func(yield func(*ingestRow) bool) {
		for _, i := range order {
			row := &s.rows[i]
			if !file.has(row) {
				continue
			}
			c.Entry.Rows++
			if !yield(row) {
				return
			}
		}
	}
	sendLines(c,
		func(into []byte) []byte { return s.header(into, file) },
		rows,
		func(into []byte, row *ingestRow) []byte { return s.row(into, file, row) })
}

// header prints the header line. The upload's own names come back as they were
// sent.
func (s *resultSet) header(into []byte, file resultFile) []byte {
	comma := string(s.dialect.comma())
	names := slices.Clone(file.header)
	for _, column := range s.columns {
		name := column.name
		if strings.ContainsAny(name, "\"\r\n"+comma) {
			name = string(value.AppendCSVText(nil, name))
		}
		names = append(names, name)
	}
	return append(into, strings.Join(names, comma)+s.dialect.newline()...)
}

func (s *resultSet) row(into []byte, file resultFile, row *ingestRow) []byte {
	comma := s.dialect.comma()
	if file.lead != nil {
		into = append(file.lead(into, comma, s, row), comma)
	}
	s.reader.Seek(int(row.offset))
	cells, err := s.reader.Next()
	if err != nil {
		cells = make([]string, len(s.columns)) // not reached: the scan has read the row
	}
	for i := range s.columns {
		if i > 0 {
			into = append(into, comma)
		}
		into = file.cell(into, &s.columns[i], s.columns[i].printed(s.object), cells[i])
	}
	return append(into, s.dialect.newline()...)
}

// asSent prints a cell of a failed row: as sent, if its header was spelt right.
func asSent(into []byte, c *column, _ *schema.Field, text string) []byte {
	if !c.exact {
		text = ""
	}
	return value.AppendCSVText(into, text)
}

// reprinted prints a cell of a row that worked: what the typed value looks like
// when Salesforce writes it again.
func reprinted(into []byte, c *column, f *schema.Field, text string) []byte {
	if !c.exact || text == "" || text == value.Null {
		return asSent(into, c, f, text)
	}
	return value.AppendReprinted(into, f, text)
}
