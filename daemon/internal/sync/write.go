package sync

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// write sends what differs, by the routes that the forecast has chosen.
func (r *run) write(ctx context.Context, target *target, plan *writePlan) error {
	if err := r.ledger.enter(ctx, reportsync.StageWrite, int64(plan.len())); err != nil {
		return err
	}
	for _, list := range plan.lists {
		if err := r.writeList(ctx, target, list); err != nil {
			return r.refuseGone(ctx, target, err)
		}
	}
	if err := r.matchGone(ctx, target); err != nil {
		return r.refuseGone(ctx, target, err)
	}
	return r.closePast(ctx)
}

// writeList writes the records of a list. Those that a Bulk job can't carry go by collections in any case.
func (r *run) writeList(ctx context.Context, target *target, list *writeList) error {
	few := list.units
	if list.route == reportsync.RouteBulk {
		left, err := r.writeJobs(ctx, target, list)
		if refusesBulk(err) {
			left, err = r.openUnits(list.units), r.ledger.warn(ctx, "%s can't be written by the Bulk API (%s): using sObject Collections instead", target.object.Name, messageOf(err))
		}
		if err != nil {
			return err
		}
		few = left
	}
	return r.writeCollections(ctx, target, list.verb, few)
}

// openUnits returns the units that have no answer.
func (r *run) openUnits(units []unit) []unit {
	var open []unit
	for _, u := range units {
		if !r.unitDone(u) && !r.gone.has(u.row) {
			open = append(open, u)
		}
	}
	return open
}

// unitDone reports whether a unit has its answer.
func (r *run) unitDone(u unit) bool {
	st := r.rows.states[u.row].is()
	if st != rowGroup {
		return st.done()
	}
	return r.rows.groups.answered(r.rows.links[u.row], int(u.member))
}

// batch is rows that are written by one call of sObject Collections, or were first sent by a Bulk job.
type batch struct {
	seq    int // 0 until it is planned
	verb   salesforce.Operation
	writes []*write
}

// plan stores batches with their rows before anything of them is sent.
func (r *run) plan(ctx context.Context, batches []*batch) error {
	r.planning.Lock()
	defer r.planning.Unlock()
	planned := make([]PlannedBatch, 0, len(batches))
	for _, b := range batches {
		b.seq = r.past.nextBatch
		r.past.nextBatch++
		planned = append(planned, PlannedBatch{
			Batch: reportsync.WriteBatch{Seq: b.seq, Route: reportsync.RouteCollections, State: reportsync.BatchPlanned, Rows: len(b.writes)},
			Rows:  outcomesOf(b.writes),
		})
	}
	if err := r.ledger.plan(ctx, planned); err != nil {
		return err
	}
	for _, b := range batches {
		r.sent(b.writes, false)
	}
	return nil
}

func outcomesOf(writes []*write) []reportsync.Outcome {
	outcomes := make([]reportsync.Outcome, len(writes))
	for i, w := range writes {
		outcomes[i] = w.outcome
	}
	return outcomes
}

// unanswered returns the writes that have no answer yet.
func unanswered(writes []*write) []*write {
	var left []*write
	for _, w := range writes {
		if !w.done {
			left = append(left, w)
		}
	}
	return left
}

// answer is Salesforce's answer for a write.
type answer struct {
	to      *write
	outcome reportsync.Outcome
	gone    salesforce.RowError // why the row is to be matched again; empty for any other answer
}

// settle stores answers and, with done, that the batch has them all. Then the rows are done (invariant 1).
func (r *run) settle(ctx context.Context, seq int, answers []answer, done bool) error {
	outcomes := make([]reportsync.Outcome, len(answers))
	for i, a := range answers {
		outcomes[i] = a.outcome
	}
	if err := r.ledger.settle(ctx, seq, outcomes, done); err != nil {
		return err
	}
	for _, a := range answers {
		if err := r.take(a.to, a.outcome); err != nil {
			return err
		}
	}
	return nil
}

// take moves a row on to what Salesforce has answered. What the row and its find tell need not be kept once more.
func (r *run) take(w *write, o reportsync.Outcome) error {
	w.done = true
	rows, index := r.rows, int(w.unit.row)
	switch st := rows.states[index].is(); {
	case st == rowGroup:
		group := rows.links[index]
		if !rows.groups.answer(group, int(w.unit.member), o) {
			return nil
		}
		var row reportRow
		if err := rows.at(index, &row); err != nil {
			return err
		}
		whole, err := r.groupOutcome(r.target, &row, reportsync.Unprocessed)
		if err != nil {
			return err
		}
		return rows.answer(index, whole)
	case st == rowDiffers && o.Kind == reportsync.Updated && o.Code == "":
		rows.set(index, rowUpdated, rows.links[index])
		return nil
	case st == rowCreate && o.Kind == reportsync.Created && o.Code == "" && rows.created(index, o.RecordID):
		return nil
	}
	return rows.answer(index, unsettled(o))
}

// inParallel works on pieces, a few at a time. After the first failure, or when ctx is done, no further one is
// started; those under way end by themselves.
func inParallel[T any](ctx context.Context, most int, pieces []T, work func(starting context.Context, piece T) error) error {
	starting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group errgroup.Group
	group.SetLimit(most)
	for _, piece := range pieces {
		group.Go(func() error {
			if starting.Err() != nil {
				return context.Cause(starting)
			}
			err := caught(func() error { return work(starting, piece) })
			if err != nil {
				stop(err)
			}
			return err
		})
	}
	return thrown(group.Wait())
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
