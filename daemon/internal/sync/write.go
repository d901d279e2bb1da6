package sync

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// batch is rows that are written together.
type batch struct {
	seq    int // 0 until it is planned
	route  reportsync.WriteRoute
	writes []write
}

// write sends what differs, by the route that costs fewer API calls. Rows that a Bulk job can't carry go by
// collections in any case.
func (r *run) write(ctx context.Context, target *target, writes []write) error {
	if err := r.ledger.enter(ctx, reportsync.StageWrite, int64(len(writes))); err != nil {
		return err
	}
	few, many, err := r.writeRoute(ctx, target, writes)
	if err != nil {
		return err
	}
	if err := r.writeJobs(ctx, target, many); refusesBulk(err) {
		if err := r.ledger.warn(ctx, "%s can't be written by the Bulk API (%s): using sObject Collections instead", target.object, messageOf(err)); err != nil {
			return err
		}
		few = append(few, open(many)...)
	} else if err != nil {
		return err
	}
	if err := r.writeCollections(ctx, target, few); err != nil {
		return err
	}
	return r.closePast(ctx)
}

// writeRoute parts the rows into those that go by collections and those that go by Bulk jobs, and says why.
func (r *run) writeRoute(ctx context.Context, target *target, writes []write) (few, many []write, err error) {
	route := r.routes.write
	if route == "" {
		route = reportsync.RouteCollections
		if bulkWriteCalls(len(writes)) < collectionCalls(len(writes)) {
			route = reportsync.RouteBulk
		}
	}
	switch {
	case len(writes) == 0:
		return nil, nil, nil
	case route == reportsync.RouteCollections:
		return writes, nil, r.ledger.info(ctx, "writing %s by %s (Bulk would take about %d)",
			count(len(writes), "record"), count(collectionCalls(len(writes)), "sObject Collections call"), bulkWriteCalls(len(writes)))
	}
	for _, w := range writes {
		if target.row(w).BulkError(target.names) != nil {
			few = append(few, w)
		} else {
			many = append(many, w)
		}
	}
	return few, many, r.ledger.info(ctx, "writing %s by %s (about %d calls against %d by sObject Collections)",
		count(len(many), "record"), count(pages(len(many), r.routes.jobRows), "Bulk job"), bulkWriteCalls(len(many)), collectionCalls(len(many)))
}

// plan stores batches with their rows before anything of them is sent.
func (r *run) plan(ctx context.Context, batches []*batch) error {
	r.planning.Lock()
	defer r.planning.Unlock()
	planned := make([]PlannedBatch, 0, len(batches))
	for _, b := range batches {
		p := PlannedBatch{Batch: reportsync.WriteBatch{Seq: r.past.nextBatch, Route: b.route, State: reportsync.BatchPlanned, Rows: len(b.writes)}}
		for _, w := range b.writes {
			p.Rows = append(p.Rows, w.outcome)
		}
		planned = append(planned, p)
		r.past.nextBatch++
	}
	if err := r.ledger.plan(ctx, planned); err != nil {
		return err
	}
	for i, b := range batches {
		b.seq = planned[i].Batch.Seq
		for _, w := range b.writes {
			w.row.batch, w.row.sent = b.seq, false
		}
	}
	return nil
}

// row returns what is sent for a write, aligned with the target's fields.
func (t *target) row(w write) salesforce.Row {
	row := salesforce.Row{ID: w.outcome.RecordID, Values: make([]salesforce.Value, len(t.fields))}
	for _, s := range w.sends {
		row.Values[s.field] = t.fields[s.field].value(s.value)
	}
	return row
}

// used tells which fields any of the writes sends.
func (t *target) used(writes []write) []bool {
	used := make([]bool, len(t.fields))
	for _, w := range writes {
		for _, s := range w.sends {
			used[s.field] = true
		}
	}
	return used
}

// batch returns the rows of writes with the fields that any of them sends.
func (t *target) batch(writes []write) salesforce.Batch {
	used := t.used(writes)
	out := salesforce.Batch{Object: t.object, Rows: make([]salesforce.Row, 0, len(writes))}
	at := make([]int, len(t.fields))
	for i, name := range t.names {
		if used[i] {
			at[i] = len(out.Columns)
			out.Columns = append(out.Columns, name)
		}
	}
	for _, w := range writes {
		row := salesforce.Row{ID: w.outcome.RecordID, Values: make([]salesforce.Value, len(out.Columns))}
		for _, s := range w.sends {
			row.Values[at[s.field]] = t.fields[s.field].value(s.value)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// sent notes whether Salesforce may have got rows that it did not answer.
func sent(writes []write, may bool) {
	for _, w := range writes {
		w.row.sent = may
	}
}

// open returns the writes that have no outcome yet.
func open(writes []write) []write {
	return slices.DeleteFunc(slices.Clone(writes), func(w write) bool { return w.row.done })
}

// inParallel works on batches, a few at a time. After the first failure, or when ctx is done, no further one is
// started; those under way end by themselves.
func inParallel(ctx context.Context, most int, batches []*batch, work func(starting context.Context, b *batch) error) error {
	starting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group errgroup.Group
	group.SetLimit(most)
	for _, b := range batches {
		group.Go(func() error {
			if starting.Err() != nil {
				return context.Cause(starting)
			}
			err := work(starting, b)
			if err != nil {
				stop(err)
			}
			return err
		})
	}
	return group.Wait()
}

// inFlight returns a context for what has begun and should settle although ctx is done: it outlives ctx by a while,
// except when the lease is lost, after which nothing of this attempt counts any more.
func (r *run) inFlight(ctx context.Context) (context.Context, context.CancelFunc) {
	going, end := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if !errors.Is(cause, reportsync.ErrLeaseLost) {
			timer := time.NewTimer(r.pace.settle)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-going.Done():
			}
		}
		end(cause)
	})
	return going, func() {
		stop()
		end(nil)
	}
}
