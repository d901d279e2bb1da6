package salesforce

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// resultPageRows is how many rows a result page is asked to have at most; Salesforce may give fewer.
	// Each page costs an API call, and a broken one is downloaded again from its start.
	resultPageRows = 250_000

	// cleanupPatience bounds what is done for a job after its reader is gone.
	cleanupPatience = 10 * time.Second
)

// BulkQueryRows runs soql as a Bulk API 2.0 query job and streams its rows, in the same form as Query
// does. It waits until the job is complete, follows the pages, checks their numbers of records, and
// deletes the job when done; when the reader stops or ctx ends the job is aborted and deleted. A page
// whose download breaks off continues without repeating a row. onJob, which may be nil, gets the job's
// id as soon as there is one.
//
// A yielded slice is used again for the next row. Its texts may be kept; those of one row share memory,
// so a program that keeps one of many clones it.
//
// The first error ends the sequence. That the rows add up is known only after the last one, so a
// reader that acts before the end must be able to take back.
func (c *Client) BulkQueryRows(ctx context.Context, soql string, columns []string, onJob func(id string)) iter.Seq2[[]string, error] {
	const op = "run a Bulk query"
	return func(yield func([]string, error) bool) {
		err := c.bulkQuery(ctx, op, soql, columns, onJob, func(row []string) bool { return yield(row, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// BulkQuery is BulkQueryRows with slices that may be kept.
func (c *Client) BulkQuery(ctx context.Context, soql string, columns []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for row, err := range c.BulkQueryRows(ctx, soql, columns, nil) {
			if !yield(slices.Clone(row), err) {
				return
			}
		}
	}
}

func (c *Client) bulkQuery(ctx context.Context, op, soql string, columns []string, onJob func(string), take func([]string) bool) error {
	job, err := c.createJob(ctx, op, jobsQuery, map[string]string{"operation": "query", "query": soql})
	if err != nil {
		return err
	}
	if onJob != nil {
		onJob(job.ID)
	}
	finished := false
	defer func() { c.removeQuery(ctx, op, job.ID, finished) }()

	done, err := c.awaitJob(ctx, op, jobsQuery, job.ID, nil)
	if err != nil {
		return err
	}
	finished = true
	if err := jobError(op, done); err != nil {
		return err
	}
	rows, err := c.resultPages(ctx, op, job.ID, columns, take)
	if err != nil {
		return err
	}
	if rows != done.RecordsProcessed {
		return unexpected(op, "%d rows came of the %d that job %s processed", rows, done.RecordsProcessed, done.ID)
	}
	return nil
}

// resultPages follows the locators from page to page and returns the number of rows.
func (c *Client) resultPages(ctx context.Context, op, id string, columns []string, take func([]string) bool) (int, error) {
	total, locator := 0, ""
	for {
		query := url.Values{"maxRecords": {strconv.Itoa(resultPageRows)}}
		if locator != "" {
			query.Set("locator", locator)
		}
		page := c.download(op, c.jobPath(jobsQuery, id)+"/results?"+query.Encode())
		if err := page.eachAligned(ctx, columns, take); err != nil {
			return total, err
		}
		total += page.rows
		next := page.header.Get("Sforce-Locator")
		// The end is the text null, not a missing header (Bulk API 2.0 guide: get results for a query job).
		if next == "" || next == "null" {
			return total, nil
		}
		if next == locator {
			return total, unexpected(op, "job %s names the page after %q as the next one again", id, locator)
		}
		locator = next
	}
}

// eachAligned hands on each row with its cells in the order of columns.
func (d *download) eachAligned(ctx context.Context, columns []string, take func([]string) bool) error {
	var positions []int
	var failure error
	aligned := make([]string, len(columns))
	err := d.each(ctx, func(row []string) bool {
		if positions == nil {
			if positions, failure = align(d.call.op, d.columns, columns); failure != nil {
				return false
			}
		}
		for i, at := range positions {
			aligned[i] = row[at]
		}
		return take(aligned)
	})
	if failure != nil {
		return failure
	}
	return err
}

// align finds where each column stands in a header. SOQL ignores case and the header has the API's
// spelling.
func align(op string, header, columns []string) ([]int, error) {
	positions := make([]int, len(columns))
	for i, column := range columns {
		at := slices.IndexFunc(header, func(name string) bool { return strings.EqualFold(name, column) })
		if at < 0 {
			return nil, unexpected(op, "the result has no column %s; it has %s", column, strings.Join(header, ", "))
		}
		positions[i] = at
	}
	return positions, nil
}

// removeQuery deletes a query job, after aborting one that still runs, whether or not ctx has ended.
// What can't be removed costs storage for 7 days and nothing else, so failing is worth a debug line.
func (c *Client) removeQuery(ctx context.Context, op, id string, finished bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupPatience)
	defer cancel()
	var err error
	if !finished {
		err = c.moveJob(ctx, op, jobsQuery, id, JobAborted, JobState.Finished)
	}
	if err == nil {
		err = c.deleteJob(ctx, op, jobsQuery, id)
	}
	if err != nil {
		c.org.log.Debug("query job left behind", "job", id, "error", err)
	}
}
