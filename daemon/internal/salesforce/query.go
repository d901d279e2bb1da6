package salesforce

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// queryPage is one page of a query's answer (REST API guide: query).
type queryPage struct {
	TotalSize      int      `json:"totalSize"`
	Done           bool     `json:"done"`
	NextRecordsURL string   `json:"nextRecordsUrl"`
	Records        []record `json:"records"`
}

// Query runs soql over REST and yields its rows as text, aligned with columns: the selected fields'
// names, dotted for parents ("Account.Name"). A yielded row may be kept. The first error ends the
// sequence; a page that fails half-way is fetched anew, so no row comes twice.
//
// The query travels in the URL: QueryLength(soql) must not exceed MaxQueryLength.
func (c *Client) Query(ctx context.Context, soql string, columns []string) iter.Seq2[[]string, error] {
	const op = "query the org"
	return func(yield func([]string, error) bool) {
		read := newRecordReader(columns)
		rows, target, query := 0, c.org.data("query"), url.Values{"q": {soql}}
		for {
			page, err := c.queryPage(ctx, op, soql, target, query)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, rec := range page.Records {
				row, err := read.row(rec)
				if err != nil {
					yield(nil, unexpected(op, "%s", err))
					return
				}
				rows++
				if !yield(row, nil) {
					return
				}
			}
			if page.Done {
				if rows != page.TotalSize {
					yield(nil, unexpected(op, "%d rows came of the %d that were announced", rows, page.TotalSize))
				}
				return
			}
			if page.NextRecordsURL == "" {
				yield(nil, unexpected(op, "the answer is not done and names no next page"))
				return
			}
			target, query = page.NextRecordsURL, nil
		}
	}
}

// Count returns how many rows soql finds; it must be of the form SELECT COUNT() FROM.
func (c *Client) Count(ctx context.Context, soql string) (int, error) {
	page, err := c.queryPage(ctx, "count records", soql, c.org.data("query"), url.Values{"q": {soql}})
	if err != nil {
		return 0, err
	}
	return page.TotalSize, nil
}

func (c *Client) queryPage(ctx context.Context, op, soql, target string, query url.Values) (queryPage, error) {
	if n := QueryLength(soql); n > MaxQueryLength {
		return queryPage{}, refuse(op, "the query takes %d bytes in a URL and may take %d; ask for fewer keys at a time or use a Bulk query", n, MaxQueryLength)
	}
	answer, err := c.do(ctx, call{op: op, method: http.MethodGet, target: target, query: query})
	if err != nil {
		return queryPage{}, err
	}
	var page queryPage
	if err := decode(op, answer, &page); err != nil {
		return queryPage{}, err
	}
	return page, nil
}
