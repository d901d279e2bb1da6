package sync

import (
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// matcher takes records as they come and tells rows what became of them. Batches may be taken side by side: what is
// looked up and compared needs nobody else, and what is told to rows is told by one at a time.
type matcher struct {
	run      *run
	target   *target
	keys     *keyIndex
	previous *previous
	glances  bool      // a record that holds what its row wants is known by its print
	hands    sync.Pool // of *hand

	mu    sync.Mutex
	row   reportRow
	pack  packer
	edits []edit
	met   map[met]struct{} // records of rows that have several
}

func (r *run) newMatcher(target *target, keys *keyIndex, known *previous) *matcher {
	m := &matcher{run: r, target: target, keys: keys, previous: known, met: map[met]struct{}{}}
	m.glances = r.glances(target)
	m.hands.New = func() any { return new(hand) }
	return m
}

// matchBatch is how many records are matched at once. Their rows stand anywhere in memory, and are asked for all together
// before any of them is looked at, so that the processor waits for many of them in the time that it takes to wait for one.
const matchBatch = 64

// hand is what records are looked up with, at most a batch of them.
type hand struct {
	records [matchBatch]record
	ways    [matchBatch]spool.Way
	marks   [matchBatch]mark
	text    []byte
}

// mark is by what a record is known to hold what its row wants.
type mark struct {
	print uint64 // noPrint for none
	id    uint64 // packed
}

// met is a record of a row that has several. It has no pointers: there may be very many of them.
type met struct {
	row uint32
	id  [15]byte // all of it but the checksum
}

// meetsFirst reports whether a record of a row that has several comes for the first time: a page that is read once more
// has the same ones.
func (m *matcher) meetsFirst(row *reportRow, id string) bool {
	one := met{row: uint32(row.index)} //nolint:gosec // at most maxRows
	copy(one.id[:], id)
	if _, known := m.met[one]; known {
		return false
	}
	m.met[one] = struct{}{}
	return true
}

// take notes records. Those that no row asks for are passed over: a whole object may be read.
func (m *matcher) take(batch records) error {
	h, _ := m.hands.Get().(*hand)
	defer m.hands.Put(h)
	for from := 0; from < batch.Len(); from += matchBatch {
		number := min(matchBatch, batch.Len()-from)
		if err := m.find(h, batch, from, number); err != nil {
			return err
		}
		if err := m.tell(h, number); err != nil {
			return err
		}
	}
	return nil
}

// find looks up the rows of some records of a batch.
func (m *matcher) find(h *hand, batch records, from, number int) error {
	ways := h.ways[:number]
	for i := range ways {
		rec := &h.records[i]
		rec.row = batch.Row(from+i, rec.row)
		if err := m.target.record(rec.row, rec); err != nil {
			return err
		}
		ways[i] = m.keys.Way(rec.key)
		h.marks[i] = mark{}
		if !m.glances {
			continue
		}
		if id, packed := m.run.rows.ids.pack(rec.id); packed {
			h.text = m.target.appendRecord(h.text[:0], rec)
			h.marks[i] = mark{print: printOf(ways[i].Hash, m.keys.HashBytes(h.text)), id: id}
		}
	}
	m.keys.Approach(ways)
	return nil
}

// tell tells rows of the records that were found. Only rows whose record is not known by its print are read.
func (m *matcher) tell(h *hand, number int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows, ways := m.run.rows, h.ways[:number]
	rows.approach(ways)
	for i := range ways {
		row, mark := ways[i].Row, h.marks[i]
		if row != spool.NoRow && mark.print != noPrint && rows.links[row] == mark.print && rows.states[row] == rowOpen {
			rows.set(int(row), rowSame, mark.id)
			ways[i].Row = spool.NoRow
		}
	}
	rows.table.Approach(ways)
	for i := range ways {
		if ways[i].Row == spool.NoRow {
			continue
		}
		if err := m.tellOne(&h.records[i], ways[i].Hash); err != nil {
			return err
		}
	}
	return nil
}

// tellOne tells a row of its record, if the key is the row's indeed.
func (m *matcher) tellOne(rec *record, hash uint64) error {
	if rec.key == "" {
		return nil
	}
	for index := range m.keys.Rows(hash) {
		if err := m.run.rows.at(int(index), &m.row); err != nil {
			return err
		}
		if string(m.row.key) == rec.key || m.target.key.Fold(string(m.row.key)) == rec.key {
			return m.meet(&m.row, rec)
		}
	}
	return nil
}

// meet brings a row and a record together.
func (m *matcher) meet(row *reportRow, rec *record) error {
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
		if err != nil {
			return err
		}
		m.meetsFirst(row, rec.id)
		rows.set(row.index, rowGroup, rows.groups.add(one))
		return nil
	case rowSame, rowHeld, rowDiffers:
		before, err := rows.recordOf(unit{row: uint32(row.index)}) //nolint:gosec // at most maxRows
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
	send := m.sends(row, f)
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

// second makes a group of the record that a row has and another one, or rivals.
func (m *matcher) second(row *reportRow, before find, rec *record) error {
	rows := m.run.rows
	m.meetsFirst(row, before.id)
	if !m.run.spec.Match.UpdatesAll() {
		rows.rivals = append(rows.rivals, rivals{})
		rows.set(row.index, rowAmbiguous, uint64(len(rows.rivals)-1)) //nolint:gosec // an index
		rows.rivals[len(rows.rivals)-1].add(before.id)
		return m.another(row, rec)
	}
	one, err := m.member(row, before, nil)
	if err != nil {
		return err
	}
	rows.set(row.index, rowGroup, rows.groups.add(one))
	return m.another(row, rec)
}

// another adds a record to those that a row has.
func (m *matcher) another(row *reportRow, rec *record) error {
	if !m.meetsFirst(row, rec.id) {
		return nil
	}
	rows := m.run.rows
	link := rows.links[row.index]
	if rows.states[row.index] == rowAmbiguous {
		rows.rivals[link].add(rec.id)
		return nil
	}
	f, landed := m.compare(row, rec)
	if landed == nil {
		landed = m.run.past.answerOf(row.index, rec.id)
	}
	next, err := m.member(row, f, landed)
	if err != nil {
		return err
	}
	rows.groups.join(link, next)
	return nil
}

func (m *matcher) member(row *reportRow, f find, answer *reportsync.Outcome) (member, error) {
	ref, err := m.run.rows.finds.Append(m.pack.find(&f))
	return member{find: ref, answer: answer, idle: !m.sends(row, f)}, err
}

// exists notes that a row that was only to be inserted has a record.
func (m *matcher) exists(row *reportRow, rec *record) error {
	rows := m.run.rows
	if planned := m.run.past.planOf(row.index, ""); planned != nil {
		if o := m.madeBy(row, rec, planned); o != nil {
			return rows.answer(row.index, *o)
		}
		o := begin(row, reportsync.Unprocessed)
		o.Changes = planned.Changes
		return rows.answer(row.index, doubted(o, []string{rec.id}))
	}
	if link, ok := rows.ids.pack(rec.id); ok {
		rows.set(row.index, rowExists, link)
		return nil
	}
	o := begin(row, reportsync.Unchanged)
	o.RecordID, o.Code = rec.id, reportsync.RowExists
	return rows.answer(row.index, o)
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
