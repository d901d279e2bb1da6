package spool

import (
	"encoding/binary"
	"iter"
)

// markEvery is after how many rows a place is noted. Finding a row means passing over half as many on average, which
// stand next to each other.
const markEvery = 8

// scanBytes is how much is read at once when all rows are.
const scanBytes = 256 << 10

// Table is rows of bytes, numbered from 0. Rows are added by one goroutine, before any is read; they may be read by
// many.
type Table struct {
	spool *Spool
	marks []Ref
	rows  int
}

// NewTable makes a table that keeps about memory bytes in memory and the rest in a file in dir.
func NewTable(dir string, memory int) *Table {
	return &Table{spool: New(dir, memory)}
}

// Append adds a row.
func (t *Table) Append(row []byte) error {
	ref, err := t.spool.Append(row)
	if err != nil {
		return err
	}
	if t.rows%markEvery == 0 {
		t.marks = append(t.marks, ref)
	}
	t.rows++
	return nil
}

// At returns a row. It may stand in buf or in the table's own memory: it must not be changed, and is valid until buf is
// used again.
func (t *Table) At(row int, buf []byte) ([]byte, error) {
	mark := row / markEvery
	at := uint64(t.marks[mark])
	if record := t.inMemory(at, row%markEvery); record != nil {
		return record, nil
	}
	block, err := t.spool.window(at, t.blockBytes(mark), buf)
	if err != nil {
		return nil, err
	}
	for range row % markEvery {
		if _, block, err = next(block); err != nil {
			return nil, err
		}
	}
	record, _, err := next(block)
	return record, err
}

// blockBytes returns how long the rows from one mark to the next are: they are read at once.
func (t *Table) blockBytes(mark int) int {
	end := t.spool.size
	if mark+1 < len(t.marks) {
		end = uint64(t.marks[mark+1])
	}
	return int(end - uint64(t.marks[mark])) //nolint:gosec // a few rows
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
		for mark := 0; mark < len(t.marks); {
			until, size := mark, 0
			for until < len(t.marks) && (size == 0 || size+t.blockBytes(until) <= scanBytes) {
				size += t.blockBytes(until)
				until++
			}
			block, err := t.spool.window(uint64(t.marks[mark]), size, buf)
			if err != nil {
				yield(nil, err)
				return
			}
			for range min(until*markEvery, t.rows) - mark*markEvery {
				var record []byte
				record, block, err = next(block)
				if !yield(record, err) || err != nil {
					return
				}
			}
			mark = until
		}
	}
}

// inMemory returns the record behind so many others, nil when it or one of them is not all in one chunk that stays in
// memory. Most are, and this is asked for each record of the org.
func (t *Table) inMemory(at uint64, behind int) []byte {
	if at >= t.spool.kept() {
		return nil
	}
	rest := t.spool.chunks[at/chunkBytes][at%chunkBytes:]
	for {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) { //nolint:gosec // n is positive
			return nil
		}
		rest = rest[n:]
		if behind == 0 {
			return rest[:size:size]
		}
		rest, behind = rest[size:], behind-1
	}
}

// Close lets go of memory and file.
func (t *Table) Close() error {
	t.marks = nil
	return t.spool.Close()
}
