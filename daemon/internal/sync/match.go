package sync

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// match finds the record of each row and, as records come by, in what they differ: what a record holds is kept only
// where it is to be written (compare.go).
func (r *run) match(ctx context.Context, target *target, keys *keyIndex) error {
	if err := r.ledger.enter(ctx, reportsync.StageMatch, int64(keys.usable)); err != nil {
		return err
	}
	if keys.usable == 0 {
		return nil
	}
	if err := r.findParents(ctx, target); err != nil {
		return err
	}
	choice, err := r.findRecords(ctx, target, keys)
	if err != nil {
		return err
	}
	if err := r.conclude(target); err != nil {
		return err
	}
	if err := r.ledger.learn(ctx, func(f *reportsync.RunFacts) {
		f.Forecast = &reportsync.Forecast{Match: choice}
	}); err != nil {
		return err
	}
	if choice.Route == searchNone {
		return nil
	}
	c := r.rows.tally()
	missing := r.rows.count(rowMissing) + r.rows.count(rowCreate)
	return r.ledger.info(ctx, "%s without a record, %d with several", count(int(missing), "row"), c.Ambiguous+r.rows.count(rowGroup))
}

// findRecords reads the records that have the rows' keys, or finds that they need not be read.
func (r *run) findRecords(ctx context.Context, target *target, keys *keyIndex) (reportsync.Choice, error) {
	if blind, err := r.blind(target); err != nil {
		return reportsync.Choice{}, err
	} else if blind {
		return r.takeBlindly(ctx, target)
	}
	known, err := r.readPrevious(ctx)
	if err != nil {
		return reportsync.Choice{}, err
	}
	m := &matcher{run: r, target: target, keys: keys, previous: known}
	return r.search(ctx, search{
		object: target.object.Name, key: target.key, columns: target.columns(), keys: r.openKeys(), number: keys.usable,
	}, m.take)
}

// openKeys yields the keys of the rows that are on their way.
func (r *run) openKeys() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for row, err := range r.rows.each(rowOpen) {
			if !yield(string(row.key), err) {
				return
			}
		}
	}
}

// blind reports whether rows are written without their records being read: nothing is to be compared, no share of what
// changes is asked for, and the key is the record's id or makes an upsert. Of a row that has nothing to write only its
// record can tell what became of it, and an upsert, which may create the record, empties no field.
func (r *run) blind(target *target) (bool, error) {
	if r.spec.Compares() || r.Run.DryRun || r.spec.Guards != nil || r.past.attempts || len(r.spec.Match.FieldTransform) > 0 || r.spec.Match.UpdatesAll() {
		return false, nil
	}
	op := r.spec.Does()
	if !target.createsByKey(op) && (op != reportsync.OperationUpdate || !target.key.isID()) {
		return false, nil
	}
	if target.createsByKey(op) && slices.ContainsFunc(target.fields, func(f mappedField) bool { return f.clears }) {
		return false, nil
	}
	for row, err := range r.rows.each(rowOpen) {
		if err != nil || len(target.assignAll(row, false)) == 0 {
			return false, err
		}
	}
	return true, nil
}

func (r *run) takeBlindly(ctx context.Context, target *target) (reportsync.Choice, error) {
	for row, err := range r.rows.each(rowOpen) {
		if err != nil {
			return reportsync.Choice{}, err
		}
		if field, orphaned, is := target.orphan(row); is {
			r.rows.set(row.index, orphaned, uint64(field)) //nolint:gosec // an index
			continue
		}
		r.rows.set(row.index, rowDirect, 0)
	}
	choice := reportsync.Choice{Route: searchNone, Rows: r.rows.count(rowDirect), Why: "nothing is read: change_detection is none, and " + target.key.Name + " says which record is meant"}
	return choice, r.ledger.info(ctx, "%s", choice.Why)
}

// matcher takes records as they come and tells rows what became of them.
type matcher struct {
	run      *run
	target   *target
	keys     *keyIndex
	previous *previous

	mu    sync.Mutex
	row   reportRow
	pack  packer
	edits []edit
}

