package store

import (
	"fmt"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func (tx *transaction) insert(t *table, m *Mutation) Outcome {
	if err := tx.admitted(t, "create"); err != nil {
		return Outcome{Err: err}
	}
	if err := tx.writeable(t, m, (*schema.Field).Createable); err != nil {
		return Outcome{Err: err}
	}
	number := len(t.rows)
	s := save{table: t, number: number, id: tx.db.idOf(t, number), event: schema.OnCreate}
	s.draft = tx.blank(t, s.id)
	if err := tx.fill(&s, m.Cells); err != nil {
		return Outcome{Err: err}
	}
	if err := tx.settle(&s); err != nil {
		return Outcome{Err: err}
	}
	tx.append(t, tx.db.press.keep(s.draft))
	tx.note(t, number, "", s.assignment)
	return Outcome{ID: s.id, Created: true}
}

func (tx *transaction) update(t *table, number int, id string, m *Mutation) *sferr.Error {
	if err := tx.writeable(t, m, (*schema.Field).Updateable); err != nil {
		return err
	}
	before := t.rows[number]
	if c := t.columns.converted; c >= 0 && before.At(c) == "true" && !tx.actor.System {
		return sferr.On(nil, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
	}
	s := save{table: t, number: number, id: id, event: schema.OnUpdate, before: before}
	s.draft = before.into(tx.lend(t))
	if err := tx.fill(&s, m.Cells); err != nil {
		return err
	}
	if err := tx.settle(&s); err != nil {
		return err
	}
	tx.touch(t, s.draft)
	tx.note(t, number, before, "")
	tx.replace(t, number, tx.db.press.keep(s.draft))
	return nil
}

// save is one record on its way into its table.
type save struct {
	table      *table
	number     int
	id         string
	event      schema.Event
	before     Row // empty on create
	draft      draft
	assignment string // the rule that chose the owner
}

// changed reports whether the save gives a field another value.
func (s *save) changed(field int) bool { return s.before.At(field) != s.draft[field] }

// settle does to a filled-in record what Salesforce does, in its order: checks
// of the system, validation rules, duplicate rules, assignment rules, and what
// runs after the save (Apex guide: triggers and order of execution).
func (tx *transaction) settle(s *save) *sferr.Error {
	s.table.complete(s.draft, s.id)
	if err := tx.check(s); err != nil {
		return err
	}
	if !tx.actor.Loading && (s.table.rules.any() || tx.actor.namesRule()) {
		if err := tx.runRules(s); err != nil {
			return err
		}
	}
	return tx.struck(s.table, s.draft)
}

// lend is an empty draft for the table's records, valid until the next row.
func (tx *transaction) lend(t *table) draft {
	if cap(tx.draft) < len(t.object.Fields) {
		tx.draft = make(draft, len(t.object.Fields))
	}
	return tx.draft[:len(t.object.Fields)]
}

// writeable refuses cells whose fields the user may not set, all at once, and
// fields that were removed since the request was read.
func (tx *transaction) writeable(t *table, m *Mutation, may func(*schema.Field) bool) *sferr.Error {
	var refused []string
	for _, c := range m.Cells {
		if t.object.Fields[c.Field].Removed() {
			return sferr.UnknownField(m.Object.Fields[c.Field].Name, m.Object.Name)
		}
		if f := &m.Object.Fields[c.Field]; !tx.actor.System && !may(f) && !slices.Contains(refused, f.Name) {
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
	row := tx.lend(t)
	copy(row, t.template)
	for _, i := range t.numbered {
		t.counter[i]++ // for good: what is undone leaves a gap (HELP: auto-number fields)
		row[i] = autoNumber(&t.object.Fields[i], t.counter[i])
	}
	c := t.columns
	row[c.id], row[c.created], row[c.createdBy] = id, tx.stamp, tx.actor.UserID
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

// fill normalises the cells into the record.
func (tx *transaction) fill(s *save, cells []Cell) *sferr.Error {
	for i, c := range cells {
		f := &s.table.object.Fields[c.Field]
		if c.Parent != nil {
			id, err := tx.parent(f, cells, i)
			if err != nil {
				return err
			}
			s.draft[c.Field] = id
			continue
		}
		text, err := value.Normalise(f, c.Text)
		if err != nil {
			return err
		}
		if text == "" {
			err = clearable(f)
		} else if f.Kind() == schema.Reference {
			err = tx.refer(f, text)
		}
		if err != nil {
			return err
		}
		s.draft[c.Field] = text
	}
	return nil
}

// clearable refuses null where it has an answer of its own, other than that of
// required fields.
func clearable(f *schema.Field) *sferr.Error {
	if f.Name == "OwnerId" {
		return sferr.On([]string{f.Name}, "INVALID_CROSS_REFERENCE_KEY", "%s: owner cannot be blank", f.Label)
	}
	return value.Clearable(f)
}

// complete sets what follows from other fields: a person's name, and the name
// of a custom record that nobody named.
func (t *table) complete(row draft, id string) {
	c := t.columns
	switch {
	case c.name < 0:
	case c.last >= 0 && row[c.first] == "":
		row[c.name] = strings.TrimSpace(row[c.last])
	case c.last >= 0:
		row[c.name] = strings.TrimSpace(row[c.first] + " " + row[c.last])
	case row[c.name] == "" && t.object.Custom():
		row[c.name] = id
	}
}

// autoNumber prints a counter by a display format such as C-{0000}.
func autoNumber(f *schema.Field, n int) string {
	before, width, after := f.Counter()
	return before + fmt.Sprintf("%0*d", width, n) + after
}
