package spool

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
)

// scanBytes is how much is read at once when all rows are.
const scanBytes = 256 << 10

// Table is rows of bytes, numbered from 0. Rows are added by one goroutine, before any is read; they may be read by
// many. Where a row stands takes 4 bytes.
type Table struct {
	spool *Spool
	low   []uint32 // by row, the low half of where it stands
	wraps []int    // the first rows of which the high half is one more than before
}

// NewTable makes a table that keeps about memory bytes in memory and the rest in a file in dir.
func NewTable(dir string, memory int) *Table {
	return &Table{spool: New(dir, memory)}
}

// Reserve makes room for knowing where more rows stand.
func (t *Table) Reserve(more int) { t.low = slices.Grow(t.low, more) }

// Append adds a row.
func (t *Table) Append(row []byte) error { return t.AppendAll(row, []int{len(row)}) }

// AppendAll adds rows that stand one behind the other, each up to one of ends.
func (t *Table) AppendAll(rows []byte, ends []int) error {
	t.spool.mu.Lock()
	defer t.spool.mu.Unlock()
	from := 0
	for _, end := range ends {
		ref, err := t.spool.add(rows[from:end])
		if err != nil {
			return err
		}
		if uint64(ref)>>32 > uint64(len(t.wraps)) {
			t.wraps = append(t.wraps, len(t.low))
		}
		t.low = append(t.low, uint32(ref)) //nolint:gosec // its low half
		from = end
	}
	return nil
}

// place returns where a row stands, and the spool's end for the row behind the last one.
func (t *Table) place(row int) uint64 {
	if row == len(t.low) {
		return t.spool.size
	}
	at := uint64(t.low[row])
	for _, first := range t.wraps {
		if row >= first {
			at += 1 << 32
		}
	}
	return at
}

// At returns a row. It may stand in buf or in the table's own memory: it must not be changed, and is valid until buf is
// used again.
func (t *Table) At(row int, buf []byte) ([]byte, error) {
	at := t.place(row)
	if record := t.inMemory(at); record != nil {
		return record, nil
	}
	block, err := t.spool.window(at, int(t.place(row+1)-at), buf) //nolint:gosec // a row
	if err != nil {
		return nil, err
	}
	record, _, err := next(block)
	return record, err
}

// next parts the first record of a block from the others.
func next(block []byte) (record, rest []byte, err error) {
	size, n := binary.Uvarint(block)
	if n <= 0 || size > uint64(len(block)-n) { //nolint:gosec // n is positive
		return nil, nil, errDamaged
	}
	end := n + int(size) //nolint:gosec // within the block
	return block[n:end:end], block[end:], nil
}

// All yields the rows in their order, until the first error. A row is valid until the next one.
func (t *Table) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		buf := make([]byte, 0, scanBytes)
		for row := 0; row < len(t.low); {
			at := t.place(row)
			until := max(row+1, t.before(at+scanBytes))
			block, err := t.spool.window(at, int(t.place(until)-at), buf) //nolint:gosec // a few rows
			if err != nil {
				yield(nil, err)
				return
			}
			for ; row < until; row++ {
				var record []byte
				record, block, err = next(block)
				if !yield(record, err) || err != nil {
					return
				}
			}
		}
	}
}

// before returns the number of rows that stand as a whole before a place.
func (t *Table) before(place uint64) int {
	return sort.Search(len(t.low), func(row int) bool { return t.place(row+1) > place })
}

// inMemory returns the record at a place, nil when it is not all in one chunk that stays in memory. Most are, and this is
// asked for each record of the org.
func (t *Table) inMemory(at uint64) []byte {
	if at >= t.spool.kept() {
		return nil
	}
	record, _, err := next(t.spool.chunks[at/chunkBytes][at%chunkBytes:])
	if err != nil {
		return nil
	}
	return record
}

// Approach fetches the rows to which ways lead from memory, for many at once as [Index.Approach] does, so that At finds
// them at hand. It returns nothing of use; that it returns anything keeps the compiler from leaving the work out.
//
//go:noinline
func (t *Table) Approach(ways []Way) (touched byte) {
	kept := t.spool.kept()
	for i := range ways {
		if row := ways[i].Row; row != NoRow {
			ways[i].slot = t.place(int(row))
		}
	}
	for i := range ways {
		if at := ways[i].slot; ways[i].Row != NoRow && at < kept {
			chunk := t.spool.chunks[at/chunkBytes]
			offset := at % chunkBytes
			// The end of a row is in another line of the processor's cache than its beginning.
			touched |= chunk[offset] | chunk[min(offset+cacheLine, chunkBytes-1)]
		}
	}
	return touched
}

// cacheLine is how much memory the processor fetches at once.
const cacheLine = 64

// Close lets go of memory and file.
func (t *Table) Close() error {
	t.low, t.wraps = nil, nil
	return t.spool.Close()
}
