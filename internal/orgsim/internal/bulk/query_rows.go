package bulk

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// streamRows prints header and rows, all values quoted.
func streamRows(c *web.Call, j *queryJob, from, until int) {
	comma, newline := j.dialect.comma(), j.dialect.newline()
	body := make([]byte, 0, flushing+flushing/4)
	result := j.result
	columns := result.Columns()
	for i := range columns {
		if i > 0 {
			body = append(body, comma)
		}
		body = value.AppendCSVText(body, columns[i].Name)
	}
	body = append(body, newline...)
	for row := range j.rows(from, until) {
		body = append(appendRow(body, result, row, comma), newline...)
		if len(body) >= flushing {
			if !c.Write(body) {
				return
			}
			body = body[:0]
		}
	}
	c.Write(body)
}

// appendRow prints the columns of a row, without a newline.
func appendRow(into []byte, result *store.Result, row int, comma byte) []byte {
	for i := range result.Columns() {
		if i > 0 {
			into = append(into, comma)
		}
		f, text := result.Value(row, i)
		into = value.AppendCSV(into, f, text)
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
	var line []byte
	bytes, printed := 0, 0
	for row := 0; row < rows; row += step {
		line = appendRow(line[:0], result, row, ',')
		bytes += len(line) + 1
		printed++
	}
	return int64(bytes) * int64(rows) / int64(max(printed, 1))
}
