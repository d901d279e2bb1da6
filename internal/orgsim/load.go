package orgsim

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

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
	l := newLoader(o, described, header)
	l.read(reader)
	return l.end()
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
