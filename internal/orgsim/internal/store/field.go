package store

import (
	"errors"
	"fmt"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// AddField adds a custom field to an object, for every call that begins after
// it. What its definition lacks is filled in as [schema.Schema.Add] does; Hidden
// says whether anybody sees it without being granted it, which a required field
// does not allow. Records that there are get what a formula, an auto number or a
// checkbox gives them, and no default (HELP: default field values); a
// master-detail relationship is refused where there are any (HELP: considerations
// for relationships).
func (db *DB) AddField(object string, f schema.Field) *sferr.Error {
	if f.Required || f.Type == schema.MasterDetail {
		f.Hidden = false
	}
	return db.redefine(object, f.Name, func(s *schema.Schema) (*schema.Schema, error) {
		if f.Type == schema.MasterDetail && db.populated(object) {
			return nil, fmt.Errorf("object %s has records, which would lack a parent: a master-detail relationship cannot be added to it", object)
		}
		return s.AddField(object, f)
	})
}

// populated reports whether an object has records, those in the recycle bin
// included; the caller holds mu.
func (db *DB) populated(object string) bool {
	t, ok := db.table(object)
	return ok && slices.ContainsFunc(t.rows, func(row Row) bool { return !t.erased(row) })
}

// ChangeField gives a custom field another definition; its type stays, and so
// does who may see it. A field becomes unique only if no two records have the
// same value in it.
func (db *DB) ChangeField(object string, f schema.Field) *sferr.Error {
	return db.redefine(object, f.Name, func(s *schema.Schema) (*schema.Schema, error) { return s.ChangeField(object, f) })
}

// RemoveField deletes a custom field with its values and the grants of it. A
// field that a rule names is refused.
func (db *DB) RemoveField(object, name string) *sferr.Error {
	return db.redefine(object, name, func(s *schema.Schema) (*schema.Schema, error) { return s.RemoveField(object, name) })
}

// redefine puts another schema in the current one's stead. Whoever holds the old
// one, a query or a job under way, goes on with it: fields keep their places.
func (db *DB) redefine(object, field string, change func(*schema.Schema) (*schema.Schema, error)) *sferr.Error {
	defer db.exclusive()()
	next, err := change(db.Schema())
	if err != nil {
		return refusedField(err, field)
	}
	o, _ := next.Object(object) // found, or the change had failed
	if err := checkDefaults(o); err != nil {
		return refusedField(err, field)
	}
	var bound *rules
	for _, other := range next.Objects() { // their rules may look at this object's fields as at a parent's
		r, err := bindRules(next, other)
		if err != nil {
			return refusedField(err, field)
		}
		if other == o {
			bound = r
		}
	}
	t := db.tables[o.Name]
	if i, ok := o.AnyField(field); ok && o.Fields[i].Unique {
		if refused := db.repeated(t, o, i); refused != nil {
			return refused
		}
	}
	known := len(t.object.Fields)
	owned := t.columns.owner >= 0
	t.settle(o, bound)
	db.children = childrenOf(next)
	if !owned && t.columns.owner >= 0 {
		t.orphan()
	}
	if i, ok := o.AnyField(field); ok && (i >= known || o.Fields[i].Type == schema.Formula) {
		t.furnish(i)
	}
	db.current.Store(next)
	if _, there := o.AnyField(field); !there {
		db.revoke(o.Name, field)
	}
	db.forgetViews()
	return nil
}

// repeated refuses to make a field unique in which live records share a value.
func (db *DB) repeated(t *table, o *schema.Object, field int) *sferr.Error {
	if field >= len(t.object.Fields) {
		return nil
	}
	f := &o.Fields[field]
	seen := map[string]int{}
	for number, row := range t.rows {
		key := row.At(field)
		if key == "" || t.deleted(row) {
			continue
		}
		if !f.CaseSensitive {
			key = fold(key)
		}
		if first, twice := seen[key]; twice {
			return sferr.On([]string{}, "FIELD_INTEGRITY_EXCEPTION",
				"Cannot make field %s unique: records %s and %s have the same value", f.Name,
				recordid.Short(db.idOf(t, first)), recordid.Short(db.idOf(t, number)))
		}
		seen[key] = number
	}
	return nil
}

// furnish gives all records their value of a field that was not there, or was
// another formula, before.
func (t *table) furnish(field int) {
	f := &t.object.Fields[field]
	for number, row := range t.rows {
		if row == "" {
			continue
		}
		d := row.open(len(t.object.Fields))
		switch f.Type {
		case schema.AutoNumber:
			t.counter[field]++
			d[field] = autoNumber(f, t.counter[field])
		case schema.Formula, schema.Checkbox:
			d[field] = initial(f)
		default:
		}
		if t.indexes[field] == nil {
			t.rows[number] = d.row() // no key changes
			continue
		}
		t.replace(number, d.row())
	}
}

// orphan gives the records of what is no detail any more an owner of their own:
// who made them.
func (t *table) orphan() {
	for number, row := range t.rows {
		if row == "" {
			continue
		}
		d := row.open(len(t.object.Fields))
		d[t.columns.owner] = d[t.columns.createdBy]
		t.rows[number] = d.row() // owners are in no index
	}
}

func refusedField(err error, field string) *sferr.Error {
	code := "FIELD_INTEGRITY_EXCEPTION"
	switch {
	case errors.Is(err, schema.ErrExists):
		code = "DUPLICATE_DEVELOPER_NAME"
	case errors.Is(err, schema.ErrUnknown):
		code = "INVALID_CROSS_REFERENCE_KEY"
	}
	return sferr.On([]string{field}, code, "%s", err.Error())
}
