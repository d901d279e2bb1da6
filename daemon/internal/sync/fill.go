package sync

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// plannedRows is how many rows of a job are made, written to the upload and planned at once.
const plannedRows = 5000

// fillJob plans units and writes them to the job's upload, until it is full. It returns how many it has dealt with, and
// which of them a job can't carry. While some are planned the next ones are made.
func (r *run) fillJob(ctx context.Context, target *target, j *job, units []unit) (taken int, few []unit, err error) {
	if j.upload, err = os.CreateTemp(r.Scratch, "upload-*"); err != nil {
		return 0, nil, fmt.Errorf("make a scratch file: %w", err)
	}
	buffer := bufio.NewWriterSize(j.upload, 1<<20)
	upload, err := salesforce.NewIngestWriter(buffer, j.verb, j.columns)
	if err != nil {
		return 0, nil, fmt.Errorf("begin an upload: %w", err)
	}
	planning, planCtx := errgroup.WithContext(ctx)
	planning.SetLimit(1)
	defer func() { _ = planning.Wait() }() // also when rows can't be made
	f := &filling{run: r, target: target, job: j, upload: upload, places: target.places(j.columns), row: make([]salesforce.Value, len(j.columns))}
	for err == nil && planCtx.Err() == nil && f.taken < len(units) && !f.full {
		var carried []*write
		carried, err = f.fill(units[f.taken:min(f.taken+plannedRows, len(units))])
		planning.Go(func() error {
			return caught(func() error { return r.planJob(planCtx, j, carried) })
		})
	}
	if err = errors.Join(thrown(planning.Wait()), err); err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return f.taken, f.few, err
	}
	j.bytes = upload.Bytes()
	if err := buffer.Flush(); err != nil {
		return f.taken, f.few, fmt.Errorf("write to a scratch file: %w", err)
	}
	return f.taken, f.few, nil
}

// filling is a job's upload in the making.
type filling struct {
	run    *run
	target *target
	job    *job
	upload *salesforce.IngestWriter
	places []int              // where a field of the target stands among the columns
	row    []salesforce.Value // that is written next

	taken int // units that were dealt with
	few   []unit
	full  bool
}

// fill writes units to the upload, until it is full, and returns those that are in it.
func (f *filling) fill(units []unit) ([]*write, error) {
	writes, err := f.run.compose(f.target, f.job.verb, units)
	if err != nil {
		return nil, err
	}
	carried := writes[:0]
	for _, w := range writes {
		err := f.upload.Write(f.line(w))
		switch {
		case err == nil:
			carried = append(carried, w)
		case errors.Is(err, salesforce.ErrNotForBulk):
			f.few = append(f.few, w.unit)
		case errors.Is(err, salesforce.ErrUploadFull) && f.upload.Rows() > 0:
			f.full = true
			return carried, nil
		default:
			return nil, fmt.Errorf("write the upload of a Bulk job: %w", err)
		}
		f.taken++
	}
	return carried, nil
}

// line returns a write as a line of the upload, until the next one is made.
func (f *filling) line(w *write) salesforce.Row {
	clear(f.row)
	for _, s := range w.sends {
		if s.field == assignKey {
			f.row[0] = f.target.key.Value(s.value)
		} else {
			f.row[f.places[s.field]] = f.target.fields[s.field].Value(s.value)
		}
	}
	return salesforce.Row{ID: w.outcome.RecordID, Values: f.row}
}

// places returns where each field stands among columns, -1 for those that don't.
func (t *target) places(columns []string) []int {
	places := make([]int, len(t.names))
	for i, name := range t.names {
		places[i] = slices.Index(columns, name)
	}
	return places
}

// planJob stores rows of a job before anything of it is sent.
func (r *run) planJob(ctx context.Context, j *job, writes []*write) error {
	if len(writes) == 0 {
		return nil
	}
	if j.seq == 0 {
		j.seq = r.newBatch()
	}
	err := r.ledger.plan(ctx, []PlannedBatch{{
		Batch: reportsync.WriteBatch{Seq: j.seq, Route: reportsync.RouteBulk, State: reportsync.BatchPlanned, Rows: len(writes)},
		Rows:  outcomesOf(writes),
	}})
	if err != nil {
		return err
	}
	r.sent(writes, false)
	for _, w := range writes {
		j.units = append(j.units, w.unit)
		if j.verb == salesforce.OperationUpdate {
			j.ids = append(j.ids, recordIDOf(w.outcome.RecordID))
		}
	}
	return nil
}

// newBatch returns the number of a batch that is made.
func (r *run) newBatch() int {
	r.planning.Lock()
	defer r.planning.Unlock()
	seq := r.past.nextBatch
	r.past.nextBatch++
	return seq
}
