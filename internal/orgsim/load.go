package orgsim

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// loadRows is how many rows are written under one lock.
const loadRows = 1_000

// byteOrderMark is what spreadsheets put before UTF-8.
const byteOrderMark = "\ufeff"

// LoadCSV makes a record of each row of a CSV file (RFC 4180, UTF-8, with or
// without a byte order mark) whose header holds API names; empty cells are null.
// It returns how many it made. The first row that breaks a field's rules ends it
// with an error that names the line, and rows before it stay.
func (o *Org) LoadCSV(object string, r io.Reader) (int, error) {
	described, ok := o.db.Schema().Object(object)
	if !ok {
		return 0, fmt.Errorf("%w: %s", errNoObject, object)
	}
	if described.Name == "Organization" || described.Name == "EntityDefinition" {
		return 0, fmt.Errorf("%s cannot be loaded: the org keeps its records itself", described.Name)
	}
	text := bufio.NewReader(r)
	if mark, _ := text.Peek(len(byteOrderMark)); string(mark) == byteOrderMark { // what fails here fails again below
		_, _ = text.Discard(len(byteOrderMark))
	}
	reader := csv.NewReader(text)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return 0, errors.New("the file is empty: its first line must hold the API names of fields")
	}
	if err != nil {
		return 0, fmt.Errorf("read header: %w", err)
	}
	if err := checkHeader(described, header, reader); err != nil {
		return 0, err
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
		if column := slices.IndexFunc(record, func(text string) bool { return !utf8.ValidString(text) }); column >= 0 {
			err = errors.Join(l.flush(), fmt.Errorf("line %d: %s: the text is not UTF-8", line, l.header[column]))
			return l.loaded, err
		}
		if err := l.add(record, line); err != nil {
			return l.loaded, err
		}
	}
}

// checkHeader refuses columns that are no field, stand there twice, or are kept
// by the org itself.
func checkHeader(object *schema.Object, header []string, reader *csv.Reader) error {
	taken := map[int]bool{}
	for i, name := range header {
		index, ok := object.AnyField(name)
		var err error
		switch {
		case !utf8.ValidString(name):
			err = fmt.Errorf("the name %q is not UTF-8", name)
		case !ok:
			err = sferr.UnknownField(name, object.Name)
		case taken[index]:
			err = fmt.Errorf("%s stands there twice", name)
		default:
			err = importable(object, index)
		}
		if err != nil {
			line, _ := reader.FieldPos(i)
			return fmt.Errorf("line %d: column %d: %w", line, i+1, err)
		}
		taken[index] = true
	}
	return nil
}

// importable refuses fields that the org works out itself: what an import gave
// for them would be lost, or be at odds with the rest of the record.
func importable(object *schema.Object, index int) error {
	f := &object.Fields[index]
	switch {
	case f.Type == schema.ID:
		return fmt.Errorf("%s cannot be loaded: the org gives new records ids of its own; dump and serve --restore keep ids", f.Name)
	case f.Name == "IsDeleted" || f.Name == "SystemModstamp":
		return fmt.Errorf("%s cannot be loaded: the org keeps it itself", f.Name)
	case f.Type == schema.Formula:
		return fmt.Errorf("%s cannot be loaded: it is a formula", f.Name)
	case f.Type == schema.AutoNumber:
		return fmt.Errorf("%s cannot be loaded: the org numbers its records itself", f.Name)
	case f.Type == schema.Address || f.NameField() && f.System() && person(object):
		return fmt.Errorf("%s cannot be loaded: it is made of other fields; load those", f.Name)
	}
	return nil
}

// person reports whether the object's name is made of first and last name.
func person(object *schema.Object) bool {
	_, ok := object.AnyField("LastName")
	return ok
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
