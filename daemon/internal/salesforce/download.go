package salesforce

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
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
	columns, err := body.next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return d.failed(ctx, err)
	}
	if d.rows > 0 && !slices.Equal(d.columns, columns) {
		return d.broken("the columns changed between two downloads of the same result")
	}
	d.columns = slices.Clone(columns)
	return nil
}

func (d *download) readRows(ctx context.Context, body *table, take func([]string) bool) (int, error) {
	var digest maphash.Hash
	digest.SetSeed(d.seed)
	skip := d.rows
	for seen := 0; ; seen++ {
		row, err := body.next()
		if errors.Is(err, io.EOF) {
			return seen, nil
		}
		if err != nil {
			return seen, d.failed(ctx, err)
		}
		if body.cutOff(seen + 1) {
			return seen, d.broken("the last row breaks off")
		}
		if seen == skip && skip > 0 && digest.Sum64() != d.digest {
			return seen, unexpected(d.call.op, "the rows changed between two downloads of the same result")
		}
		for _, cell := range row {
			_, _ = digest.WriteString(cell)
			_ = digest.WriteByte(0)
		}
		if seen < skip {
			continue
		}
		// Counted before it is handed on: should the download break now, this row is done.
		d.rows, d.digest = seen+1, digest.Sum64()
		for i, cell := range row {
			row[i] = unifyLineBreaks(cell)
		}
		if !take(row) {
			return seen, errStopped
		}
	}
}

// failed tells a cut connection from CSV that doesn't parse; both can come of a broken download.
func (d *download) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return wrapOp(d.call.op, context.Cause(ctx))
	}
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return d.broken("the CSV breaks at line %d: %s", parse.Line, parse.Err)
	}
	e := &Error{Op: d.call.op, Method: d.call.method, URL: d.call.target}
	return &brokenDownloadError{cause: unreachable(e, fmt.Errorf("the download broke off: %w", err))}
}
