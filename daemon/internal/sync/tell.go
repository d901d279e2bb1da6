package sync

import (
	"context"
	"fmt"
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ending tells what became of each row when a run is over.
type ending struct {
	run      *run
	through  bool   // the run came to its end
	reason   string // why it did not
	counts   reportsync.Counts
	rejected int64
	artifact *reportsync.Artifact

	writer EvidenceWriter // nil where outcomes can't be kept
	told   rowBits        // rows that were told before
	row    reportRow
	plain  rowlog.Plain
	plains [len(outcomeOf)]int64 // plain rows by state, which are counted in the end
}

// tell writes down the outcomes of the rows that were not told before, in their order, and adds all of them up.
func (e *ending) tell(ctx context.Context) error {
	if err := e.evidence(ctx); err != nil {
		return err
	}
	defer e.discard()
	next := progressRows
	for packed, err := range e.untold() {
		if err == nil {
			err = e.add(ctx, packed)
		}
		if err != nil {
			return fmt.Errorf("tell what became of the rows: %w", err)
		}
		if e.row.index >= next {
			next = e.row.index + progressRows
			if err := e.run.ledger.advance(ctx, int64(e.row.index)); err != nil {
				return err
			}
		}
	}
	if err := e.run.past.failure(); err != nil {
		return err
	}
	e.count()
	if e.writer == nil {
		return nil
	}
	artifact, err := e.writer.Close(ctx)
	if err != nil {
		return e.withoutEvidence(ctx, err)
	}
	e.artifact = &artifact
	return nil
}

// untold yields the rows that are still to be told, packed, and counts the others. Where there are others these are the most,
// so that each row is read by itself.
func (e *ending) untold() iter.Seq2[[]byte, error] {
	rows := e.run.rows
	return func(yield func([]byte, error) bool) {
		if e.told == nil {
			e.row.index = -1
			for packed, err := range rows.table.All() {
				e.row.index++
				if !yield(packed, err) {
					return
				}
			}
			return
		}
		buf := make([]byte, bufferBytes)
		for index, st := range rows.states {
			if e.told.has(index) {
				e.plains[st.is()]++
				continue
			}
			e.row.index = index
			if packed, err := rows.table.At(index, buf); !yield(packed, err) {
				return
			}
		}
	}
}

// add tells the outcome of the row at hand. Of most rows no more is read than the key.
func (e *ending) add(ctx context.Context, packed []byte) error {
	rows := e.run.rows
	if st := rows.states[e.row.index].is(); st.plain() {
		if err := e.row.unpackHead(packed); err != nil {
			return err
		}
		e.plains[st]++
		rows.plain(&e.row, &e.plain)
		return e.keep(ctx, func(w EvidenceWriter) error { return w.AddPlain(&e.plain) })
	}
	if err := e.row.unpack(packed, rows.fields); err != nil {
		return err
	}
	o, err := e.outcome(&e.row)
	if err != nil {
		return err
	}
	e.counts.Add(o.Kind, 1)
	e.rejected += int64(bit(o.Rejected())) //nolint:gosec // 0 or 1
	return e.keep(ctx, func(w EvidenceWriter) error { return w.Add(o) })
}

// keep writes an outcome down, where that is possible.
func (e *ending) keep(ctx context.Context, write func(w EvidenceWriter) error) error {
	if e.writer == nil {
		return nil
	}
	if err := write(e.writer); err != nil {
		return e.withoutEvidence(ctx, err)
	}
	return nil
}

// count adds up what is not counted yet.
func (e *ending) count() {
	e.counts.Read = int64(e.run.rows.len())
	for st, n := range e.plains {
		kind := outcomeOf[st]
		e.counts.Add(kind, n)
		if kind.Rejected() {
			e.rejected += n
		}
	}
}

// evidence opens what keeps the outcomes, if it is not open yet. Where it can't be opened the run ends without.
func (e *ending) evidence(ctx context.Context) (err error) {
	if e.run.Evidence == nil {
		return nil
	}
	if f := e.run.foretold; f != nil {
		if e.writer, err = f.take(ctx); err != nil {
			return e.withoutEvidence(ctx, err)
		}
		e.told = f.rows
		return nil
	}
	if e.writer, err = e.run.Evidence.Create(ctx, e.run.Run.ID, e.run.Run.Attempt); err != nil {
		return e.withoutEvidence(ctx, err)
	}
	return nil
}

// discard drops what was not closed.
func (e *ending) discard() {
	if e.writer != nil {
		e.writer.Discard()
	}
	e.writer = nil
}

// withoutEvidence says that outcomes can't be kept, and goes on without. What was written to Salesforce was written all
// the same, so that is no reason to fail the run.
func (e *ending) withoutEvidence(ctx context.Context, why error) error {
	e.discard()
	e.run.Logger.Error("outcomes of a run could not be kept", "run", e.run.Run.ID, "error", why)
	return e.run.ledger.log(ctx, reportsync.LogError, "the outcomes of the rows can't be kept, only those of rows that were written: %s", why)
}

// outcome returns what became of a row, also of one that is still on its way.
func (e *ending) outcome(row *reportRow) (reportsync.Outcome, error) {
	r := e.run
	st := r.rows.states[row.index]
	if st.done() {
		return r.outcome(r.target, row)
	}
	if e.through && r.Run.DryRun {
		return r.intended(row)
	}
	o := begin(row, reportsync.Unprocessed)
	o.Code, o.Message = reportsync.RowNotSent, e.reason+" before the row was sent"
	planned := r.past.sentPlan(row.index)
	switch {
	case planned != nil:
		o.Code, o.Message = reportsync.RowNoAnswer, e.reason+" before Salesforce's answer for the row was there"
		o.RecordID, o.Changes = planned.RecordID, planned.Changes
	case st.is() == rowGroup:
		whole, err := r.groupOutcome(r.target, row, reportsync.Unprocessed)
		if whole.Kind == reportsync.Unprocessed && whole.Code == "" {
			whole.Code, whole.Message = o.Code, o.Message
		}
		return whole, err
	case st&rowSent != 0:
		o.Code, o.Message = reportsync.RowNoAnswer, e.reason+" before Salesforce's answer for the row was there"
		return r.intend(row, o)
	}
	return o, nil
}
