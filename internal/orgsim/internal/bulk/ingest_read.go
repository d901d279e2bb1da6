package bulk

import (
	"iter"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// ahead is how many spans are read while one is written.
const ahead = 8

// batch is a span whose rows have been read. Its memory is used again and again:
// the store keeps none of it.
type batch struct {
	span

	mutations []store.Mutation
	cells     []store.Cell
	parents   []store.ParentKey
}

// reading is a goroutine that reads spans ahead of the one that writes them, so
// that a job uses two processors.
type reading struct {
	batches chan *batch // read, in order; closed after the last one
	free    chan *batch
	stopped chan struct{}
	done    sync.WaitGroup
}

// read starts the reading of a job's spans; the caller stops it.
func (j *ingestJob) read(of iter.Seq[span]) *reading {
	r := &reading{
		batches: make(chan *batch, ahead), free: make(chan *batch, ahead+2), stopped: make(chan struct{}),
	}
	r.done.Go(func() {
		defer close(r.batches)
		reader := bulkcsv.Scanned(j.upload, j.dialect.forReader())
		for s := range of {
			b := r.next()
			b.span = s
			j.readSpan(reader, b)
			select {
			case r.batches <- b:
			case <-r.stopped:
				return
			}
		}
	})
	return r
}

// next is an empty batch, a used one if there is one.
func (r *reading) next() *batch {
	select {
	case b := <-r.free:
		b.mutations, b.cells, b.parents = b.mutations[:0], b.cells[:0], b.parents[:0]
		return b
	default:
		return &batch{}
	}
}

// reuse gives back a batch that has been written.
func (r *reading) reuse(b *batch) {
	select {
	case r.free <- b:
	default:
	}
}

// stop ends the reading and waits for it.
func (r *reading) stop() {
	close(r.stopped)
	r.done.Wait()
}

func (j *ingestJob) readSpan(reader *bulkcsv.Reader, b *batch) {
	for i := b.from; i < b.until; i++ {
		if i == b.from {
			reader.Seek(int(j.table.rows[i].offset))
		}
		b.mutations = append(b.mutations, j.mutation(reader, b))
	}
}

// mutation reads one row. An empty cell leaves its field alone, #N/A empties it.
func (j *ingestJob) mutation(reader *bulkcsv.Reader, b *batch) store.Mutation {
	m := store.Mutation{Op: j.op, Object: j.object, Key: j.key}
	cells, err := reader.Next()
	if err != nil {
		m.Refused = sferr.New("UNKNOWN_EXCEPTION", "%s", err.Error()) // not reached: the scan has read the row
		return m
	}
	first := len(b.cells)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		c := &j.table.columns[i]
		if c.parent != nil {
			b.cells = append(b.cells, b.link(c, cell))
			continue
		}
		f := &j.object.Fields[c.field]
		text, refused := c.value(f, cell, i)
		switch {
		case refused != nil:
			m.Refused = refused
			return m
		case f.Type != schema.ID:
			b.cells = append(b.cells, store.Cell{Field: c.field, Text: text})
		case j.op == store.Insert || j.op == store.Upsert && j.object.Fields[j.key].Type != schema.ID:
			m.Refused = sferr.On([]string{"Id"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call")
			return m
		default:
			m.ID = text
		}
	}
	m.Cells = b.cells[first:len(b.cells):len(b.cells)]
	return m
}

// link is the cell that sets a reference by its parent's key, or empties it.
func (b *batch) link(c *column, cell string) store.Cell {
	if cell == value.Null {
		return store.Cell{Field: c.field}
	}
	b.parents = append(b.parents, store.ParentKey{Object: c.parent.object, Key: c.parent.key, Text: cell})
	return store.Cell{Field: c.field, Parent: &b.parents[len(b.parents)-1]}
}
