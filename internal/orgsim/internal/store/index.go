package store

import (
	"hash/maphash"
	"strings"
	"unicode/utf8"
)

// index finds the rows of a table by a field's folded value. It is a hash table
// of row numbers alone: the keys are read from the rows, so that a million of
// them cost neither copies of their texts nor pointers for the garbage collector
// to follow. Rows of one value hang on each other in a list.
type index struct {
	table *table
	field int
	slots []slot // as many as a power of two; probed linearly
	used  int
	next  []int32 // by row: the neighbour in the list of its value, or none
	prev  []int32
}

// slot holds the first row of one value, counted from 1, and the value's hash.
type slot struct {
	hash uint32
	head int32
}

const (
	none       = -1
	firstSlots = 16
)

var seed = maphash.MakeSeed() //nolint:gochecknoglobals // one seed serves all tables; no order depends on it

func newIndex(t *table, field int) *index {
	x := &index{table: t, field: field, slots: make([]slot, firstSlots)}
	for number := range t.rows {
		x.add(number)
	}
	return x
}

// add takes the table's row into the index.
func (x *index) add(row int) {
	text := x.table.rows[row].At(x.field)
	if text == "" {
		return
	}
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow()
	}
	for len(x.next) <= row {
		x.next, x.prev = append(roomy(x.next), none), append(roomy(x.prev), none)
	}
	number := int32(row) //nolint:gosec // memory ends long before two thousand million rows
	var buffer [keyBytes]byte
	key := appendFolded(buffer[:0], text)
	hash := hashOf(key)
	at := x.slot(hash, key)
	head := x.slots[at].head - 1
	x.next[row], x.prev[row] = head, none
	if head == none {
		x.used++
	} else {
		x.prev[head] = number
	}
	x.slots[at] = slot{hash: hash, head: number + 1}
}

// remove takes the row out; its text must still be what it was when added.
func (x *index) remove(row int) {
	text := x.table.rows[row].At(x.field)
	if text == "" {
		return
	}
	next, prev := x.next[row], x.prev[row]
	if next != none {
		x.prev[next] = prev
	}
	if prev != none {
		x.next[prev] = next
		return
	}
	var buffer [keyBytes]byte
	key := appendFolded(buffer[:0], text)
	at := x.slot(hashOf(key), key)
	if next != none {
		x.slots[at].head = next + 1
		return
	}
	x.used--
	x.vacate(at)
}

// vacate empties a slot and moves up those that were put behind it.
func (x *index) vacate(at int) {
	mask := len(x.slots) - 1
	for probe := (at + 1) & mask; x.slots[probe].head != 0; probe = (probe + 1) & mask {
		home := int(x.slots[probe].hash) & mask
		if (probe-home)&mask >= (probe-at)&mask {
			x.slots[at] = x.slots[probe]
			at = probe
		}
	}
	x.slots[at] = slot{}
}

// slot is the place of a key: that of its rows, or the free one it would get.
func (x *index) slot(hash uint32, key []byte) int {
	mask := len(x.slots) - 1
	at := int(hash) & mask
	var buffer [keyBytes]byte
	for ; x.slots[at].head != 0; at = (at + 1) & mask {
		if x.slots[at].hash != hash {
			continue
		}
		text := x.table.rows[x.slots[at].head-1].At(x.field)
		if text == string(key) || string(appendFolded(buffer[:0], text)) == string(key) {
			break
		}
	}
	return at
}

func (x *index) grow() {
	old := x.slots
	x.slots = make([]slot, 2*len(old))
	mask := len(x.slots) - 1
	for _, s := range old {
		if s.head == 0 {
			continue
		}
		at := int(s.hash) & mask
		for x.slots[at].head != 0 {
			at = (at + 1) & mask
		}
		x.slots[at] = s
	}
}

// first is the start of the list of a text, in any case, or none; [index.next]
// leads on.
func (x *index) first(text string) int32 {
	var buffer [keyBytes]byte
	key := appendFolded(buffer[:0], text)
	return x.slots[x.slot(hashOf(key), key)].head - 1
}

// rows appends the rows that have the value, in no order.
func (x *index) rows(into []int, text string) []int {
	for row := x.first(text); row != none; row = x.next[row] {
		into = append(into, int(row))
	}
	return into
}

// keyBytes is how long a key may be without costing an allocation.
const keyBytes = 96

func hashOf(key []byte) uint32 { return uint32(maphash.Bytes(seed, key) >> 32) }

// fold is the form in which SOQL compares text: without regard to case.
func fold(text string) string { return strings.ToLower(text) }

// appendFolded appends fold(text), for ASCII without an allocation.
func appendFolded(into []byte, text string) []byte {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return append(into[:0], fold(text)...)
		}
	}
	for i := range len(text) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		into = append(into, c)
	}
	return into
}
