package sync

import (
	"context"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// stakes is what a run is about to do, before it does it.
type stakes struct {
	read, matched, changed, cleared, created, rejected int64
}

// guard is the last stop before the first write: the integration's limits on how much may change, and what is left of
// the org's API calls. A dry run ends here, with the same numbers.
func (r *run) guard(ctx context.Context, target *target) (*writePlan, error) {
	writes := r.rows.count(rowDiffers) + r.rows.count(rowGroup) + r.rows.count(rowCreate) + r.rows.count(rowDirect)
	if err := r.ledger.enter(ctx, reportsync.StageGuard, writes); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	plan, st, err := r.survey(target)
	if err != nil {
		return nil, err
	}
	if err := r.sayStakes(ctx, st); err != nil {
		return nil, err
	}
	if r.sightless != nil {
		plan = r.sightless.plan(target, r.spec.Does())
	}
	if err := r.forecast(ctx, plan); err != nil {
		return nil, err
	}
	if r.past.planned() {
		err = r.passedBefore(ctx)
	} else {
		err = r.withinGuards(ctx, st)
	}
	if err == nil {
		err = r.affords(ctx, plan)
	}
	if err == nil && r.Run.DryRun {
		err = r.endDry(ctx, plan)
	}
	return plan, err
}

// endDry ends a dry run, which tells what would have stopped it instead of failing for it.
func (r *run) endDry(ctx context.Context, plan *writePlan) error {
	if err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) { f.WouldStop = r.would }); err != nil {
		return err
	}
	return r.ledger.info(ctx, "dry run: %s would have been written, none was", count(plan.len(), "record"))
}

// survey lists what is to be written and adds up what is at stake. Rows count where they are created or rejected; what is
// matched, changed and cleared are records.
func (r *run) survey(target *target) (*writePlan, stakes, error) {
	rows, plan := r.rows, newWritePlan(target, r.spec.Does(), r.rows.count(rowDirect) > 0 && !target.key.isID())
	st := stakes{read: int64(rows.len()), rejected: r.rejected(), created: rows.count(rowCreate)}
	st.matched = rows.count(rowSame) + rows.count(rowHeld) + rows.count(rowExists) + rows.count(rowDiffers) + rows.count(rowDirect)
	if r.spec.Match.UpdatesAll() {
		st.matched += rows.groups.records()
	}
	st.changed = rows.count(rowDirect)
	plan.reserve(int(rows.count(rowDiffers)+rows.count(rowDirect)), int(rows.count(rowCreate)))
	var row reportRow
	for index, is := range rows.states {
		if !is.writes() {
			continue
		}
		for _, u := range rows.unitsOf(index) {
			f, err := r.surveyed(u)
			if err == nil && target.mayClear(f) {
				err = rows.at(index, &row)
			}
			if err != nil {
				return nil, st, err
			}
			plan.add(is.is() == rowCreate, u, f.parent)
			changes, clears := target.touches(&row, f)
			st.changed += int64(bit(changes)) //nolint:gosec // 0 or 1
			st.cleared += int64(bit(clears))  //nolint:gosec // 0 or 1
		}
	}
	plan.sort()
	return plan, st, nil
}

// surveyed returns what is known of the record that a unit is to be written to: nothing of one that is to be created or
// was not looked at.
func (r *run) surveyed(u unit) (find, error) {
	if st := r.rows.states[u.row].is(); st == rowCreate || st == rowDirect {
		return find{}, nil
	}
	return r.rows.recordOf(u)
}

// touches reports whether a row changes what its record holds, and whether it empties a field of it. The row is looked
// at only where it may.
func (t *target) touches(row *reportRow, f find) (changes, clears bool) {
	for _, e := range f.edits {
		if !e.held && !e.made {
			changes, clears = true, clears || t.empties(e) && t.wanted(row, e.field) == ""
		}
	}
	return changes, clears
}

// mayClear reports whether a row has to be looked at to tell whether it empties a field of its record.
func (t *target) mayClear(f find) bool { return slices.ContainsFunc(f.edits, t.empties) }

// empties reports whether an edit may be that of a value that becomes none.
func (t *target) empties(e edit) bool { return e.before != "" && t.fields[e.field].clears }

// rejected counts the rows that did not get as far as this, leaving out those that gave way to another one by rule.
func (r *run) rejected() int64 {
	c := r.rows.tally()
	return c.Rejected() - r.rows.count(rowRepeated) - r.rows.count(rowSuperseded)
}

func (r *run) sayStakes(ctx context.Context, st stakes) error {
	return r.ledger.info(ctx, "%s read, %d matched: %d to change, %d of them losing a value, %d to create; %d rejected", count(int(st.read), "row"), st.matched, st.changed, st.cleared, st.created, st.rejected)
}

// passedBefore says that the integration's limits are not asked again. An earlier attempt has planned writes, so they let
// it through; what it wrote and what Salesforce refused would be counted wrongly now.
func (r *run) passedBefore(ctx context.Context) error {
	if r.spec.Guards == nil {
		return nil
	}
	return r.ledger.info(ctx, "guards are not checked again: they let an earlier attempt at the run through to its first write")
}

// withinGuards stops the run when a limit of the integration is broken.
func (r *run) withinGuards(ctx context.Context, st stakes) error {
	g := r.spec.Guards
	if g == nil {
		g = &reportsync.Guards{}
	}
	var broken []string
	check := func(name string, limit *float64, part, whole int64, what, of string) {
		if limit != nil && above(*limit, part, whole) {
			broken = append(broken, fmt.Sprintf("%d of %d %s would %s, %s %%, and guards.%s is %s", part, whole, of, what, percent(*limit, part, whole), name, number(*limit)))
		}
	}
	check("max_rejected_percent", g.MaxRejectedPercent, st.rejected, st.read, "be rejected", "rows")
	check("max_changed_percent", g.MaxChangedPercent, st.changed, st.matched, "change", "matched records")
	check("max_cleared_percent", g.MaxClearedPercent, st.cleared, st.matched, "lose a value", "matched records")
	check("max_created_percent", g.MaxCreatedPercent, st.created, st.read, "create a record", "rows")
	few := g.MinRowsPercent
	switch before := r.Previous.Read; {
	case st.read == 0 && (few == nil || *few > 0):
		broken = append(broken, "the report has no rows, which most often means that it was not delivered right (where it may be empty, set guards.min_rows_percent to 0)")
	case few != nil && below(*few, st.read, before):
		broken = append(broken, fmt.Sprintf("the report has %s, %s %% of the %d that the last run read, and guards.min_rows_percent is %s",
			count(int(st.read), "row"), percent(*few, st.read, before), before, number(*few)))
	}
	if len(broken) == 0 {
		return nil
	}
	return r.halt(ctx, reportsync.CodeGuard, "look at the report and at the outcomes; if they are as they should be, change the limit", broken...)
}

// percent writes the share that breaks a limit.
func percent(limit float64, part, whole int64) string {
	return beside(decimal(limit), percentOf(part, whole), 1)
}
