package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func (tx *transaction) insert(t *table, cells []Cell) Outcome {
	if t.object.ReadOnly && !tx.actor.System {
		return Outcome{Err: sferr.UnsupportedOperation(t.object.Name, "create")}
	}
	if err := tx.writeable(t.object, cells, (*schema.Field).Createable); err != nil {
		return Outcome{Err: err}
	}
	number := len(t.rows)
	id := tx.db.idOf(t, number)
	d := tx.blank(t, id)
	if err := tx.fill(t, d, cells); err != nil {
		return Outcome{Err: err}
	}
	t.complete(d, id)
	if err := tx.check(t, d, "", -1); err != nil {
		return Outcome{Err: err}
	}
	row := d.row()
	t.rows = append(t.rows, row)
	for field, x := range t.indexes {
		x.add(row.At(field), number)
	}
	tx.undo = append(tx.undo, func() {
		for field, x := range t.indexes {
			x.remove(row.At(field), number)
		}
		t.rows = t.rows[:number]
	})
	tx.note(t, number, Write{Created: true})
	return Outcome{ID: id, Created: true}
}

func (tx *transaction) update(t *table, number int, id string, cells []Cell) *sferr.Error {
	if err := tx.writeable(t.object, cells, (*schema.Field).Updateable); err != nil {
		return err
	}
	before := t.rows[number]
	if c := t.columns.converted; c >= 0 && before.At(c) == "true" && !tx.actor.System {
		return sferr.On(nil, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
	}
	d := before.open(len(t.object.Fields))
	if err := tx.fill(t, d, cells); err != nil {
		return err
	}
	t.complete(d, id)
	if err := tx.check(t, d, before, number); err != nil {
		return err
	}
	changes := t.changes(before, d)
	tx.touch(t, d)
	tx.put(t, number, d.row())
	tx.note(t, number, Write{Changes: changes})
	return nil
}

func (tx *transaction) remove(t *table, number int, id string) *sferr.Error {
	d := t.rows[number].open(len(t.object.Fields))
	if held := tx.held(t, d, id); held != "" {
		return sferr.Locked(held)
	}
	d[t.columns.deleted] = "true"
	tx.touch(t, d)
	tx.put(t, number, d.row())
	tx.note(t, number, Write{Deleted: true})
	return nil
}

// writeable refuses cells whose fields the user may not set, all at once.
func (tx *transaction) writeable(o *schema.Object, cells []Cell, may func(*schema.Field) bool) *sferr.Error {
	if tx.actor.System {
		return nil
	}
	var refused []string
	for _, c := range cells {
		if f := &o.Fields[c.Field]; !may(f) && !slices.Contains(refused, f.Name) {
			refused = append(refused, f.Name)
		}
	}
	if refused != nil {
		return sferr.NotWriteable(refused)
	}
	return nil
}

// blank is a new record with everything that Salesforce sets by itself.
func (tx *transaction) blank(t *table, id string) draft {
	row := make(draft, len(t.object.Fields))
	for i := range t.object.Fields {
		f := &t.object.Fields[i]
		switch f.Type {
		case schema.ID:
			row[i] = id
		case schema.Formula:
			row[i] = f.Value
			if f.Value == "" && f.Returns == schema.Checkbox {
				row[i] = "false"
			}
		case schema.AutoNumber:
			before := t.counter[i]
			t.counter[i] = before + 1
			tx.undo = append(tx.undo, func() { t.counter[i] = before })
			row[i] = autoNumber(f, before+1)
		default:
			row[i] = f.Default
		}
	}
	c := t.columns
	row[c.created], row[c.createdBy] = tx.stamp, tx.actor.UserID
	if c.owner >= 0 {
		row[c.owner] = tx.actor.UserID
	}
	tx.touch(t, row)
	return row
}

func (tx *transaction) touch(t *table, row draft) {
	c := t.columns
	row[c.modified], row[c.modifiedBy], row[c.stamp] = tx.stamp, tx.actor.UserID, tx.stamp
}

// fill normalises the cells into the row.
func (tx *transaction) fill(t *table, row draft, cells []Cell) *sferr.Error {
	for _, c := range cells {
		f := &t.object.Fields[c.Field]
		text, err := value.Normalise(f, c.Text)
		if err != nil {
			return err
		}
		if f.Kind() == schema.Reference && text != "" {
			if err := tx.refer(f, text); err != nil {
				return err
			}
		}
		row[c.Field] = text
	}
	return nil
}

// refer checks that a reference points to a live record of the right object.
func (tx *transaction) refer(f *schema.Field, id string) *sferr.Error {
	target := tx.db.byPrefix(id)
	if target == nil || !strings.EqualFold(target.object.Name, f.ReferenceTo) {
		return sferr.WrongIDType(f.Label, f.Name, id)
	}
	row, ok := tx.db.find(target, id)
	if !ok || target.deleted(target.rows[row]) {
		missing := sferr.NoSuchRecord()
		missing.Fields = []string{f.Name}
		return missing
	}
	return nil
}

// complete sets what follows from other fields: a person's name, and the name
// of a custom record that nobody named.
func (t *table) complete(row draft, id string) {
	c := t.columns
	switch {
	case c.name < 0:
	case c.last >= 0:
		row[c.name] = strings.TrimSpace(row[c.first] + " " + row[c.last])
	case row[c.name] == "" && t.object.Custom():
		row[c.name] = id
	}
}

// check tests what must hold of the row as a whole: required and unique fields,
// and that nobody holds it.
func (tx *transaction) check(t *table, row draft, before Row, number int) *sferr.Error {
	var missing []string
	for i := range t.object.Fields {
		f := &t.object.Fields[i]
		if row[i] == "" && !f.Nillable() && !f.System() {
			missing = append(missing, f.Name)
		}
	}
	if missing != nil {
		return sferr.RequiredMissing(missing)
	}
	for i := range t.object.Fields {
		f := &t.object.Fields[i]
		if !f.Unique || row[i] == "" || before != "" && before.At(i) == row[i] {
			continue
		}
		for _, other := range t.matching(i, row[i], f.CaseSensitive) {
			if other != number {
				return sferr.Duplicate(f.Name, recordid.Short(tx.db.idOf(t, other)))
			}
		}
	}
	id := row[t.columns.id]
	if held := tx.held(t, row, id); held != "" {
		return sferr.Locked(held)
	}
	return nil
}

// held asks the actor's lock rule about the record and the parents it names.
func (tx *transaction) held(t *table, row draft, id string) string {
	if tx.actor.Locked == nil {
		return ""
	}
	ids := []string{id}
	for i := range t.object.Fields {
		f := &t.object.Fields[i]
		if f.Type == schema.Reference && !f.Required && row[i] != "" {
			ids = append(ids, row[i])
		}
	}
	return tx.actor.Locked(t.object.Name, ids)
}

func (t *table) changes(before Row, after draft) []Change {
	var changes []Change
	for i := range after {
		if was := before.At(i); was != after[i] {
			changes = append(changes, Change{Field: t.object.Fields[i].Name, Before: was, After: after[i]})
		}
	}
	return changes
}

// autoNumber prints a counter by a display format such as C-{0000}.
func autoNumber(f *schema.Field, n int) string {
	before, width, after := f.Counter()
	return before + fmt.Sprintf("%0*d", width, n) + after
}
