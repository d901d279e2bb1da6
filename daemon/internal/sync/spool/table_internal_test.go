package spool

import "testing"

// Where rows stand is told beyond 4 GiB too, which half a number can't.
func TestTableBeyondFourGiB(t *testing.T) {
	t.Parallel()
	table := Table{spool: &Spool{size: 3<<32 + 9}, low: []uint32{0, 1<<32 - 7, 5, 1<<32 - 1, 0}, wraps: []int{2, 4}}
	for row, want := range []uint64{0, 1<<32 - 7, 1<<32 + 5, 1<<33 - 1, 1 << 33, 3<<32 + 9} {
		if at := table.place(row); at != want {
			t.Errorf("row %d stands at %d, want %d", row, at, want)
		}
	}
}
