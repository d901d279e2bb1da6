package model

import (
	"maps"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// expecting is a run in thought.
type expecting struct {
	Case
	object Object
	key    keyField
	rows   []*row
}

// Expect returns what a run must come to if nothing gets in its way. The spec must be valid and fit the org.
func Expect(c Case) Expectation {
	e := &expecting{Case: c, object: c.Org.Objects[c.Spec.Object]}
	e.key = keyField{
		Field:    e.object.Fields[c.Spec.Match.Field],
		name:     c.Spec.Match.Field,
		prefix:   e.object.Prefix,
		report:   c.Spec.Match.Transform,
		records:  c.Spec.Match.FieldTransform,
		byUpsert: c.Spec.Does() == reportsync.OperationUpsert && e.object.Fields[c.Spec.Match.Field].ExternalID,
	}
	e.read()
	e.duplicates()
	e.findParents()
	e.match()
	e.decide()
	stopped := e.guarded()
	return Expectation{Outcomes: e.outcomes(), Records: e.records(stopped || e.DryRun), Stopped: stopped}
}

// findParents puts the ids of parents in the place of their keys.
func (e *expecting) findParents() {
	for _, r := range e.rows {
		for _, name := range slices.Sorted(maps.Keys(r.parents)) {
			l := e.Spec.Mappings[name].Lookup
			parents := keyField{Field: e.Org.Objects[l.Object].Fields[l.Field], name: l.Field}
			found := parents.find(e.Org.Records[l.Object], r.parents[name])
			if len(found) == 1 {
				r.says[name] = found[0]["Id"]
			} else {
				r.astray = append(r.astray, len(found))
			}
		}
	}
}

// match finds the records of each row, and ends the rows that are not to be written.
func (e *expecting) match() {
	for _, r := range e.rows {
		if r.outcome != nil {
			continue
		}
		r.found = e.key.find(e.Org.Records[e.Spec.Object], r.key)
		switch does := e.Spec.Does(); {
		case len(r.found) == 0 && !does.Creates():
			r.end(reportsync.Unmatched, reportsync.RowNoRecord)
		case len(r.found) > 0 && !does.Updates():
			r.end(reportsync.Unchanged, reportsync.RowExists)
		case len(r.astray) > 0 && r.astray[0] == 0:
			r.end(reportsync.Malformed, reportsync.RowNoParent)
		case len(r.astray) > 0:
			r.end(reportsync.Ambiguous, reportsync.RowManyParents)
		case len(r.found) > 1 && !e.Spec.Match.UpdatesAll():
			r.end(reportsync.Ambiguous, reportsync.RowManyRecords)
		}
	}
}

// decide compares what the rows say with what the records hold.
func (e *expecting) decide() {
	for _, r := range e.rows {
		switch {
		case r.outcome != nil:
		case len(r.found) == 0:
			e.create(r)
		default:
			e.update(r)
		}
	}
}

// update ends a row that has records: as updated if one of them is to be written.
func (e *expecting) update(r *row) {
	kind, held, fixed, changes := reportsync.Unchanged, []Change(nil), []Change(nil), []Change(nil)
	for _, record := range r.found {
		differing, unsettled, kept := e.differences(r, record)
		changes, held, fixed = append(changes, differing...), append(held, unsettled...), append(fixed, kept...)
		if len(differing) > 0 || e.sendsAll() && e.changesAny(r) {
			kind = reportsync.Updated
		}
	}
	r.end(kind, "")
	if len(fixed) > 0 {
		r.outcome.Code = reportsync.RowCreateOnly
	}
	if len(held) > 0 {
		r.outcome.Code = reportsync.RowUnsettled
	}
	r.outcome.Changes, r.outcome.Held, r.outcome.Fixed = changes, held, fixed
}

// changesAny reports whether a row says anything that a record that is there can be told.
func (e *expecting) changesAny(r *row) bool {
	for name := range r.says {
		if !e.object.Fields[name].CreateOnly {
			return true
		}
	}
	return false
}

// differences returns what a row changes in a record, what it would change if that had not been undone after each of the
// two runs before, and what it would change if that could be changed.
func (e *expecting) differences(r *row, record Record) (changes, held, fixed []Change) {
	for _, name := range slices.Sorted(maps.Keys(r.says)) {
		c := Change{RecordID: record["Id"], Field: name, Before: e.object.Fields[name].reads(record[name]), After: r.says[name]}
		switch {
		case c.Before == c.After:
		case e.object.Fields[name].CreateOnly:
			fixed = append(fixed, c)
		case e.Made[c] >= 2 && !e.sendsAll():
			held = append(held, c)
		default:
			changes = append(changes, c)
		}
	}
	return changes, held, fixed
}

// sendsAll reports whether all that rows say is written, whatever the records hold.
func (e *expecting) sendsAll() bool { return e.FullResync || !e.Spec.Compares() }

// create ends a row that is to get a record, unless it lacks a value that a record can't be without.
func (e *expecting) create(r *row) {
	r.says[e.Spec.Match.Field] = r.key
	for name, f := range e.object.Fields {
		if f.Required && r.says[name] == "" {
			r.end(reportsync.Malformed, reportsync.RowRequired)
			return
		}
	}
	r.end(reportsync.Created, "")
	for _, name := range slices.Sorted(maps.Keys(r.says)) {
		if r.says[name] != "" {
			r.outcome.Changes = append(r.outcome.Changes, Change{Field: name, After: r.says[name]})
		}
	}
}

// outcomes returns what becomes of the rows.
func (e *expecting) outcomes() []Outcome {
	var outcomes []Outcome
	for _, r := range e.rows {
		if k := r.outcome.Kind; k == reportsync.Updated || k == reportsync.Unchanged {
			for _, record := range r.found {
				r.outcome.Records = append(r.outcome.Records, record["Id"])
			}
		}
		r.outcome.Same = r.same
		outcomes = append(outcomes, *r.outcome)
	}
	return outcomes
}

// records returns the object's records after the run. A run that writes nothing leaves them as they are.
func (e *expecting) records(untouched bool) []Record {
	var after []Record
	for _, record := range e.Org.Records[e.Spec.Object] {
		after = append(after, maps.Clone(record))
	}
	if untouched {
		return after
	}
	for _, r := range e.rows {
		switch r.outcome.Kind {
		case reportsync.Updated:
			for _, record := range after {
				if slices.Contains(r.outcome.Records, record["Id"]) {
					e.write(r, record)
				}
			}
		case reportsync.Created:
			after = append(after, e.made(r))
		default:
		}
	}
	return after
}

// write gives a record what a row says: all of it, or what the row changes.
func (e *expecting) write(r *row, record Record) {
	if e.sendsAll() {
		for name, value := range r.says {
			if !e.object.Fields[name].CreateOnly {
				record.set(name, value)
			}
		}
	}
	for _, c := range r.outcome.Changes {
		if c.RecordID == record["Id"] {
			record.set(c.Field, c.After)
		}
	}
}

// made returns the record that is made for a row.
func (e *expecting) made(r *row) Record {
	made := Record{}
	for name, f := range e.object.Fields {
		made.set(name, f.null())
	}
	for name, value := range r.says {
		made.set(name, value)
	}
	return made
}

// set gives a field a value; the empty text empties it.
func (r Record) set(field, value string) {
	if r[field] = value; value == "" {
		delete(r, field)
	}
}