// take notes a record. One that no row asks for is passed over: a whole object may be read.
func (m *matcher) take(in []string) error {
	rec, err := m.target.record(in)
	if err != nil || rec.key == "" {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := m.run.rows
	for index := range m.keys.Rows(m.keys.Hash(rec.key)) {
		if err := rows.at(int(index), &m.row); err != nil {
			return err
		}
		if string(m.row.key) != rec.key && m.target.key.Fold(string(m.row.key)) != rec.key {
			continue
		}
		return m.meet(&m.row, rec)
	}
	return nil
}

// meet brings a row and a record together.
func (m *matcher) meet(row *reportRow, rec record) error {
	rows := m.run.rows
	switch st := rows.states[row.index]; st {
	case rowOpen:
		if !m.run.spec.Does().Updates() {
			return m.exists(row, rec)
		}
		if field, orphaned, is := m.target.orphan(row); is {
			rows.set(row.index, orphaned, uint64(field)) //nolint:gosec // an index
			return nil
		}
		f, landed := m.compare(row, rec)
		if landed == nil && m.run.spec.Match.UpdatesAll() {
			landed = m.run.past.answerOf(row.index, rec.id)
		}
		switch {
		case landed == nil:
			return m.first(row, f)
		case !m.run.spec.Match.UpdatesAll():
			return rows.answer(row.index, *landed)
		}
		one, err := m.member(row, f, landed)
		rows.set(row.index, rowGroup, rows.groups.add(one))
		return err
	case rowSame, rowHeld, rowDiffers:
		before, err := rows.recordOf(row.index)
		if err != nil || before.id == rec.id {
			return err
		}
		return m.second(row, before, rec)
	case rowGroup, rowAmbiguous:
		return m.another(row, rec)
	default:
		return nil // it goes no further, whatever its record is
	}
}

// first notes the first record of a row.
func (m *matcher) first(row *reportRow, f find) error {
	rows := m.run.rows
	send, held := false, false
	for _, e := range f.edits {
		send, held = send || !e.held && !e.made, held || e.held
	}
	if m.run.sendsAll() {
		send = m.sends(row, f)
	}
	if len(f.edits) == 0 && !send {
		if link, ok := rows.ids.pack(f.id); ok {
			rows.set(row.index, rowSame, link)
			return nil
		}
	}
	ref, err := rows.finds.Append(m.pack.find(&f))
	if err != nil {
		return err
	}
	st := rowHeld
	if send {
		st = rowDiffers
	}
	rows.set(row.index, st, uint64(ref))
	return nil
}

// second makes a group of the record that a row has and another one.
func (m *matcher) second(row *reportRow, before find, rec record) error {
	one, err := m.member(row, before, nil)
	if err != nil {
		return err
	}
	st := rowAmbiguous
	if m.run.spec.Match.UpdatesAll() {
		st = rowGroup
	}
	m.run.rows.set(row.index, st, m.run.rows.groups.add(one))
	return m.another(row, rec)
}

// another adds a record to a row's group.
func (m *matcher) another(row *reportRow, rec record) error {
	rows := m.run.rows
	group := rows.links[row.index]
	for _, known := range rows.groups.of(group) {
		f, err := rows.find(uint64(known.find))
		if err != nil || f.id == rec.id {
			return err
		}
	}
	f, landed := find{id: rec.id}, (*reportsync.Outcome)(nil)
	if rows.states[row.index] == rowGroup {
		if f, landed = m.compare(row, rec); landed == nil {
			landed = m.run.past.answerOf(row.index, rec.id)
		}
	}
	next, err := m.member(row, f, landed)
	if err != nil {
		return err
	}
	rows.groups.join(group, next)
	return nil
}

func (m *matcher) member(row *reportRow, f find, answer *reportsync.Outcome) (member, error) {
	ref, err := m.run.rows.finds.Append(m.pack.find(&f))
	return member{find: ref, answer: answer, idle: !m.sends(row, f)}, err
}

// exists notes that a row that was only to be inserted has a record.
func (m *matcher) exists(row *reportRow, rec record) error {
	rows := m.run.rows
	if planned := m.run.past.planOf(row.index, ""); planned != nil {
		if o := m.madeBy(row, rec, planned); o != nil {
			return rows.answer(row.index, *o)
		}
	}
	if link, ok := rows.ids.pack(rec.id); ok {
		rows.set(row.index, rowExists, link)
		return nil
	}
	o := begin(row, reportsync.Unchanged)
	o.RecordID, o.Code = rec.id, reportsync.RowExists
	return rows.answer(row.index, o)
}

// recordOf returns what is known of the one record of a row.
func (s *rowSet) recordOf(index int) (find, error) {
	switch s.states[index].is() {
	case rowSame, rowExists, rowCreated:
		return find{id: s.ids.unpack(s.links[index])}, nil
	default:
		return s.find(s.links[index])
	}
}

// conclude settles the rows for which all records were read: those without one, and those with several.
func (r *run) conclude(target *target) error {
	for row, err := range r.rows.each(rowOpen, rowGroup, rowDiffers, rowSame, rowHeld) {
		if err != nil {
			return err
		}
		switch r.rows.states[row.index].is() {
		case rowOpen:
			err = r.concludeMissing(target, row)
		case rowGroup:
			err = r.concludeGroup(target, row)
		default:
			if r.past.attempts {
				err = r.concludeMoved(row)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// concludeMissing settles a row that has no record.
func (r *run) concludeMissing(target *target, row *reportRow) error {
	if planned := r.past.sentPlan(row.index); planned != nil && planned.RecordID != "" {
		return r.rows.answer(row.index, r.lostTrack(row, planned))
	}
	if !r.spec.Does().Creates() {
		r.rows.set(row.index, rowMissing, 0)
		return nil
	}
	if field, orphaned, is := target.orphan(row); is {
		r.rows.set(row.index, orphaned, uint64(field)) //nolint:gosec // an index
		return nil
	}
	for i := range target.fields {
		f := &target.fields[i]
		if f.onCreate && f.RequiredOnCreate() && target.wanted(row, i) == "" {
			r.rows.set(row.index, rowIncomplete, uint64(i))
			return nil
		}
	}
	r.rows.set(row.index, rowCreate, 0)
	return nil
}

// concludeMoved settles a row that an earlier attempt was about to write to another record than the one that has its
// key now: nobody can say any more whether that was done.
func (r *run) concludeMoved(row *reportRow) error {
	planned := r.past.sentPlan(row.index)
	if planned == nil || planned.RecordID == "" {
		return nil
	}
	found, err := r.rows.recordOf(row.index)
	if err != nil || found.id == planned.RecordID {
		return err
	}
	return r.rows.answer(row.index, r.lostTrack(row, planned))
}

// lostTrack is the outcome of a row whose record can't be looked at by its key any more.
func (r *run) lostTrack(row *reportRow, planned *reportsync.Outcome) reportsync.Outcome {
	o := begin(row, reportsync.Unprocessed)
	o.Code = reportsync.RowNoAnswer
	o.Message = "an attempt that was cut off may have written the record, which is no longer the one that has the key"
	o.RecordID, o.Changes = planned.RecordID, planned.Changes
	return o
}

// concludeGroup settles a row none of whose records is to be written.
func (r *run) concludeGroup(target *target, row *reportRow) error {
	for _, m := range r.rows.groups.of(r.rows.links[row.index]) {
		if m.answer == nil && !m.idle {
			return nil
		}
	}
	o, err := r.groupOutcome(target, row, reportsync.Unchanged)
	if err != nil {
		return err
	}
	return r.rows.answer(row.index, o)
}

// sends reports whether anything of a row is to be sent to a record.
func (m *matcher) sends(row *reportRow, f find) bool {
	if m.run.sendsAll() {
		return len(m.target.assignAll(row, false)) > 0
	}
	return f.sends()
}

// sends reports whether anything of a find is to be sent.
func (f find) sends() bool {
	for _, e := range f.edits {
		if !e.held && !e.made {
			return true
		}
	}
	return false
}

// begin starts the outcome of a row.
func begin(row *reportRow, kind reportsync.OutcomeKind) reportsync.Outcome {
	return reportsync.Outcome{Row: int64(row.index) + 1, Line: row.line, Key: string(row.key), Kind: kind}
}
