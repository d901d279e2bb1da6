package spool

import "encoding/binary"

// markEvery is after how many rows a place is noted. Finding a row means passing over half as many on average, which
// stand next to each other.
const markEvery = 8

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

// Len returns the number of rows.
func (t *Table) Len() int { return t.rows }

// At returns a row. It may stand in buf or in the table's own memory: it must not be changed, and is valid until buf is
// used again.
func (t *Table) At(row int, buf []byte) ([]byte, error) {
	at := uint64(t.marks[row/markEvery])
	if record := t.inMemory(at, row%markEvery); record != nil {
		return record, nil
	}
	for range row % markEvery {
		next, err := t.spool.skip(at, buf)
		if err != nil {
			return nil, err
		}
		at = next
	}
	return t.spool.read(at, buf)
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
		if n <= 0 || size > uint64(len(rest)-n) {
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
