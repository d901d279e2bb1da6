package bulk

import (
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
	for at := from; at < until; at++ {
		row := j.row(at)
		for i := range columns {
			if i > 0 {
				body = append(body, comma)
			}
			f, text := result.Value(row, i)
			body = value.AppendCSV(body, f, text)
		}
		body = append(body, newline...)
		if len(body) >= flushing {
			if !c.Write(body) {
				return
			}
			body = body[:0]
		}
	}
	c.Write(body)
}
