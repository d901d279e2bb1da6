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

// each hands every row to take, until that returns false. The slice is used again for the next row;
// its texts may be kept.
func (d *download) each(ctx context.Context, take func(row []string) bool) error {
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
func (d *download) pass(ctx context.Context, take func([]string) bool) error {
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
	columns := body.texts(nil)
	if d.rows > 0 && !slices.Equal(d.columns, columns) {
		return d.broken("the columns changed between two downloads of the same result")
	}
	d.columns = columns
	return nil
}

// readRows skips the rows that were handed on before, checks that they are the same, and hands on the others.
func (d *download) readRows(ctx context.Context, body *table, take func([]string) bool) (int, error) {
	var row []string
	var digest uint64
	skip := d.rows
	for seen := 0; ; seen++ {
		found, err := body.scan()
		if err != nil {
			return seen, d.failed(ctx, seen+2, err)
		}
		if seen == skip && digest != d.digest {
			return seen, unexpected(d.call.op, "the rows changed between two downloads of the same result")
		}
		if !found {
			return seen, nil
		}
		if body.cutOff(seen + 1) {
			return seen, d.broken("the last row breaks off")
		}
		digest = d.extend(digest, body.raw())
		if seen < skip {
			continue
		}
		// Counted before it is handed on: should the download break now, this row is done.
		d.rows, d.digest = seen+1, digest
		if row = body.texts(row); !take(row) {
			return seen, errStopped
		}
	}
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
