package sync

import (
	"context"
	"errors"
	"fmt"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// progressRows is after how many rows a stage says how far it is.
const progressRows = 50_000

// maxRows is how many rows a report may have: their numbers take four bytes in the index.
const maxRows = 1<<32 - 2

// maxShownKey is how much is shown of a key that no record can have, which may be of any length.
const maxShownKey = 255

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
	x := newExtraction(r, target)
	var cells arena
	for in, err := range ahead(reader.Rows(), func(row report.Row) report.Row {
		row.Cells = cells.keep(row.Cells)
		return row
	}) {
		if err == nil {
			err = x.add(in)
		}
		if err != nil {
			return errors.Join(err, x.rows.close())
		}
		if x.rows.len()%progressRows == 0 {
			if err := r.ledger.advance(ctx, int64(x.rows.len())); err != nil {
				return errors.Join(err, x.rows.close())
			}
		}
	}
	r.keep(x.rows)
	r.order, r.hashes = x.order, x.hashes
	if err := r.ledger.pin(ctx, reader.Version()); err != nil {
		return err
	}
	read := x.rows.len()
	if err := r.ledger.info(ctx, "read %s, SHA-256 %s", count(read, "row"), reader.Version().SHA256); err != nil {
		return err
	}
	if read == 0 {
		return r.ledger.warn(ctx, "the report has a header and no rows")
	}
	return r.ledger.advance(ctx, int64(read))
}

// extraction brings report rows into canonical form and packs them.
type extraction struct {
	rows    *rowSet
	target  *target
	past    *past
	columns []string
	order   order
	orderBy int // of the selected columns, -1 for none
	pack    packer
	values  []string
	hashes  spool.Hashes // of the folded keys, by row

	transformed bool // whether keys pass a transform
}

func newExtraction(r *run, target *target) *extraction {
	x := &extraction{
		rows: newRowSet(r.Scratch, len(target.fields)), target: target, past: r.past,
		columns: r.spec.Columns(), order: newOrder(r.spec), orderBy: -1, values: make([]string, len(target.fields)),
		hashes: spool.NewHashes(), transformed: len(r.spec.Match.Transform) > 0,
	}
	for i, name := range x.columns {
		if name == r.spec.OrderBy() {
			x.orderBy = i
		}
	}
	return x
}

// add takes a row. What an earlier attempt has settled of it is settled.
func (x *extraction) add(in report.Row) error {
	if x.rows.len() == maxRows {
		return reportsync.Errorf(reportsync.CodeReportUnreadable, "the report has more than %d rows", maxRows)
	}
	var key, order string
	var flawed *flaw
	if in.Problem != nil {
		flawed = &flaw{code: in.Problem.Code, message: in.Problem.Message}
	} else {
		if x.orderBy >= 0 {
			order = x.order.see(in.Cells[x.orderBy])
		}
		if key, flawed = x.key(in.Cells[0]); flawed == nil {
			flawed = x.read(in.Cells)
		}
	}
	index, st := x.rows.len(), rowOpen
	if flawed != nil {
		st = rowFlawed
	}
	if err := x.rows.add(x.pack.row(in.Line, key, order, x.values, flawed), st); err != nil {
		return err
	}
	x.hashes.Add(x.target.key.Fold(key))
	return x.past.settled(x.rows, index)
}

// key returns the row's key as it is looked up, or as much of it as is shown and why it leads nowhere.
func (x *extraction) key(cell string) (string, *flaw) {
	key, err := x.target.key.FromReport(cell)
	switch {
	case err != nil:
		return cut(trim(cell), maxShownKey), &flaw{code: reportsync.RowKeyInvalid, message: fmt.Sprintf("key column %q for %s: %s", x.columns[0], x.target.key.Name, err)}
	case key == "" && x.transformed && trim(cell) != "":
		return cut(trim(cell), maxShownKey), &flaw{code: reportsync.RowKeyInvalid, message: fmt.Sprintf("key column %q: match.transform leaves nothing of %s", x.columns[0], quote(trim(cell)))}
	case key == "":
		return "", &flaw{code: reportsync.RowKeyEmpty, message: fmt.Sprintf("key column %q is empty", x.columns[0])}
	}
	return key, nil
}

// read reads the mapped cells; the flaw names the first one that can't be read.
func (x *extraction) read(cells []string) *flaw {
	for i := range x.target.fields {
		f := &x.target.fields[i]
		x.values[i] = ""
		if f.column < 0 {
			continue
		}
		var err error
		if f.parents != nil {
			x.values[i], err = f.parents.key.FromReport(cells[f.column])
		} else {
			x.values[i], err = f.FromReport(cells[f.column])
		}
		if err != nil {
			return &flaw{code: reportsync.RowValueInvalid, message: fmt.Sprintf("column %q for %s: %s", x.columns[f.column], x.target.names[i], err)}
		}
		if x.values[i] == "" && f.clears && f.transformed && trim(cells[f.column]) != "" {
			// A cell that can't be read is not one that says nothing.
			return &flaw{code: reportsync.RowValueInvalid, message: fmt.Sprintf("column %q for %s: the transform leaves nothing of %s, which would empty the field", x.columns[f.column], x.target.names[i], quote(trim(cells[f.column])))}
		}
	}
	for i := range x.target.fields {
		if p := x.target.fields[i].parents; p != nil && x.values[i] != "" {
			p.ask(x.values[i])
		}
	}
	return nil
}
