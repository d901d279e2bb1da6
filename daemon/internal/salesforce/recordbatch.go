package salesforce

import "strings"

// batchBytes is how long the text of a batch becomes: so little that it stays in a processor's cache until it is read, and
// so much that handing it to another goroutine costs next to nothing a row. Larger objects are slower to allocate.
const batchBytes = 32 << 10

// RecordBatch is consecutive rows of a result. It never changes, so it may be kept, and read by several goroutines at once.
// All its texts share one string: a program that keeps a few of many clones them.
type RecordBatch struct {
	text  string
	cells []csvCell // of all rows, in the order of the result's columns
	width int       // columns of the result
	order []int     // where the columns asked for stand in the result; nil for as they are
}

// Len returns how many rows there are.
func (b *RecordBatch) Len() int { return len(b.cells) / b.width }

// Row writes the texts of row i over into, which may be nil, and returns it.
func (b *RecordBatch) Row(i int, into []string) []string {
	cells := b.cells[i*b.width : (i+1)*b.width]
	into = into[:0]
	if b.order == nil {
		for _, c := range cells {
			into = append(into, b.text[c.from:c.to])
		}
		return into
	}
	for _, at := range b.order {
		c := cells[at]
		into = append(into, b.text[c.from:c.to])
	}
	return into
}

// gathering is a batch in the making.
type gathering struct {
	text  strings.Builder
	cells []csvCell
	rows  int
	room  int // for text, as far as can be told
}

// fits reports whether a row can join the others.
func (g *gathering) fits(row []byte) bool {
	return g.rows == 0 || g.text.Len()+len(row) <= batchBytes
}

// add takes the row at hand of a reader over.
func (g *gathering) add(r *csvReader) {
	if g.rows == 0 {
		raw, width := len(r.raw()), len(r.row.cells)
		g.room = max(raw, min(batchBytes, max(g.room, r.filled-r.start)))
		g.text.Grow(g.room)
		g.cells = make([]csvCell, 0, width*(1+9*g.room/(8*(raw+1)))) // rows differ in length
	}
	g.cells = r.appendTo(&g.text, g.cells)
	g.rows++
}

// finish returns the batch of the rows that were added, if there are any, and begins the next one.
func (g *gathering) finish(width int) *RecordBatch {
	batch := &RecordBatch{text: g.text.String(), cells: g.cells, width: width}
	*g = gathering{room: g.text.Len()}
	return batch
}
