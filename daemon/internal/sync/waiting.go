package sync

import (
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// waiting is the units of a job whose results have not come. Result rows come in any order, and their values are
// printed anew: an updated record is found by its id, another by its key, brought to the form in which keys are
// compared (Bulk API 2.0 guide: get results).
type waiting struct {
	byID   bool
	target *target
	all    map[string]unit
}

func (r *run) newWaiting(target *target, j *job) (*waiting, error) {
	w := &waiting{byID: j.verb == salesforce.OperationUpdate, target: target, all: make(map[string]unit, len(j.units))}
	var row reportRow
	for _, u := range j.units {
		name, err := r.nameOf(w, u, &row)
		if err != nil {
			return nil, err
		}
		w.all[name] = u
	}
	return w, nil
}

// nameOf returns what a unit's result is found by.
func (r *run) nameOf(w *waiting, u unit, row *reportRow) (string, error) {
	if w.byID && r.rows.states[u.row].is() != rowDirect {
		f, err := r.onto(u)
		return f.id, err
	}
	if err := r.rows.at(int(u.row), row); err != nil {
		return "", err
	}
	if w.byID {
		return string(row.key), nil
	}
	return w.target.key.Fold(string(row.key)), nil
}

// pair returns what a result row is about, once.
func (w *waiting) pair(result salesforce.IngestResult) (unit, bool) {
	name := result.ID
	if !w.byID {
		cell, _ := result.Value(w.target.key.Name)
		name = w.target.key.FromOrg(cell)
	}
	u, ok := w.all[name]
	delete(w.all, name)
	return u, ok
}

func (w *waiting) left() int { return len(w.all) }

func (w *waiting) units() []unit {
	units := slices.Collect(maps.Values(w.all))
	slices.SortFunc(units, func(a, b unit) int { return int(a.row) - int(b.row) })
	return units
}
