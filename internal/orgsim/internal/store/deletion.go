package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// child is a field by which records refer to those of another object.
type child struct {
	object   string
	field    int
	onDelete schema.Deletion
}

// childrenOf lists the indexed references of a schema by the object they lead to.
func childrenOf(s *schema.Schema) map[string][]child {
	children := map[string][]child{}
	for _, o := range s.Objects() {
		for i := range o.Fields {
			f := &o.Fields[i]
			if f.Removed() || !f.Parent() {
				continue
			}
			for _, name := range f.ReferenceTo {
				if target, ok := s.Object(name); ok {
					children[target.Name] = append(children[target.Name], child{object: o.Name, field: i, onDelete: f.OnDelete()})
				}
			}
		}
	}
	return children
}

// spot is the place of a record.
type spot struct {
	table  *table
	number int
}

// deletion is all that the deletion of one record does.
type deletion struct {
	gone  []spot        // the record itself first
	rest  map[spot]bool // the same, but for the first
	loose []reference
	held  []reference // what forbids it
}

// reference is a record with the field by which it refers to another one.
type reference struct {
	spot

	field int
	to    spot
}

// remove deletes a record with those that cannot be without it, and empties the
// lookups of others to all of them; nothing is done if one of them may not be
// deleted (SOAP API guide: delete, cascading deletions).
func (tx *transaction) remove(t *table, number int, erase bool) *sferr.Error {
	var d deletion
	tx.plan(&d, spot{t, number})
	for _, r := range d.held {
		if !d.deletes(r.spot) {
			return r.holds()
		}
	}
	if err := tx.struck(t, t.rows[number].into(tx.lend(t))); err != nil {
		return err
	}
	for _, r := range d.loose {
		if !d.deletes(r.spot) {
			tx.loosen(r)
		}
	}
	for i, s := range d.gone {
		tx.discard(s, erase, i == 0)
	}
	return nil
}

// plan takes a record into the deletion, and what follows from that.
func (tx *transaction) plan(d *deletion, s spot) {
	d.add(s)
	id := s.table.rows[s.number].At(s.table.columns.id)
	for _, c := range tx.db.children[s.table.object.Name] {
		t := tx.db.tables[c.object]
		for _, number := range t.matching(c.field, id, true) {
			r := reference{spot: spot{t, number}, field: c.field, to: s}
			switch {
			case c.onDelete == schema.Restricts:
				d.held = append(d.held, r)
			case c.onDelete == schema.Clears:
				d.loose = append(d.loose, r)
			case d.deletes(r.spot):
			default:
				tx.plan(d, r.spot)
			}
		}
	}
}

func (d *deletion) add(s spot) {
	d.gone = append(d.gone, s)
	if len(d.gone) == 1 {
		return // most deletions are of one record: the map waits for a second
	}
	if d.rest == nil {
		d.rest = map[spot]bool{}
	}
	d.rest[s] = true
}

func (d *deletion) deletes(s spot) bool { return d.gone[0] == s || d.rest[s] }

// loosen empties a lookup. No rule runs and nobody has edited the record then:
// only its system timestamp moves.
func (tx *transaction) loosen(r reference) {
	t, before := r.table, r.table.rows[r.number]
	row := before.into(tx.lend(t))
	row[r.field], row[t.columns.stamp] = "", tx.stamp
	tx.trace(t, r.number, before, "")
	tx.replace(t, r.number, tx.db.press.keep(row))
}

// discard puts a record into the recycle bin, or erases it. What the client has
// not named is no row that it has written.
func (tx *transaction) discard(s spot, erase, named bool) {
	t, before := s.table, s.table.rows[s.number]
	row := before.into(tx.lend(t))
	row[t.columns.deleted] = "true"
	if erase {
		row[t.columns.deleted] = erased
	}
	tx.touch(t, row)
	if named {
		tx.note(t, s.number, before, "")
	} else {
		tx.trace(t, s.number, before, "")
	}
	tx.replace(t, s.number, tx.db.press.keep(row))
}

// holds is the refusal to delete what the record refers to.
func (r reference) holds() *sferr.Error {
	var others []string
	for _, number := range r.table.matching(r.field, r.to.table.rows[r.to.number].At(r.to.table.columns.id), true) {
		others = append(others, spot{r.table, number}.name())
	}
	return sferr.DeleteFailed(r.to.name(), strings.ToLower(r.table.object.LabelPlural), others)
}

// name is what people call a record.
func (s spot) name() string {
	row := s.table.rows[s.number]
	for i := range s.table.object.Fields {
		if f := &s.table.object.Fields[i]; f.NameField() && !f.Removed() {
			return row.At(i)
		}
	}
	return row.At(s.table.columns.id)
}
