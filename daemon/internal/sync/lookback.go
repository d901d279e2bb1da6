package sync

import (
	"context"
	"errors"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// lookBack settles what can be settled of an earlier attempt when the report that it read is another one by now, or
// gone, so that its rows can't go through the stages again. A row that was planned and has no answer is updated if its
// record holds what was planned. The others stay open: nobody can say what became of them.
func (r *run) lookBack(ctx context.Context, why error) error {
	e, ok := errors.AsType[*reportsync.Error](why)
	if !ok || e.Code != reportsync.CodeReportChanged || r.Run.Attempt <= 1 || len(r.past.open) == 0 {
		return nil
	}
	target, problems, err := checkObject(ctx, r.Org, r.spec)
	if err != nil || len(problems) > 0 {
		r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
		return nil
	}
	rows := r.unread()
	r.ledger.setRead(rows.read())
	var planned []write
	for row := range rows.open() {
		if w, ok := target.replan(row); ok {
			planned = append(planned, w)
		}
	}
	if len(planned) == 0 {
		return nil
	}
	holding, err := r.holding(ctx, target, planned)
	if err != nil {
		r.Logger.Debug("fate of planned rows not found out", "run", r.Run.ID, "error", err)
		return nil
	}
	for _, w := range planned {
		if !holding[w.row] {
			continue
		}
		w.outcome.Kind = reportsync.Updated
		if err := r.ledger.end(ctx, w.row, w.outcome); err != nil {
			return err
		}
	}
	if err := r.ledger.flush(ctx); err != nil {
		return err
	}
	r.rows = rows
	return r.ledger.info(ctx, "of %s that an earlier attempt had planned, %d hold what was planned", count(len(planned), "record"), len(holding))
}

// replan returns what an earlier attempt was about to write for a row, and false when reading the record can't tell
// whether it did: no value was to differ, or a field is no longer mapped.
func (t *target) replan(row *reportRow) (write, bool) {
	if row.earlier == nil {
		return write{}, false
	}
	w := write{row: row, outcome: row.earlier.outcome}
	differs := false
	for _, c := range row.earlier.outcome.Changes {
		at := slices.Index(t.names, c.Field)
		if at < 0 {
			return write{}, false
		}
		w.sends = append(w.sends, assignment{field: at, value: orEmpty(c.After)})
		differs = differs || orEmpty(c.Before) != orEmpty(c.After)
	}
	return w, differs
}
