package spool

import (
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"
)

// hasher makes hashes that are others for each seed. It may be used by several goroutines.
type hasher struct{ seed maphash.Seed }

// Hash returns the hash of a key.
func (h hasher) Hash(key string) uint64 { return maphash.String(h.seed, key) }

// HashBytes is Hash of bytes.
func (h hasher) HashBytes(text []byte) uint64 { return maphash.Bytes(h.seed, text) }

// Hashes are the hashes of the keys of rows, in their order. They are gathered as rows come, when nobody knows yet how
// many there will be.
type Hashes struct {
	hasher

	all []uint64
}

// NewHashes returns none.
func NewHashes() Hashes { return Hashes{hasher: hasher{seed: maphash.MakeSeed()}} }

// Add takes the hashes of the next rows' keys.
func (h *Hashes) Add(hashes ...uint64) { h.all = append(h.all, hashes...) }

// Reserve makes room for more.
func (h *Hashes) Reserve(more int) { h.all = slices.Grow(h.all, more) }

// Len returns how many there are.
func (h *Hashes) Len() int { return len(h.all) }

// Different returns how many of them differ. It sorts a copy.
func (h *Hashes) Different() int {
	sorted := slices.Clone(h.all)
	slices.Sort(sorted)
	return len(slices.Compact(sorted))
}

// All yields the hashes by row.
func (h *Hashes) All() iter.Seq2[int, uint64] { return slices.All(h.all) }

// Batches yields the hashes by row, some at a time: the number of the first one's row, and them.
func (h *Hashes) Batches(size int) iter.Seq2[int, []uint64] {
	return func(yield func(int, []uint64) bool) {
		for from := 0; from < len(h.all); from += size {
			if !yield(from, h.all[from:min(from+size, len(h.all))]) {
				return
			}
		}
	}
}

// Index finds rows by the hashes of their keys. It is a hash table with open addressing whose slots hold a row and what
// of its hash doesn't choose the slot, so that a row is looked at in vain about once in four billion times.
type Index struct {
	hasher

	slots []uint64 // row+1 in the low half, 0 for none; the low half of the hash in the high one
}

// NewIndex makes an index for as many rows as there are hashes, which must not be exceeded: 11 bytes each. It has the
// same hash as they.
func NewIndex(of Hashes) *Index {
	return newIndex(of.seed, len(of.all))
}

func newIndex(seed maphash.Seed, rows int) *Index {
	return &Index{hasher: hasher{seed: seed}, slots: make([]uint64, rows+rows/3+2)}
}

// Add notes a row under a hash.
func (x *Index) Add(hash uint64, row uint32) {
	for at := x.first(hash); ; at = x.after(at) {
		if x.slots[at] == 0 {
			x.slots[at] = slot(hash, row)
			return
		}
	}
}

// Warm fetches the slots of many hashes from memory, as Approach does, before rows are noted under them.
//
//go:noinline
func (x *Index) Warm(hashes []uint64) (touched uint64) {
	for _, hash := range hashes {
		touched |= x.slots[x.first(hash)]
	}
	return touched
}

// Replace puts another row in the place of one.
func (x *Index) Replace(hash uint64, row, by uint32) {
	for at := x.first(hash); x.slots[at] != 0; at = x.after(at) {
		if x.slots[at] == slot(hash, row) {
			x.slots[at] = slot(hash, by)
			return
		}
	}
}

// Rows yields the rows whose keys may have the hash; their keys are still to be compared.
func (x *Index) Rows(hash uint64) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for at := x.first(hash); x.slots[at] != 0; at = x.after(at) {
			if x.slots[at]>>32 == hash&0xffffffff && !yield(uint32(x.slots[at]-1)) { //nolint:gosec // the low half
				return
			}
		}
	}
}

// Way is the way to the row of a key.
type Way struct {
	Hash uint64
	Row  uint32 // that stands first on it, [NoRow] for none
	at   int    // the slot where it begins
	slot uint64 // what that holds
}

// NoRow is the row of a way that leads to none.
const NoRow = 1<<32 - 1

// Way returns the way to the row of a key, to go with Approach.
func (x *Index) Way(key string) Way {
	hash := x.Hash(key)
	return Way{Hash: hash, at: x.first(hash)}
}

// Approach goes many ways up to the rows that stand first on them. The slots of all of them are fetched in a loop that
// does nothing else, so that the processor waits for memory once rather than for each.
func (x *Index) Approach(ways []Way) {
	for i := range ways {
		ways[i].slot = x.slots[ways[i].at]
	}
	for i := range ways {
		w := &ways[i]
		w.Row = NoRow
		switch {
		case w.slot == 0:
		case w.slot>>32 == w.Hash&0xffffffff:
			w.Row = uint32(w.slot - 1) //nolint:gosec // the low half
		default:
			for row := range x.Rows(w.Hash) {
				w.Row = row
				break
			}
		}
	}
}

func slot(hash uint64, row uint32) uint64 { return hash<<32 | (uint64(row) + 1) }

// first returns where the search for a hash begins: its upper half, spread over the slots.
func (x *Index) first(hash uint64) int {
	high, _ := bits.Mul64(hash, uint64(len(x.slots)))
	return int(high) //nolint:gosec // below the number of slots
}

func (x *Index) after(at int) int {
	if at++; at == len(x.slots) {
		return 0
	}
	return at
}
