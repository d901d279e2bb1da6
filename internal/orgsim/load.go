package orgsim

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// loadRows is how many rows are written under one lock.
const loadRows = 1_000

// LoadCSV makes a record of each row of a CSV file (RFC 4180, UTF-8) whose header
// holds API names; empty cells are null. It returns how many it made. The first
// row that breaks a field's rules ends it with an error that names the line, and
// rows before it stay.
func (o *Org) LoadCSV(object string, r io.Reader) (int, error) {
	described, ok := o.db.Schema().Object(object)
	if !ok {
		return 0, fmt.Errorf("%w: %s", errNoObject, object)
	}
	reader := csv.NewReader(r)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return 0, fmt.Errorf("read header: %w", err)
	}
	for i, name := range header {
		if _, ok := described.AnyField(name); !ok {
			return 0, fmt.Errorf("column %d: %w", i+1, sferr.UnknownField(name, described.Name))
		}
	}
	l := loader{org: o, object: described, header: slices.Clone(header)}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			err = l.flush()
			return l.loaded, err
		}
		if err != nil {
			err = errors.Join(l.flush(), fmt.Errorf("read row: %w", err))
			return l.loaded, err
		}
		line, _ := reader.FieldPos(0)
		if err := l.add(record, line); err != nil {
			return l.loaded, err
		}
	}
}

// loader gathers rows and writes them by the thousand.
type loader struct {
	org    *Org
	object *schema.Object
	header []string
	rows   []store.Mutation
	lines  []int
	loaded int
}

func (l *loader) add(record []string, line int) error {
	m := store.Mutation{Op: store.Insert, Object: l.object}
	for i, text := range record {
		if text == "" {
			continue
		}
		cell, err := adminCell(l.object, l.header[i], text, i)
		if err != nil {
			return errors.Join(l.flush(), fmt.Errorf("line %d: %w", line, err))
		}
		m.Cells = append(m.Cells, cell)
	}
	l.rows, l.lines = append(l.rows, m), append(l.lines, line)
	if len(l.rows) < loadRows {
		return nil
	}
	return l.flush()
}

func (l *loader) flush() error {
	for i, outcome := range l.org.db.Apply(l.org.administrator(true), false, l.rows) {
		if outcome.Err != nil {
			return fmt.Errorf("line %d: %w", l.lines[i], outcome.Err)
		}
		l.loaded++
	}
	l.rows, l.lines = l.rows[:0], l.lines[:0]
	return nil
}
