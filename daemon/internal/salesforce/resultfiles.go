package salesforce

import (
	"context"
	"slices"
	"strings"
)

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

// filesToRead tells which files of a finished job can have rows, of sent ones in all. Only the counters of
// a complete job are defined, and only where they add up: a failed one can count 0 with batches committed.
func (j IngestJob) filesToRead(sent int) []resultFile {
	defined := j.State == JobComplete && j.Processed == sent && j.Failed >= 0 && j.Failed <= sent
	switch {
	case !defined:
		return resultFiles
	case j.Failed == 0:
		return resultFiles[:1]
	case j.Failed == sent:
		return resultFiles[1:2]
	}
	return resultFiles[:2]
}

// resultReader goes through a job's files and counts their rows.
type resultReader struct {
	client *Client
	op     string
	id     string
	take   func(IngestResult) bool
	rows   map[IngestStatus]int
}

func newResultReader(c *Client, id string, yield func(IngestResult, error) bool) *resultReader {
	return &resultReader{
		client: c, op: "read the results of Bulk job " + id, id: id, rows: make(map[IngestStatus]int, len(resultFiles)),
		take: func(result IngestResult) bool { return yield(result, nil) },
	}
}

// read reads those of the files that weren't read before.
func (r *resultReader) read(ctx context.Context, files []resultFile) error {
	for _, file := range files {
		if _, done := r.rows[file.status]; done {
			continue
		}
		d := r.client.download(r.op, r.client.jobPath(jobsIngest, r.id)+"/"+file.name)
		if err := file.read(ctx, d, r.take); err != nil {
			return err
		}
		r.rows[file.status] = d.rows
	}
	return nil
}

func (r *resultReader) total() int {
	return r.rows[IngestSucceeded] + r.rows[IngestFailed] + r.rows[IngestUnprocessed]
}

func (f resultFile) read(ctx context.Context, d *download, take func(IngestResult) bool) error {
	var columns []string
	var kept rowKeeper
	var failure error
	err := d.each(ctx, func(row []string) bool {
		if columns == nil {
			if columns, failure = f.uploaded(d); failure != nil {
				return false
			}
		}
		var result IngestResult
		if result, failure = f.result(d.call.op, columns, kept.keep(row)); failure != nil {
			return false
		}
		return take(result)
	})
	if failure != nil {
		return failure
	}
	return err
}

// rowKeeper copies rows, many into one piece of memory.
type rowKeeper struct{ free []string }

func (k *rowKeeper) keep(row []string) []string {
	const cells = 1024
	n := len(row)
	if len(k.free) < n {
		k.free = make([]string, max(cells, n))
	}
	own := k.free[:n:n]
	k.free = k.free[n:]
	copy(own, row)
	return own
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
		// Errors are kept for long, and are not to keep the rows around them.
		r.ID, r.Error = row[0], parseRowError(strings.Clone(row[1]))
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
