package sync

import (
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// find is a record that has a row's key, with what stands in the fields in which they differ.
type find struct {
	id     string
	parent string // of the record, by which rows that are written together are chosen; empty for none
	edits  []edit
}

// edit is one field in which a row and its record differ.
type edit struct {
	field   int    // of the target
	before  string // canonical
	repeats int    // runs in a row before this one that made the same change
	held    bool   // not to be sent, because it never settles or is fixed
	fixed   bool   // the field can be set only when a record is created
	made    bool   // by an earlier attempt: it has happened
	unknown bool   // what stood there before an earlier attempt that did not look; before is empty
}

// The flags of an edit as they are packed.
const (
	editHeld = 1 << iota
	editMade
	editUnknown
	editFixed
	editBits = iota
)

// pack appends a find to what the packer holds.
func (p *packer) find(f *find) []byte {
	p.begin()
	p.text(f.id)
	p.text(f.parent)
	p.number(uint64(len(f.edits)))
	for _, e := range f.edits {
		flags := bit(e.held)*editHeld | bit(e.made)*editMade | bit(e.unknown)*editUnknown | bit(e.fixed)*editFixed
		p.number(uint64(e.field)<<editBits | flags) //nolint:gosec // an index
		p.number(uint64(e.repeats))                 //nolint:gosec // a count
		p.text(e.before)
	}
	return p.out
}

func unpackFind(data []byte) (find, error) {
	u := textUnpacker{unpacker: unpacker{in: data}, all: string(data)}
	f := find{id: u.text(), parent: u.text()}
	n := u.number()
	if n > uint64(len(u.in)) {
		return find{}, errPacked
	}
	f.edits = make([]edit, 0, n)
	for range n {
		head := u.number()
		f.edits = append(f.edits, edit{
			field: int(head >> editBits), held: head&editHeld != 0, made: head&editMade != 0, unknown: head&editUnknown != 0, fixed: head&editFixed != 0,
			repeats: int(u.number()), before: u.text(), //nolint:gosec // was an int
		})
	}
	if u.bad {
		return find{}, errPacked
	}
	return f, nil
}

// find reads what a link leads to.
func (s *rowSet) find(link uint64) (find, error) {
	buf, _ := s.buffers.Get().(*[]byte)
	defer s.buffers.Put(buf)
	data, err := s.finds.Read(spool.Ref(link), *buf)
	if err != nil {
		return find{}, err
	}
	return unpackFind(data)
}

// recordOf returns what is known of a unit's record; of a row that has but one, any unit will do.
func (s *rowSet) recordOf(u unit) (find, error) {
	link := s.links[u.row]
	switch s.states[u.row].is() {
	case rowSame, rowExists, rowCreated:
		return find{id: s.ids.unpack(link)}, nil
	case rowGroup:
		return s.find(uint64(s.groups.member(link, int(u.member)).find))
	default:
		return s.find(link)
	}
}

// changes returns the edits of a find as users see them, after what the row wants.
func (t *target) changes(row *reportRow, f find) []reportsync.Change {
	changes, values := make([]reportsync.Change, len(f.edits)), make([]string, 0, 2*len(f.edits))
	keep := func(canonical string) *string {
		if canonical == "" {
			return nil
		}
		values = append(values, canonical)
		return &values[len(values)-1]
	}
	for i, e := range f.edits {
		changes[i] = reportsync.Change{
			Field: t.names[e.field], Before: keep(e.before), BeforeUnknown: e.unknown, After: keep(t.wanted(row, e.field)),
			Repeats: e.repeats, Held: e.held, CreateOnly: e.fixed,
		}
	}
	return changes
}

// creation returns the changes of a row for which a record is created.
func (t *target) creation(row *reportRow) []reportsync.Change {
	changes := []reportsync.Change{{Field: t.key.Name, After: orNil(string(row.key))}}
	for i := range t.fields {
		if want, writes := t.want(row, i); writes && want != "" && t.fields[i].onCreate {
			changes = append(changes, reportsync.Change{Field: t.names[i], After: orNil(want)})
		}
	}
	return changes
}

func orNil(canonical string) *string {
	if canonical == "" {
		return nil
	}
	return &canonical
}

func orEmpty(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
