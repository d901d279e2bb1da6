package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// progressRows is after how many rows a stage says how far it is.
const progressRows = 10_000

// extract reads the whole report before anything is written, so that a report that changes or breaks off meanwhile
// changes nothing in the org.
func (r *run) extract(ctx context.Context, target *target, reader *report.Reader) (err error) {
	defer func() { err = errors.Join(err, closeReport(reader)) }()
	if err := r.ledger.enter(ctx, reportsync.StageExtract, 0); err != nil {
		return err
	}
	if err := reader.Select(r.spec.Columns()); err != nil {
		return err
	}
	rows := &rowSet{}
	for in, err := range reader.Rows() {
		if err != nil {
			return err
		}
		rows.add(r.row(target, in))
		if rows.read()%progressRows == 0 {
			if err := r.ledger.advance(ctx, rows.read()); err != nil {
				return err
			}
		}
	}
	r.rows = rows
	r.ledger.setRead(rows.read())
	if err := r.ledger.pin(ctx, reader.Version()); err != nil {
		return err
	}
	if err := r.ledger.info(ctx, "read %s, SHA-256 %s", count(int(rows.read()), "row"), reader.Version().SHA256); err != nil {
		return err
	}
	if rows.read() == 0 {
		return r.ledger.warn(ctx, "the report has a header and no rows")
	}
	return r.ledger.advance(ctx, rows.read())
}

// row brings a report row into canonical form. What an earlier attempt knows of the row is attached to it.
func (r *run) row(target *target, in report.Row) *reportRow {
	out := &reportRow{number: in.Number, line: in.Line, earlier: r.past.open[in.Number]}
	if out.earlier != nil {
		out.batch, out.sent = out.earlier.batch, out.earlier.sent
	}
	if in.Problem != nil {
		out.flaw = &flaw{code: in.Problem.Code, message: in.Problem.Message}
		return out
	}
	// The key is needed of every row, even of an answered one: other rows may share it.
	out.key = in.Cells[0]
	if _, answered := r.past.answered[in.Number]; answered {
		out.done = true
		return out
	}
	out.values, out.flaw = target.values(in.Cells, r.spec.Columns())
	return out
}

// values reads the mapped cells; the flaw names the first one that can't be read.
func (t *target) values(cells, columns []string) ([]string, *flaw) {
	values := make([]string, len(t.fields))
	for i := range t.fields {
		f := &t.fields[i]
		if f.column < 0 {
			values[i] = f.constant
			continue
		}
		value, err := f.fromReport(cells[f.column])
		if err != nil {
			return nil, &flaw{code: reportsync.RowValueInvalid, message: fmt.Sprintf("column %q for %s: %s", columns[f.column], f.Name, err)}
		}
		values[i] = value
	}
	return values, nil
}
