package spool

import (
	"hash/maphash"
	"iter"
)

// fewKeys is how many keys an index is made for at first.
const fewKeys = 1 << 10

// Keys is distinct keys, numbered from 0 in the order in which they came. Of each a slot in an index and its place
// stay in memory, some 20 bytes. Keys are added by one goroutine, before any number is asked for; then numbers may
// be asked for by many.
type Keys struct {
	table   *Table
	fold    func(string) string
	index   *Index
	number  int               // of keys
	room    int               // keys that the index takes
	clashes map[string]uint32 // folded keys behind others that can't be told from them by what the index keeps
	buf     []byte
}

// NewKeys makes an empty set that keeps about memory bytes of the keys' texts in memory and the rest in a file in dir.
// Two keys are the same when fold makes the same of them.
func NewKeys(dir string, memory int, fold func(string) string) *Keys {
	return &Keys{
		table: NewTable(dir, memory), fold: fold, index: newIndex(maphash.MakeSeed(), fewKeys), room: fewKeys,
		clashes: map[string]uint32{}, buf: make([]byte, guessBytes),
	}
}

// Len returns how many keys there are.
func (k *Keys) Len() int { return k.number }

// Add takes a key, unless it is there.
func (k *Keys) Add(key string) error {
	folded := k.fold(key)
	if _, found, err := k.Find(folded); found || err != nil {
		return err
	}
	if k.number == k.room {
		if err := k.grow(); err != nil {
			return err
		}
	}
	k.put(folded, uint32(k.number)) //nolint:gosec // no more than rows
	k.number++
	return k.table.Append([]byte(key))
}

// put gives a key that is not there a number.
func (k *Keys) put(folded string, number uint32) {
	hash := k.index.Hash(folded)
	for range k.index.Rows(hash) {
		k.clashes[folded] = number
		break
	}
	k.index.Add(hash, number)
}

// grow makes room for half as many keys again. The old index goes before the new one comes, so that they are never
// both in memory: the keys tell all that was in it.
func (k *Keys) grow() error {
	k.room += k.room / 2
	seed := k.index.seed
	k.index = nil
	k.index = newIndex(seed, k.room)
	clear(k.clashes)
	number := uint32(0)
	for key, err := range k.table.All() {
		if err != nil {
			return err
		}
		k.put(k.fold(string(key)), number)
		number++
	}
	return nil
}

// Find looks for a key in its folded form, which need not be there. It is not safe for concurrent use.
func (k *Keys) Find(folded string) (number int, found bool, err error) {
	for at := range k.index.Rows(k.index.Hash(folded)) {
		key, err := k.table.At(int(at), k.buf)
		if err != nil {
			return 0, false, err
		}
		if string(key) == folded || k.fold(string(key)) == folded {
			return int(at), true, nil
		}
	}
	return 0, false, nil
}

// Number returns the number of a key that is there. It looks at no text, so that it is quick and nothing can fail.
func (k *Keys) Number(key string) int {
	folded := k.fold(key)
	if len(k.clashes) > 0 {
		if number, clashed := k.clashes[folded]; clashed {
			return int(number)
		}
	}
	for number := range k.index.Rows(k.index.Hash(folded)) {
		return int(number)
	}
	return -1 // it is not there
}

// All yields the keys as they were added, in the order of their numbers, until the first error.
func (k *Keys) All() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key, err := range k.table.All() {
			if !yield(string(key), err) || err != nil {
				return
			}
		}
	}
}

// Close lets go of memory and file.
func (k *Keys) Close() error { return k.table.Close() }
