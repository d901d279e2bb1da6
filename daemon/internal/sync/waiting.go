package sync

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// waiting is the units of a job whose results have not come. Result rows come in any order, and their values are
// printed anew: an updated record is found by its id, another by its key, brought to the form in which keys are
// compared (Bulk API 2.0 guide: get results).
type waiting struct {
	target *target
	units  []unit
	ids    *roll[recordID] // of an update, nil otherwise
	keys   *roll[string]
}

func (r *run) newWaiting(target *target, j *job) (*waiting, error) {
	w := &waiting{target: target, units: j.units}
	if j.verb == salesforce.OperationUpdate {
		w.ids = newRoll(j.ids)
		return w, nil
	}
	keys := make([]string, len(j.units))
	var row reportRow
	for i, u := range j.units {
		if err := r.rows.at(int(u.row), &row); err != nil {
			return nil, err
		}
		keys[i] = target.key.Fold(string(row.key))
	}
	w.keys = newRoll(keys)
	return w, nil
}

// pair returns what a result row is about, once.
func (w *waiting) pair(result salesforce.IngestResult) (u unit, ok bool) {
	var at int
	if w.ids != nil {
		at, ok = w.ids.call(recordIDOf(result.ID))
	} else {
		cell, _ := result.Value(w.target.key.Name)
		at, ok = w.keys.call(w.target.key.FromOrg(cell))
	}
	if !ok {
		return unit{}, false
	}
	return w.units[at], true
}

func (w *waiting) left() int {
	if w.ids != nil {
		return w.ids.left
	}
	return w.keys.left
}

// missing returns the units that no result row was about, in the report's order.
func (w *waiting) missing() []unit {
	var units []unit
	called := w.called()
	for i, u := range w.units {
		if !called[i] {
			units = append(units, u)
		}
	}
	slices.SortFunc(units, func(a, b unit) int { return int(a.row) - int(b.row) })
	return units
}

func (w *waiting) called() []bool {
	if w.ids != nil {
		return w.ids.called
	}
	return w.keys.called
}
