package spool

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
	t.spool.mu.RLock()
	defer t.spool.mu.RUnlock()
	at := uint64(t.marks[row/markEvery])
	for range row % markEvery {
		next, err := t.spool.skip(at, buf)
		if err != nil {
			return nil, err
		}
		at = next
	}
	return t.spool.read(at, buf)
}

// Close lets go of memory and file.
func (t *Table) Close() error {
	t.marks = nil
	return t.spool.Close()
}
