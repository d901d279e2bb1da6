package sync

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// lookBack settles what can be settled of an earlier attempt when the report that it read is another one by now, or
// gone, so that its rows can't go through the stages again. A row that was planned and has no answer is updated if its
// record holds what was planned. The others stay open: nobody can say what became of them.
func (r *run) lookBack(ctx context.Context, why error) error {
	e, ok := errors.AsType[*reportsync.Error](why)
	if !ok || e.Code != reportsync.CodeReportChanged || !r.past.attempts {
		return nil
	}
	target, problems, err := r.checked(ctx)
	if err != nil || len(problems) > 0 {
		r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
		return nil
	}
	var planned []reportsync.Outcome
	for index := range r.past.rows() {
		if o := r.past.sentPlan(index); o != nil && o.RecordID != "" && tells(target, *o) {
			planned = append(planned, *o)
		}
	}
	if len(planned) == 0 {
		return nil
	}
	rows, err := r.unread()
	if err != nil {
		return err
	}
	r.keep(rows)
	holding := 0
	for part := range slices.Chunk(planned, settledRows) {
		n, err := r.lookBackAt(ctx, target, part)
		holding += n
		if _, broken := errors.AsType[*storeError](err); broken {
			return err
		}
		if err != nil {
			r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
			return nil
		}
	}
	return r.ledger.info(ctx, "of %s that an earlier attempt had planned, %d hold what was planned", count(len(planned), "record"), holding)
}

// tells reports whether reading its record can tell whether a planned row was written: some value was to differ, and
// all fields are still mapped.
func tells(t *target, o reportsync.Outcome) bool {
	differ := false
	for _, c := range o.Changes {
		if !slices.Contains(t.names, c.Field) {
			return false
		}
		differ = differ || differs(c)
	}
	return differ
}

// lookBackAt settles those of some planned rows whose records hold what was planned.
func (r *run) lookBackAt(ctx context.Context, target *target, planned []reportsync.Outcome) (holding int, err error) {
	ids := make([]string, len(planned))
	for i, o := range planned {
		ids[i] = o.RecordID
	}
	records, err := r.Org.Retrieve(ctx, target.object.Name, ids, target.names)
	if err != nil {
		return 0, err
	}
	held := map[int][]reportsync.Outcome{} // by batch
	for _, o := range planned {
		values, there := records[o.RecordID]
		if !there || !target.matches(&record{values: values}, o.Changes) {
			continue
		}
		holding++
		o.Kind = reportsync.Updated
		batch := r.past.batchOf(int(o.Row-1), o.RecordID)
		held[batch] = append(held[batch], o)
	}
	for _, batch := range slices.Sorted(maps.Keys(held)) {
		if err := r.ledger.settle(ctx, batch, held[batch], false); err != nil {
			return holding, err
		}
		for _, o := range held[batch] {
			if err := r.rows.answer(int(o.Row-1), o); err != nil {
				return holding, err
			}
		}
	}
	return holding, nil
}

// unread stands in for the report when it could not be read to its end. A first attempt has no rows then. One that
// follows another knows how many the report had, and something of those that were planned.
func (r *run) unread() (*rowSet, error) {
	rows := newRowSet(r.Scratch, 0)
	if !r.past.attempts {
		return rows, nil
	}
	var pack packer
	for index := range max(int(r.Run.Counts.Read), r.past.rows()) {
		var line int64
		var key string
		for _, o := range r.past.plans.ofRow(index) {
			line, key = o.Line, o.Key
			break
		}
		pack.begin()
		pack.row(line, key, "", nil, nil)
		if err := rows.add(pack.out, rowOpen, noPrint); err != nil {
			return nil, err
		}
		if err := r.past.settled(rows, index); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
