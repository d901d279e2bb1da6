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
func (m *matcher) compare(row *reportRow, rec *record) (f find, landed *reportsync.Outcome) {
	f = find{id: rec.id, parent: rec.parent, edits: m.edits[:0]}
	for i := range m.target.fields {
		field := &m.target.fields[i]
		if m.target.shows(row, i, rec.values[i]) {
			continue
		}
		if have := field.FromOrg(rec.values[i]); !m.target.holds(row, i, have) {
			f.edits = append(f.edits, edit{field: i, before: have, held: !field.onUpdate, fixed: !field.onUpdate})
		}
	}
	m.edits = f.edits
	if !m.run.Run.FullResync {
		for i := range f.edits {
			e := &f.edits[i]
			if e.fixed {
				continue
			}
			e.repeats = m.previous.repeats(rec.id, m.target.names[e.field], e.before, m.target.wanted(row, e.field))
			e.held = e.repeats >= unsettledRuns
		}
	}
	if !m.run.past.attempts {
		return f, nil
	}
	return m.compareAgain(row, rec, f)
}

// compareAgain takes into account what an earlier attempt was about to do. What Salesforce has not got of it makes no
// difference.
func (m *matcher) compareAgain(row *reportRow, rec *record, f find) (find, *reportsync.Outcome) {
	if planned := m.run.past.planOf(row.index, rec.id); planned != nil {
		f.edits = m.target.withFirst(row, f.edits, planned.Changes)
		return f, m.landed(row, rec, f, planned)
	}
	if planned := m.run.past.planOf(row.index, ""); planned != nil {
		landed := m.madeBy(row, rec, planned)
		if landed == nil && !creates(planned.Changes, m.target.key.Name) {
			f.edits = m.target.withFirst(row, f.edits, planned.Changes) // that attempt had not looked at the record
		}
		return f, landed
	}
	return f, nil
}

// landed returns the outcome of a row for which an earlier attempt wrote its record: what it planned stands there, all
// of it, though not before, and nothing is left to write.
func (m *matcher) landed(row *reportRow, rec *record, f find, planned *reportsync.Outcome) *reportsync.Outcome {
	if f.sends() || !m.target.matches(rec, planned.Changes) {
		return nil
	}
	differed := slices.ContainsFunc(planned.Changes, func(c reportsync.Change) bool { return !c.Held && differs(c) })
	if !differed {
		return nil
	}
	o := begin(row, reportsync.Updated)
	o.RecordID, o.Changes = rec.id, planned.Changes
	return new(unsettled(o))
}

// madeBy returns the outcome of a row for which an earlier attempt was about to create a record, when a record has its
// key and values now. An upsert of a record that nobody had looked at may have found it there: of such a record no more
// can be said than that it was written.
func (m *matcher) madeBy(row *reportRow, rec *record, planned *reportsync.Outcome) *reportsync.Outcome {
	if !m.target.matches(rec, planned.Changes) {
		return nil
	}
	o := begin(row, reportsync.Updated)
	if creates(planned.Changes, m.target.key.Name) {
		o.Kind = reportsync.Created
	}
	o.RecordID, o.Changes = rec.id, planned.Changes
	return &o
}

// creates reports whether changes are those of a record that was found missing: only these name the key.
func creates(changes []reportsync.Change, key string) bool {
	return slices.ContainsFunc(changes, func(c reportsync.Change) bool { return c.Field == key })
}

// matches reports whether a record holds what changes were to make of it. The key, by which it was found, is not asked, nor
// is what was not sent.
func (t *target) matches(rec *record, changes []reportsync.Change) bool {
	for _, c := range changes {
		if c.Field == t.key.Name || c.Held {
			continue
		}
		at := slices.Index(t.names, c.Field)
		if at < 0 || t.fields[at].FromOrg(rec.values[at]) != orEmpty(c.After) {
			return false
		}
	}
	return true
}

// withFirst keeps the first before-image of every field that an earlier attempt set out to change, and whether it was
// held back: what was written beside it may have set off what undoes it once more. A field that differs no more keeps
// its change if that was sent: it has happened.
func (t *target) withFirst(row *reportRow, edits []edit, planned []reportsync.Change) []edit {
	for _, c := range planned {
		field := slices.Index(t.names, c.Field)
		if field < 0 {
			continue
		}
		at := slices.IndexFunc(edits, func(e edit) bool { return e.field == field })
		switch {
		case at >= 0:
			edits[at].before, edits[at].unknown = orEmpty(c.Before), c.BeforeUnknown
			if t.wanted(row, field) == orEmpty(c.After) {
				edits[at].held, edits[at].repeats = c.Held, c.Repeats
			}
		case !c.Held:
			edits = append(edits, edit{field: field, before: orEmpty(c.Before), unknown: c.BeforeUnknown, repeats: c.Repeats, made: true})
		}
	}
	return edits
}
