package bulk

import (
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const (
	csvType  = "text/csv;charset=UTF-8"
	flushing = 64 << 10 // bytes gathered before they are sent
)

// resultFile is one of the three result files of a job.
type resultFile struct {
	header string // of the columns before the upload's own
	has    func(ingestRow) bool
	lead   func([]byte, byte, ingestRow) []byte
	cell   func([]byte, column, *schema.Field, string) []byte
}

func (a *API) successfulResults(c *web.Call) {
	a.answerResults(c, resultFile{
		header: `"sf__Id","sf__Created"`,
		has:    func(r ingestRow) bool { return r.status == rowSucceeded || r.status == rowCreated },
		lead: func(into []byte, comma byte, r ingestRow) []byte {
			created := `"false"`
			if r.status == rowCreated {
				created = `"true"`
			}
			into = value.AppendCSVText(into, r.id)
			return append(append(into, comma), created...)
		},
		cell: reprinted,
	})
}

func (a *API) failedResults(c *web.Call) {
	a.answerResults(c, resultFile{
		header: `"sf__Id","sf__Error"`,
		has:    func(r ingestRow) bool { return r.status == rowFailed },
		lead: func(into []byte, comma byte, r ingestRow) []byte {
			into = value.AppendCSVText(into, r.id)
			return value.AppendCSVText(append(into, comma), r.err.Bulk())
		},
		cell: asSent,
	})
}

func (a *API) unprocessedRecords(c *web.Call) {
	a.answerResults(c, resultFile{
		has: func(r ingestRow) bool { return r.status == rowUnprocessed },
		cell: func(into []byte, _ column, _ *schema.Field, text string) []byte {
			return value.AppendCSVText(into, text)
		},
	})
}

// answerResults sends a result file, its rows in an order of the org's own.
func (a *API) answerResults(c *web.Call, file resultFile) {
	j, ok := a.ingestOf(c)
	if !ok {
		return
	}
	if c.Version != j.version {
		c.Fail(http.StatusConflict, wrongVersion(j.version))
		return
	}
	results, ok := j.results()
	if !ok {
		c.Fail(http.StatusBadRequest, invalidState("Getting results of a Job that is not complete not allowed"))
		return
	}
	c.Out.Header().Set("Content-Type", csvType)
	c.Out.WriteHeader(http.StatusOK)
	shuffled := rand.New(rand.NewPCG(a.Pages.Seed, j.number)).Perm(len(results.rows)) //nolint:gosec // an order to be repeated, not a secret
	streamResults(c, results, file, shuffled)
}

// streamResults prints the header, which stands there without rows too, and the
// file's rows.
func streamResults(c *web.Call, results resultSet, file resultFile, order []int) {
	body := results.header(nil, file)
	for _, i := range order {
		row := results.rows[i]
		if !file.has(row) {
			continue
		}
		c.Entry.Rows++
		body = results.row(body, file, row)
		if len(body) >= flushing {
			if !c.Write(body) {
				return
			}
			body = body[:0]
		}
	}
	c.Write(body)
}

// resultSet is a finished job's rows, which no longer change.
type resultSet struct {
	object  *schema.Object
	dialect jobDialect
	reader  *bulkcsv.Reader
	columns []column
	rows    []ingestRow
}

// results returns the rows of a finished job. Those of a job that was aborted
// before it was begun are found now: they are its unprocessed records.
func (j *ingestJob) results() (resultSet, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != stateComplete && j.state != stateFailed && j.state != stateAborted {
		return resultSet{}, false
	}
	if j.columns == nil && j.upload != "" {
		// What can be read of a broken upload is all there is to return.
		_, names, rows, _ := scanUpload(j.upload, j.dialect) //nolint:dogsled // as said above
		j.columns, _ = j.resolve(names)
		j.rows = rows
	}
	return resultSet{
		object: j.object, dialect: j.dialect, columns: j.columns, rows: j.rows,
		reader: bulkcsv.Scanned(j.upload, j.dialect.forReader()),
	}, true
}

// header prints the header line. The upload's own names come back as they were
// sent.
func (s *resultSet) header(into []byte, file resultFile) []byte {
	comma := string(s.dialect.comma())
	var names []string
	if file.header != "" {
		names = append(names, strings.ReplaceAll(file.header, ",", comma))
	}
	for _, column := range s.columns {
		name := column.name
		if strings.ContainsAny(name, "\"\n"+comma) {
			name = string(value.AppendCSVText(nil, name))
		}
		names = append(names, name)
	}
	return append(into, strings.Join(names, comma)+s.dialect.newline()...)
}

func (s *resultSet) row(into []byte, file resultFile, row ingestRow) []byte {
	comma := s.dialect.comma()
	if file.lead != nil {
		into = append(file.lead(into, comma, row), comma)
	}
	cells, err := s.reader.At(row.offset).Next()
	if err != nil {
		cells = make([]string, len(s.columns)) // not reached: the scan has read the row
	}
	for i, column := range s.columns {
		if i > 0 {
			into = append(into, comma)
		}
		var f *schema.Field
		if column.field >= 0 {
			f = &s.object.Fields[column.field]
		}
		into = file.cell(into, column, f, cells[i])
	}
	return append(into, s.dialect.newline()...)
}

// asSent prints a cell of a failed row: as sent, if its header was spelt right.
func asSent(into []byte, c column, _ *schema.Field, text string) []byte {
	if !c.exact {
		text = ""
	}
	return value.AppendCSVText(into, text)
}

// reprinted prints a cell of a row that worked: what the typed value looks like
// when Salesforce writes it again.
func reprinted(into []byte, c column, f *schema.Field, text string) []byte {
	if !c.exact || text == "" || text == value.Null {
		return asSent(into, c, f, text)
	}
	return value.AppendReprinted(into, f, text)
}
