package store

import (
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// RestrictSetup has writes to objects that are [schema.Object.Setup] refused to users
// who may not, by username; without it, every user may. It comes before the
// database is used. The function must not use the database: it is asked while that
// is locked.
func (db *DB) RestrictSetup(may func(username string) bool) { db.maySetUp = may }

// admitted refuses an operation that the table's object does not offer, or not to
// the actor.
func (tx *transaction) admitted(t *table, verb string) *sferr.Error {
	switch {
	case tx.actor.System:
		return nil
	case t.object.ReadOnly:
		return sferr.UnsupportedOperation(t.object.Name, verb)
	case t.object.Setup() && !tx.maySetUp():
		return sferr.NoAccess()
	default:
		return nil
	}
}

func (tx *transaction) maySetUp() bool {
	if tx.db.maySetUp == nil {
		return true
	}
	users, ok := tx.db.table("User")
	if !ok {
		return false
	}
	number, ok := tx.db.find(users, tx.actor.UserID)
	if !ok || users.deleted(users.rows[number]) {
		return false
	}
	return tx.db.maySetUp(record{users, users.rows[number]}.text("Username"))
}

// checkPermissions tests what the objects of permission sets demand beyond their
// fields (SOAP API guide: PermissionSetAssignment, FieldPermissions,
// ObjectPermissions).
func (tx *transaction) checkPermissions(s *save) *sferr.Error {
	switch s.table.object.Name {
	case schema.PermissionSet:
		return s.unrepeated(func(id string) *sferr.Error { return sferr.Duplicate("DeveloperName", id) }, "Name")
	case schema.PermissionSetAssignment:
		assignee, set := s.text("AssigneeId"), s.text("PermissionSetId")
		return s.unrepeated(func(string) *sferr.Error {
			return sferr.On([]string{"AssigneeId", "PermissionSetId"}, "DUPLICATE_VALUE",
				"Duplicate PermissionSetAssignment.  Assignee: %s; Permission Set: %s", recordid.Short(assignee), recordid.Short(set))
		}, "AssigneeId", "PermissionSetId")
	case schema.FieldPermissions:
		if err := tx.checkFieldPermissions(s); err != nil {
			return err
		}
		return s.unrepeated(func(id string) *sferr.Error { return sferr.Duplicate("ParentId, Field", id) }, "ParentId", "Field")
	case schema.ObjectPermissions:
		if err := tx.checkObjectPermissions(s); err != nil {
			return err
		}
		return s.unrepeated(func(id string) *sferr.Error { return sferr.Duplicate("ParentId, SobjectType", id) }, "ParentId", "SobjectType")
	default:
		return nil
	}
}

// unrepeated refuses a record whose values in all the fields another has.
func (s *save) unrepeated(refusal func(id15 string) *sferr.Error, fields ...string) *sferr.Error {
	for number, row := range s.table.rows {
		if number == s.number || s.table.deleted(row) {
			continue
		}
		other, same := record{s.table, row}, true
		for _, field := range fields {
			same = same && fold(other.text(field)) == fold(s.text(field))
		}
		if same {
			return refusal(recordid.Short(other.text("Id")))
		}
	}
	return nil
}

// text is the value of a field by its name.
func (s *save) text(field string) string {
	if i, ok := s.table.object.AnyField(field); ok {
		return s.draft[i]
	}
	return ""
}

func (s *save) set(field, text string) {
	if i, ok := s.table.object.AnyField(field); ok {
		s.draft[i] = text
	}
}

// checkFieldPermissions wants a field there is, of the object that is named, on
// which access can be granted at all. Names are stored as the schema spells them.
func (tx *transaction) checkFieldPermissions(s *save) *sferr.Error {
	object, err := tx.permissionObject(s)
	if err != nil {
		return err
	}
	of, name, dotted := strings.Cut(s.text("Field"), ".")
	i, found := object.AnyField(name)
	if !dotted || !strings.EqualFold(of, object.Name) || !found {
		return badChoice("Field Name", "Field", s.text("Field"))
	}
	f := &object.Fields[i]
	s.set("Field", object.Name+"."+f.Name)
	switch {
	case f.Required && !f.System():
		return sferr.Integrity("Field", "You cannot deploy to a required field: %s", s.text("Field"))
	case !f.Permissionable():
		return sferr.Integrity("Field", "Field-level security cannot be set on the field: %s", s.text("Field"))
	case s.text("PermissionsEdit") == "true" && (f.Type == schema.Formula || f.Type == schema.AutoNumber):
		return sferr.Integrity("PermissionsEdit", "The field cannot be made editable: %s", s.text("Field"))
	}
	return s.depends("PermissionsEdit", "PermissionsRead", s.text("Field"))
}

func (tx *transaction) checkObjectPermissions(s *save) *sferr.Error {
	object, err := tx.permissionObject(s)
	if err != nil {
		return err
	}
	for _, needs := range [][2]string{
		{"PermissionsCreate", "PermissionsRead"},
		{"PermissionsEdit", "PermissionsRead"},
		{"PermissionsDelete", "PermissionsEdit"},
		{"PermissionsViewAllRecords", "PermissionsRead"},
		{"PermissionsModifyAllRecords", "PermissionsDelete"},
		{"PermissionsModifyAllRecords", "PermissionsViewAllRecords"},
	} {
		if err := s.depends(needs[0], needs[1], object.Name); err != nil {
			return err
		}
	}
	return nil
}

func (tx *transaction) permissionObject(s *save) (*schema.Object, *sferr.Error) {
	object, ok := tx.db.Schema().Object(s.text("SobjectType"))
	if !ok {
		return nil, badChoice("Sobject Type Name", "SobjectType", s.text("SobjectType"))
	}
	s.set("SobjectType", object.Name)
	return object, nil
}

// depends refuses one permission without the other.
func (s *save) depends(permission, on, of string) *sferr.Error {
	if s.text(permission) != "true" || s.text(on) == "true" {
		return nil
	}
	plain := func(name string) string { return strings.TrimPrefix(name, "Permissions") }
	return sferr.Integrity(permission, "Permission %s %s depends on permission(s): %s %s", plain(permission), of, plain(on), of)
}

func badChoice(label, field, text string) *sferr.Error {
	return sferr.On([]string{field}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s", label, text)
}
