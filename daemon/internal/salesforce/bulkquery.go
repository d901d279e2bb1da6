package salesforce

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// resultPageRows is how many rows a result page is asked to have at most; Salesforce may give fewer.
	// Each page costs an API call, and a broken one is downloaded again from its start.
	resultPageRows = 250_000

	// cleanupPatience bounds what is done for a job after its reader is gone.
	cleanupPatience = 10 * time.Second
)

const opQuery = "run a Bulk query"

// QueryJob is a Bulk API 2.0 query job that its owner reads, and removes whatever came of it.
type QueryJob struct {
	client *Client
	id     string
	asked  time.Time // before the job was there
	// finished is set once Salesforce said that the job changes no more, removed by the first Remove.
	finished, removed atomic.Bool
}

// CreateQueryJob makes a job that runs soql. It costs one call, and what the job is refused for at once, such as an object
// that the Bulk API does not offer, is an error of this call.
func (c *Client) CreateQueryJob(ctx context.Context, soql string) (*QueryJob, error) {
	asked := time.Now()
	job, err := c.createJob(ctx, opQuery, jobsQuery, map[string]string{"operation": "query", "query": soql})
	if err != nil {
		return nil, err
	}
	return &QueryJob{client: c, id: job.ID, asked: asked}, nil
}

// LeftQueryJob returns a job that somebody else has made, to be removed.
func (c *Client) LeftQueryJob(id string) *QueryJob { return &QueryJob{client: c, id: id} }

// ID returns the job's id, as Salesforce gave it.
func (j *QueryJob) ID() string { return j.id }

// Batches waits until the job is complete and streams its rows, in the same form as Query does, many at a time. It follows
// the pages and checks their numbers of records. A page whose download breaks off continues without repeating a row.
//
// The first error ends the sequence. That the rows add up is known only after the last one, so a
// reader that acts before the end must be able to take back.
func (j *QueryJob) Batches(ctx context.Context, columns []string) iter.Seq2[*RecordBatch, error] {
	return func(yield func(*RecordBatch, error) bool) {
		err := j.read(ctx, columns, func(batch *RecordBatch) bool { return yield(batch, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

func (j *QueryJob) read(ctx context.Context, columns []string, take func(*RecordBatch) bool) error {
	done, err := j.client.awaitJob(ctx, opQuery, jobsQuery, j.id, 0, j.asked, nil)
	if err != nil {
		return err
	}
	j.finished.Store(true)
	if err := jobError(opQuery, done); err != nil {
		return err
	}
	rows, err := j.client.resultPages(ctx, opQuery, j.id, columns, take)
	if err != nil {
		return err
	}
	if rows != done.RecordsProcessed {
		return unexpected(opQuery, "%d rows came of the %d that job %s processed", rows, done.RecordsProcessed, done.ID)
	}
	return nil
}

// Remove deletes the job with its results, after aborting one that may still run, whether or not ctx has ended. The owner
// calls it when nobody reads the job any more; further calls do nothing. What can't be removed costs storage for 7 days
// and nothing else, so failing is worth a debug line.
func (j *QueryJob) Remove(ctx context.Context) {
	if j.removed.Swap(true) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupPatience)
	defer cancel()
	var err error
	if !j.finished.Load() {
		err = j.client.moveJob(ctx, opQuery, jobsQuery, j.id, JobAborted, JobState.Finished)
	}
	if err == nil {
		err = j.client.deleteJob(ctx, opQuery, jobsQuery, j.id)
	}
	if err != nil {
		j.client.org.log.Debug("query job left behind", "job", j.id, "error", err)
	}
}

// resultPages follows the locators from page to page and returns the number of rows.
func (c *Client) resultPages(ctx context.Context, op, id string, columns []string, take func(*RecordBatch) bool) (int, error) {
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

// eachAligned hands on all rows with their cells in the order of columns.
func (d *download) eachAligned(ctx context.Context, columns []string, take func(*RecordBatch) bool) error {
	var order []int
	var failure error
	err := d.batches(ctx, func(batch *RecordBatch) bool {
		if order == nil {
			if order, failure = align(d.call.op, d.columns, columns); failure != nil {
				return false
			}
		}
		batch.order = order
		return take(batch)
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
