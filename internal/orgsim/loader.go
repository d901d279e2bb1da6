package orgsim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

const (
	loadRows  = 1_000 // written under one lock
	loadAhead = 2     // thousands read ahead of the one that is written
)

// loader reads rows and hands them by the thousand to a goroutine that writes them,
// so that a load uses two processors.
type loader struct {
	org    *Org
	object *schema.Object
	header []string
	fields []int // by column

	batch  *loadBatch // being read
	full   chan *loadBatch
	free   chan *loadBatch
	failed chan struct{} // closed once a batch could not be written
	writer sync.WaitGroup

	// The writer's until it has ended.
	loaded int
	err    error
}

// loadBatch is some rows, and what was wrong with the one after them. The store
// keeps none of its memory.
type loadBatch struct {
	rows  []store.Mutation
	cells []store.Cell
	lines []int
	wrong error
}

// newLoader starts the writer, which [loader.end] waits for. The header has been
// checked.
func newLoader(o *Org, object *schema.Object, header []string) *loader {
	l := &loader{
		org: o, object: object, header: slices.Clone(header),
		batch: &loadBatch{}, full: make(chan *loadBatch, loadAhead), free: make(chan *loadBatch, loadAhead+2), failed: make(chan struct{}),
	}
	for _, name := range header {
		field, _ := object.AnyField(name)
		l.fields = append(l.fields, field)
	}
	l.writer.Go(l.write)
	return l
}

// read reads to the end of the file, to a row that is wrong, or until the writer
// has failed.
func (l *loader) read(reader *csv.Reader) {
	for l.batch.wrong == nil {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			l.batch.wrong = fmt.Errorf("read row: %w", err)
			return
		}
		line, _ := reader.FieldPos(0)
		if err := l.add(record, line); err != nil {
			l.batch.wrong = fmt.Errorf("line %d: %w", line, err)
			return
		}
		if len(l.batch.rows) == loadRows && !l.hand() {
			return
		}
	}
}

// add reads a row into the batch.
func (l *loader) add(record []string, line int) error {
	for i, text := range record {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%s: the text is not UTF-8", l.header[i])
		}
	}
	b := l.batch
	first := len(b.cells)
	for i, text := range record {
		if text == "" {
			continue
		}
		cell, err := typedCell(l.object, l.fields[i], text, i)
		if err != nil {
			return err
		}
		b.cells = append(b.cells, cell)
	}
	b.rows = append(b.rows, store.Mutation{Op: store.Insert, Object: l.object, Cells: b.cells[first:len(b.cells):len(b.cells)]})
	b.lines = append(b.lines, line)
	return nil
}

// hand gives the batch to the writer and takes an empty one; it returns false where
// the writer has failed.
func (l *loader) hand() bool {
	select {
	case l.full <- l.batch:
	case <-l.failed:
		return false
	}
	select {
	case b := <-l.free:
		b.rows, b.cells, b.lines = b.rows[:0], b.cells[:0], b.lines[:0]
		l.batch = b
	default:
		l.batch = &loadBatch{}
	}
	return true
}

// end hands over what is left, waits for the writer, and tells how many rows it
// wrote and what went wrong.
func (l *loader) end() (int, error) {
	l.hand()
	close(l.full)
	l.writer.Wait()
	return l.loaded, l.err
}

// write writes batches until there are no more, or one of them fails.
func (l *loader) write() {
	for b := range l.full {
		if l.err = errors.Join(l.apply(b), b.wrong); l.err != nil {
			close(l.failed)
			return
		}
		l.free <- b // there is room for all that there can be
	}
}

// apply writes a batch.
func (l *loader) apply(b *loadBatch) error {
	for i, outcome := range l.org.db.Apply(l.org.administrator(true), false, b.rows) {
		if outcome.Err != nil {
			return fmt.Errorf("line %d: %w", b.lines[i], outcome.Err)
		}
		l.loaded++
	}
	return nil
}
