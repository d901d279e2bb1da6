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
	r.early = r.expectSearch(target)
	if !r.mayBeBlind(target) {
		r.beginPrevious(ctx)
	}
	x := newExtraction(r, target)
	x.size = reader.Version().Size
	for batch, err := range ahead(reader.Batches()) {
		if err == nil {
			err = x.addAll(ctx, batch)
			x.early.consider(ctx, &x.hashes)
		}
		if err != nil {
			return errors.Join(err, x.rows.close())
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
	ledger  *ledger
	early   *early
	size    int64 // of the report in bytes
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
		rows: newRowSet(r.Scratch, len(target.fields)), target: target, past: r.past, ledger: r.ledger, early: r.early,
		columns: r.spec.Columns(), order: newOrder(r.spec), orderBy: -1, values: make([]string, len(target.fields)),
		hashes: spool.NewHashes(), transformed: len(r.spec.Match.Transform) > 0,
	}
	for _, p := range target.parents {
		p.gather(r.Scratch)
	}
	for i, name := range x.columns {
		if name == r.spec.OrderBy() {
			x.orderBy = i
		}
	}
	return x
}

// addAll takes rows.
func (x *extraction) addAll(ctx context.Context, batch report.Batch) error {
	x.makeRoom(batch)
	for _, in := range batch.Rows {
		if err := x.add(in); err != nil {
			return err
		}
		if x.rows.len()%progressRows == 0 {
			if err := x.ledger.advance(ctx, int64(x.rows.len())); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeRoom makes room for the rows of a batch, and for the others that the report probably has, so that what is known of
// the rows is copied a few times only. A guess may be far out, so it is not trusted for many times what is there.
func (x *extraction) makeRoom(batch report.Batch) {
	have, more := x.rows.len(), len(batch.Rows)
	if have+more <= x.rows.room() || batch.Read == 0 {
		return
	}
	expected := max(0, int((x.size-batch.Read)*int64(have+more)/batch.Read)) // lines that were read twice count twice
	const trusted = 8
	room := more + min(expected+expected/64, trusted*(have+more))
	x.rows.reserve(room)
	x.hashes.Reserve(room)
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
	} else if err := x.askParents(); err != nil {
		return err
	}
	if err := x.rows.add(x.pack.row(in.Line, key, order, x.values, flawed), st); err != nil {
		return err
	}
	x.early.see(key)
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

// read reads the mapped cells; the flaw names the first one that can't be read. All of them are read all the same: rows
// that share a key may have the same flaw and say other things.
func (x *extraction) read(cells []string) (flawed *flaw) {
	for i := range x.target.fields {
		f := &x.target.fields[i]
		x.values[i] = ""
		if f.column < 0 {
			continue
		}
		text, err := f.fromReport(cells[f.column])
		if err != nil {
			text = unreadable + text
			if flawed == nil {
				flawed = &flaw{code: reportsync.RowValueInvalid, message: fmt.Sprintf("column %q for %s: %s", x.columns[f.column], x.target.names[i], err)}
			}
		}
		x.values[i] = text
	}
	return flawed
}

// askParents notes which parents the row is to be linked with.
func (x *extraction) askParents() error {
	for i := range x.target.fields {
		if p := x.target.fields[i].parents; p != nil && x.values[i] != "" {
			if err := p.ask(x.values[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
