package sync

import "encoding/binary"

// roll is names that are called, each once. Names that are called in its order are found without a search, so only where
// another order turns up is an index made.
type roll[N comparable] struct {
	names  []N
	called []bool
	left   int
	next   int          // behind the name that was called last
	index  map[N]uint32 // nil as long as names come in order
}

func newRoll[N comparable](names []N) *roll[N] {
	return &roll[N]{names: names, called: make([]bool, len(names)), left: len(names)}
}

// call returns where a name stands that was not called before, and false for any other.
func (r *roll[N]) call(name N) (at int, ok bool) {
	at = r.next
	if at == len(r.names) || r.names[at] != name {
		if at, ok = r.search(name); !ok {
			return 0, false
		}
	}
	if r.called[at] {
		return 0, false
	}
	r.called[at] = true
	r.left--
	r.next = at + 1
	return at, true
}

func (r *roll[N]) search(name N) (at int, ok bool) {
	if r.index == nil {
		r.index = make(map[N]uint32, len(r.names))
		for i, n := range r.names {
			r.index[n] = uint32(i)
		}
	}
	i, ok := r.index[name]
	return int(i), ok
}

// recordID is a record id without the three letters that only guard its case, as numbers: they are compared faster.
type recordID struct{ head, tail uint64 }

// recordIDOf takes an id of 15 or 18 characters; what is none is nobody's.
func recordIDOf(id string) recordID {
	var text [16]byte
	copy(text[:15], id)
	return recordID{head: binary.BigEndian.Uint64(text[:8]), tail: binary.BigEndian.Uint64(text[8:])}
}
