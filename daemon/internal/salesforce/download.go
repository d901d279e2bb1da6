package salesforce

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"slices"
)

// download streams one CSV resource of a Bulk job, however large. When it breaks off it is requested
// anew and continues after the last row handed on. Salesforce stores these files, so a second
// download is the same as the first; a digest of the rows handed on proves it each time.
type download struct {
	client *Client
	call   call

	// header and columns are the answer's, rows how many rows were handed on; all are complete once
	// each has returned without error.
	header  http.Header
	columns []string
	rows    int

	seed   maphash.Seed
	digest uint64
}

func (c *Client) download(op, target string) *download {
	return &download{
		client: c,
		call:   call{op: op, method: http.MethodGet, target: target, stream: true, accept: "text/csv"},
		seed:   maphash.MakeSeed(),
	}
}

// errStopped is how a pass ends when the reader wants no more rows.
var errStopped = errors.New("the reader has stopped")

// each hands every row to take, until that returns false. The slice is used again for the next row; its texts share
// memory with those of other rows.
func (d *download) each(ctx context.Context, take func(row []string) bool) error {
	var row []string
	return d.batches(ctx, func(batch *RecordBatch) bool {
		for i := range batch.Len() {
			if row = batch.Row(i, row); !take(row) {
				return false
			}
		}
		return true
	})
}

// batches hands all rows to take, until that returns false.
func (d *download) batches(ctx context.Context, take func(*RecordBatch) bool) error {
	for attempt := 1; ; attempt++ {
		before := d.rows
		err := d.pass(ctx, take)
		broken, ok := errors.AsType[*brokenDownloadError](err)
		if !ok {
			return err
		}
		if d.rows > before {
			attempt = 1
		}
		if attempt >= attemptsFew {
			return broken.cause
		}
		if err := pause(ctx, paceUsual.delay(attempt)); err != nil {
			return wrapOp(d.call.op, err)
		}
	}
}

// brokenDownloadError wraps what may be mended by downloading again.
type brokenDownloadError struct{ cause *Error }

func (b *brokenDownloadError) Error() string { return b.cause.Error() }

func (d *download) broken(format string, args ...any) error {
	e := unexpected(d.call.op, format, args...)
	e.class = classRetryable
	return &brokenDownloadError{cause: e}
}

// pass requests the resource once and reads it to its end.
func (d *download) pass(ctx context.Context, take func(*RecordBatch) bool) error {
	answer, err := d.client.do(ctx, d.call)
	if err != nil {
		return err
	}
	defer func() { _ = answer.stream.Close() }()
	body := newTable(answer)
	if err := d.readHeader(ctx, body); err != nil {
		return err
	}
	d.header = answer.header

	seen, err := d.readRows(ctx, body, take)
	switch {
	case err != nil:
		return err
	case body.announced >= 0 && body.announced != seen:
		return d.broken("%d rows came of the %d that were announced", seen, body.announced)
	case seen < d.rows:
		return d.broken("%d rows came where %d had come before", seen, d.rows)
	}
	return nil
}

// readHeader reads the first row. A body without any is a result without rows.
func (d *download) readHeader(ctx context.Context, body *table) error {
	switch found, err := body.scan(); {
	case err != nil:
		return d.failed(ctx, 1, err)
	case !found:
		return nil
	}
	var header gathering
	header.add(body.csvReader)
	columns := header.finish(body.fields).Row(0, nil)
	if d.rows > 0 && !slices.Equal(d.columns, columns) {
		return d.broken("the columns changed between two downloads of the same result")
	}
	d.columns = columns
	return nil
}

// readRows skips the rows that were handed on before, checks that they are the same, and hands on the others. Those that
// came before a failure are handed on as well, so that a large result gets on however often it breaks.
func (d *download) readRows(ctx context.Context, body *table, take func(*RecordBatch) bool) (int, error) {
	var batch gathering
	var digest uint64
	handOn := func() error {
		if batch.rows == 0 {
			return nil
		}
		// Counted before they are handed on: should the download break now, these rows are done.
		d.rows, d.digest = d.rows+batch.rows, digest
		if !take(batch.finish(len(d.columns))) {
			return errStopped
		}
		return nil
	}
	skip := d.rows
	for seen := 0; ; seen++ {
		found, err := d.next(ctx, body, seen)
		if err == nil && seen == skip && digest != d.digest {
			err = unexpected(d.call.op, "the rows changed between two downloads of the same result")
		}
		if err != nil || !found {
			if stopped := handOn(); stopped != nil {
				return seen, stopped
			}
			return seen, err
		}
		if !batch.fits(body.raw()) {
			if err := handOn(); err != nil {
				return seen, err
			}
		}
		digest = d.extend(digest, body.raw())
		if seen >= skip {
			batch.add(body.csvReader)
		}
	}
}

// next goes on to the next row, after so many, and reports whether there is one.
func (d *download) next(ctx context.Context, body *table, seen int) (bool, error) {
	found, err := body.scan()
	switch {
	case err != nil:
		return false, d.failed(ctx, seen+2, err)
	case found && body.cutOff(seen+1):
		return false, d.broken("the last row breaks off")
	}
	return found, nil
}

// extend adds a row to a digest, in which the rows' order counts.
func (d *download) extend(digest uint64, raw []byte) uint64 {
	const odd = 0x9E3779B97F4A7C15 // any odd number keeps all bits of what came before
	return digest*odd + maphash.Bytes(d.seed, raw)
}

// failed tells a cut connection from CSV that doesn't parse; both can come of a broken download. The row is counted
// from the header on, which is the first.
func (d *download) failed(ctx context.Context, row int, err error) error {
	if ctx.Err() != nil {
		return wrapOp(d.call.op, context.Cause(ctx))
	}
	if slices.Contains([]error{errBareQuote, errStrayQuote, errNoQuote, errFieldCount, errRowTooLong}, err) {
		return d.broken("the CSV breaks at row %d: %s", row, err)
	}
	e := &Error{Op: d.call.op, Method: d.call.method, URL: d.call.target}
	return &brokenDownloadError{cause: unreachable(e, fmt.Errorf("the download broke off: %w", err))}
}
