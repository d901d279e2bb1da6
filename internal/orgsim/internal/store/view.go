package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// View is the schema as the user's API calls see it: fields that are hidden by
// themselves are there if a permission set that the user is assigned to grants
// them, for reading or for writing too (package doc). It does not change; after
// a permission or a field did there is another one, and calls under way go on
// with theirs.
func (db *DB) View(userID string) *schema.Schema {
	defer db.shared()()
	db.viewing.Lock()
	defer db.viewing.Unlock()
	view, ok := db.views[userID]
	if !ok {
		grants := db.grants(userID)
		view = db.Schema().View(func(object, field string) schema.Access { return grants[object+"."+field] })
		db.views[userID] = view
	}
	return view
}

// forgetViews has views made anew; the caller holds mu for writing.
func (db *DB) forgetViews() {
	db.viewing.Lock()
	defer db.viewing.Unlock()
	clear(db.views)
}

// granted notices a write to the table that may grant or withdraw access.
func (tx *transaction) granted(t *table) {
	switch t.object.Name {
	case schema.PermissionSet, schema.PermissionSetAssignment, schema.FieldPermissions:
		tx.db.forgetViews()
	default:
	}
}

// grants is what the user's permission sets grant, by object.field in lower
// case; several add up.
func (db *DB) grants(userID string) map[string]schema.Access {
	sets := map[string]bool{}
	for r := range db.live(schema.PermissionSetAssignment) {
		if r.text("AssigneeId") == userID {
			sets[r.text("PermissionSetId")] = true
		}
	}
	alive := map[string]bool{}
	for r := range db.live(schema.PermissionSet) {
		alive[r.text("Id")] = true
	}
	grants := map[string]schema.Access{}
	for r := range db.live(schema.FieldPermissions) {
		if set := r.text("ParentId"); !sets[set] || !alive[set] {
			continue
		}
		name := strings.ToLower(r.text("Field"))
		access := grants[name]
		access.Read = access.Read || r.text("PermissionsRead") == "true"
		access.Edit = access.Edit || r.text("PermissionsEdit") == "true"
		grants[name] = access
	}
	return grants
}

// revoke erases the grants of a field that was removed, so that one of its name
// made later is nobody's; the caller holds mu.
func (db *DB) revoke(object, field string) {
	t, ok := db.table(schema.FieldPermissions)
	if !ok {
		return
	}
	now := db.now()
	tx := &transaction{db: db, actor: Actor{By: "user", System: true}, at: now, stamp: value.FormatTime(now)}
	for number, row := range t.rows {
		if t.erased(row) || fold((record{t, row}).text("Field")) != fold(object+"."+field) {
			continue
		}
		d := row.into(tx.lend(t))
		d[t.columns.deleted] = erased
		tx.note(t, number, row, "")
		tx.replace(t, number, tx.db.press.keep(d))
	}
}

// record reads one row by field names, where speed does not matter.
type record struct {
	table *table
	row   Row
}

func (r record) text(field string) string {
	i, ok := r.table.object.AnyField(field)
	if !ok {
		return ""
	}
	return r.row.At(i)
}

// live yields the records of an object that are not deleted, none where the
// schema lacks the object; the caller holds mu.
func (db *DB) live(object string) func(yield func(record) bool) {
	return func(yield func(record) bool) {
		t, ok := db.table(object)
		if !ok {
			return
		}
		for _, row := range t.rows {
			if !t.deleted(row) && !yield(record{t, row}) {
				return
			}
		}
	}
}
