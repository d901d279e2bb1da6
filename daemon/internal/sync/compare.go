package sync

import (
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// sendsAll reports whether the values of a row are sent also where nothing differs.
func (r *run) sendsAll() bool { return r.Run.FullResync || !r.spec.Compares() }

// compare sets a row against its record, both in canonical form. What stands there already is not written (invariant
// 8); of the rest the before-images are kept. Where an earlier attempt was about to write the record and it holds what
// was planned, landed is the row's outcome.
func (m *matcher) compare(row *reportRow, rec record) (f find, landed *reportsync.Outcome) {
	f = find{id: rec.id, parent: rec.parent, edits: m.edits[:0]}
	for i := range m.target.fields {
		field := &m.target.fields[i]
		if !field.onUpdate {
			continue
		}
		if have := field.FromOrg(rec.values[i]); !m.target.holds(row, i, have) {
			f.edits = append(f.edits, edit{field: i, before: have})
		}
	}
	m.edits = f.edits
	if planned := m.run.past.planOf(row.index, rec.id); planned != nil {
		if landed = m.landed(row, rec, f, planned); landed == nil {
			f.edits = m.target.withFirst(f.edits, planned.Changes)
		}
		return f, landed
	}
	if planned := m.run.past.planOf(row.index, ""); planned != nil {
		landed = m.madeBy(row, rec, planned)
		return f, landed
	}
	if !m.run.Run.FullResync {
		for i := range f.edits {
			e := &f.edits[i]
			e.repeats = m.previous.repeats(rec.id, m.target.names[e.field], e.before, m.target.wanted(row, e.field))
			e.held = e.repeats >= unsettledRuns
		}
	}
	return f, nil
}

// landed returns the outcome of a row for which an earlier attempt wrote its record: what it planned stands there, all
// of it, though not before, and nothing is left to write.
func (m *matcher) landed(row *reportRow, rec record, f find, planned *reportsync.Outcome) *reportsync.Outcome {
	if len(f.edits) > 0 || !m.target.shows(rec, planned.Changes) {
		return nil
	}
	differed := slices.ContainsFunc(planned.Changes, func(c reportsync.Change) bool { return orEmpty(c.Before) != orEmpty(c.After) })
	if !differed {
		return nil
	}
	o := begin(row, reportsync.Updated)
	o.RecordID, o.Changes = rec.id, planned.Changes
	return &o
}

// madeBy returns the outcome of a row for which an earlier attempt was about to create a record, when a record has its
// key and values now.
func (m *matcher) madeBy(row *reportRow, rec record, planned *reportsync.Outcome) *reportsync.Outcome {
	if !m.run.past.maySent(row.index) || !m.target.shows(rec, planned.Changes) {
		return nil
	}
	o := begin(row, reportsync.Created)
	o.RecordID, o.Changes = rec.id, planned.Changes
	return &o
}

// shows reports whether a record holds what changes were to make of it. The key, by which it was found, is not asked.
func (t *target) shows(rec record, changes []reportsync.Change) bool {
	for _, c := range changes {
		if c.Field == t.key.Name {
			continue
		}
		at := slices.Index(t.names, c.Field)
		if at < 0 || t.fields[at].FromOrg(rec.values[at]) != orEmpty(c.After) {
			return false
		}
	}
	return true
}

// withFirst keeps the first before-image of every field that an earlier attempt set out to change. One that differs no
// more keeps its change: it has happened.
func (t *target) withFirst(edits []edit, planned []reportsync.Change) []edit {
	for _, c := range planned {
		field := slices.Index(t.names, c.Field)
		if field < 0 {
			continue
		}
		at := slices.IndexFunc(edits, func(e edit) bool { return e.field == field })
		if at < 0 {
			edits = append(edits, edit{field: field, before: orEmpty(c.Before), made: true})
		} else {
			edits[at].before = orEmpty(c.Before)
		}
	}
	return edits
}
