package sync

import (
	"context"
	"errors"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// progressRows is after how many rows a stage says how far it is.
const progressRows = 50_000

// maxRows is how many rows a report may have: their numbers take four bytes in the index.
const maxRows = 1<<32 - 2

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
	for batch, err := range sideBySide(reader.Batches(), x.shaper.all) {
		if err == nil {
			err = x.add(ctx, batch)
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

// extraction gathers the rows of a report.
type extraction struct {
	shaper *shaper
	rows   *rowSet
	past   *past
	ledger *ledger
	early  *early
	size   int64 // of the report in bytes
	order  order
	hashes spool.Hashes // of the folded keys, by row
}

func newExtraction(r *run, target *target) *extraction {
	x := &extraction{
		rows: newRowSet(r.Scratch, len(target.fields)), past: r.past, ledger: r.ledger, early: r.early,
		order: newOrder(r.spec), hashes: spool.NewHashes(),
	}
	x.shaper = newShaper(r.spec, target, &x.hashes)
	x.shaper.glances = r.glances(target)
	for _, p := range target.parents {
		p.gather(r.Scratch)
	}
	return x
}

// add takes rows that follow those before. What an earlier attempt has settled of them is settled.
func (x *extraction) add(ctx context.Context, batch *shaped) error {
	from := x.rows.len()
	if len(batch.ends) > maxRows-from {
		return reportsync.Errorf(reportsync.CodeReportUnreadable, "the report has more than %d rows", maxRows)
	}
	x.makeRoom(batch)
	x.order.merge(batch.order)
	x.early.see(batch.keyBytes)
	for _, asked := range batch.parents {
		if err := asked.parents.ask(asked.key); err != nil {
			return err
		}
	}
	if err := x.rows.addAll(batch.pack.out, batch.ends, batch.states, batch.prints); err != nil {
		return err
	}
	x.hashes.Add(batch.hashes...)
	until := x.rows.len()
	x.shaper.recycle(batch)
	for index := from; index < until; index++ {
		if err := x.past.settled(x.rows, index); err != nil {
			return err
		}
	}
	if until/progressRows == from/progressRows {
		return nil
	}
	return x.ledger.advance(ctx, int64(until))
}

// makeRoom makes room for the rows of a batch, and for the others that the report probably has, so that what is known of
// the rows is copied a few times only. A guess may be far out, so it is not trusted for many times what is there.
func (x *extraction) makeRoom(batch *shaped) {
	have, more := x.rows.len(), len(batch.ends)
	if have+more <= x.rows.room() || batch.read == 0 {
		return
	}
	expected := max(0, int((x.size-batch.read)*int64(have+more)/batch.read)) // lines that were read twice count twice
	const trusted = 8
	room := more + min(expected+expected/64, trusted*(have+more))
	x.rows.reserve(room)
	x.hashes.Reserve(room)
}
