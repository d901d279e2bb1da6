package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// check tests what must hold of the record as a whole: required and unique
// fields, hierarchies, and what its object demands.
func (tx *transaction) check(s *save) *sferr.Error {
	t := s.table
	var missing []string
	for _, i := range t.required {
		if s.draft[i] == "" {
			missing = append(missing, t.object.Fields[i].Name)
		}
	}
	if missing != nil {
		return sferr.RequiredMissing(missing)
	}
	for _, i := range t.unique {
		if s.draft[i] == "" || !s.changed(i) {
			continue
		}
		f := &t.object.Fields[i]
		for _, other := range t.matching(i, s.draft[i], f.CaseSensitive) {
			if other != s.number {
				return sferr.Duplicate(f.Name, recordid.Short(tx.db.idOf(t, other)))
			}
		}
	}
	if err := tx.checkHierarchy(s); err != nil {
		return err
	}
	return tx.checkPermissions(s)
}

// struck asks the actor's fault rules.
func (tx *transaction) struck(t *table, row draft) *sferr.Error {
	if tx.actor.Strike == nil {
		return nil
	}
	return tx.actor.Strike(t.object, row)
}

// refer checks that a reference points to a live record of a right object.
func (tx *transaction) refer(f *schema.Field, id string) *sferr.Error {
	target := tx.db.byPrefix(id)
	if target == nil || !f.RefersTo(target.object.Name) {
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
