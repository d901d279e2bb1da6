package store

import (
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// hierarchical reports whether a reference arranges the object's records in a
// tree, in which none may be its own ancestor. Other lookups of an object to
// itself may lead in circles of two records or more.
func hierarchical(o *schema.Object, f *schema.Field) bool {
	switch o.Name {
	case "Account", "Case":
		return f.Name == "ParentId"
	case "Contact":
		return f.Name == "ReportsToId"
	default:
		return false
	}
}

// checkHierarchy refuses a changed reference that leads to the record itself or,
// in a hierarchy, to one of its descendants. A new record is spared: nobody knows
// its id yet.
func (tx *transaction) checkHierarchy(s *save) *sferr.Error {
	if s.event == schema.OnCreate {
		return nil
	}
	for _, i := range s.table.circular {
		parent := s.draft[i]
		if parent == "" || !s.changed(i) {
			continue
		}
		f := &s.table.object.Fields[i]
		if parent == s.id || hierarchical(s.table.object, f) && tx.db.descends(s.table, i, parent, s.id) {
			return sferr.Circular(f.Name)
		}
	}
	return nil
}

// descends walks up from a record and reports whether it meets the ancestor. The
// steps are bounded since a restored snapshot may hold circles.
func (db *DB) descends(t *table, field int, id, ancestor string) bool {
	for range t.rows {
		number, ok := db.find(t, id)
		if !ok {
			return false
		}
		if id = t.rows[number].At(field); id == ancestor {
			return true
		}
	}
	return false
}
