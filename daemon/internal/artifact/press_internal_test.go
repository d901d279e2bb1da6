package artifact

import (
	"bytes"
	"slices"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
)

// Blocks come back in the order in which they were put, however long each takes to compress, and are empty when they are
// taken again. One that a long row has made large does not keep what it took.
func TestPress(t *testing.T) {
	t.Parallel()
	p := newPress()
	const blocks = 100
	lines := func(n int) []byte {
		if n%7 == 3 {
			return bytes.Repeat([]byte{'x'}, keptBytes+n)
		}
		return bytes.Repeat([]byte{'x'}, n)
	}
	filled := make(chan struct{})
	go func() {
		defer close(filled)
		defer p.close()
		for n := range blocks {
			b := p.take()
			if len(b.lines) > 0 || len(b.packet) > 0 || b.rows > 0 || cap(b.lines) > keptBytes {
				t.Errorf("block %d has %d bytes of %d, %d rows", n, len(b.lines), cap(b.lines), b.rows)
			}
			b.rows, b.lines = n, append(b.lines, lines(n)...)
			p.put(b)
		}
	}()
	var order []int
	for b := range p.pressed() {
		order = append(order, b.rows)
		if want := rowlog.Compress(nil, lines(b.rows)); !bytes.Equal(b.packet, want) {
			t.Errorf("block %d has another frame", b.rows)
		}
	}
	<-filled
	if len(order) != blocks || !slices.IsSorted(order) {
		t.Errorf("came back as %v", order)
	}
}
