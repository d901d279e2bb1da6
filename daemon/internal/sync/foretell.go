package sync

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
)

// foretold tells the outcomes of rows that need no write beside whatever becomes of the others: in most runs these are nearly
// all, and most of what comes now is waiting for Salesforce.
type foretold struct {
	rows    rowBits
	writer  EvidenceWriter
	telling errgroup.Group
	stop    context.CancelFunc
	taken   bool
}

// foretell begins to tell what became of the rows that nothing will be written for. They stay as they are from here on.
func (r *run) foretell(ctx context.Context) {
	if r.Evidence == nil {
		return
	}
	f := &foretold{rows: newRowBits(r.rows.len())}
	some := false
	for index, st := range r.rows.states {
		if st.plain() {
			f.rows.set(index)
			some = true
		}
	}
	if !some {
		return
	}
	// It goes on when the run is stopped: what it tells is true in any case, and finish waits for it.
	ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	f.telling.Go(func() error { return caught(func() error { return f.tell(ctx, r) }) })
	r.foretold = f
}

// tell is done beside the writing: of the rows it reads only what no longer changes.
func (f *foretold) tell(ctx context.Context, r *run) (err error) {
	if f.writer, err = r.Evidence.Create(ctx, r.Run.ID, r.Run.Attempt); err != nil {
		return err
	}
	var row reportRow
	var plain rowlog.Plain
	for packed, err := range r.rows.table.All() {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err == nil && f.rows.has(row.index) {
			if err = row.unpackHead(packed); err == nil {
				r.rows.plain(&row, &plain)
				err = f.writer.AddPlain(&plain)
			}
		}
		if err != nil {
			return fmt.Errorf("tell what became of the rows that nothing is written for: %w", err)
		}
		row.index++
	}
	f.writer.NextPass()
	return nil
}

// take waits until all is told, or ctx is done, and hands over what it was written to, for the other rows.
func (f *foretold) take(ctx context.Context) (EvidenceWriter, error) {
	f.taken = true
	defer context.AfterFunc(ctx, f.stop)()
	if err := thrown(f.telling.Wait()); err != nil {
		f.discard()
		return nil, err
	}
	return f.writer, nil
}

// drop ends the telling. What was told is dropped unless it was taken.
func (f *foretold) drop() {
	if f == nil {
		return
	}
	f.stop()
	if !f.taken {
		_ = f.telling.Wait() // nobody wants to know any more
		f.discard()
	}
}

func (f *foretold) discard() {
	f.stop()
	if f.writer != nil {
		f.writer.Discard()
	}
	f.writer = nil
}

// rowBits is a set of rows.
type rowBits []uint64

func newRowBits(rows int) rowBits { return make(rowBits, (rows+63)/64) }

func (b rowBits) set(row int) { b[row/64] |= 1 << (row % 64) }

// has reports whether a row is in the set; the nil set is empty.
func (b rowBits) has(row int) bool { return row/64 < len(b) && b[row/64]>>(row%64)&1 == 1 }
