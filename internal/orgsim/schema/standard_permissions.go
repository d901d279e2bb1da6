package schema

// The objects of permission sets, by which field-level security is granted to
// users (SOAP API guide: PermissionSet and its neighbours).
const (
	PermissionSet           = "PermissionSet"
	PermissionSetAssignment = "PermissionSetAssignment"
	FieldPermissions        = "FieldPermissions"
	ObjectPermissions       = "ObjectPermissions"
)

// Setup reports whether the object's records say what users may do, so that
// writing them takes a permission of its own.
func (o *Object) Setup() bool {
	switch o.Name {
	case PermissionSet, PermissionSetAssignment, FieldPermissions, ObjectPermissions:
		return true
	default:
		return false
	}
}

func permissionObjects() []*Object {
	set := []Field{
		{Name: "Name", Label: "Permission Set Name", Type: Text, Length: 80, Required: true, nameField: true},
		required(text("Label", "Permission Set Label", 80), ""),
		text("Description", "Description", 255),
		kept(checkbox("IsOwnedByProfile", "Is Owned By Profile")),
		kept(Field{Name: "IsCustom", Label: "Is Custom", Type: Checkbox, Default: "true"}),
		kept(text("NamespacePrefix", "Namespace Prefix", 15)),
	}
	assignment := []Field{
		once(required(lookup("PermissionSetId", "PermissionSet ID", "PermissionSet", PermissionSet), "")),
		once(required(lookup("AssigneeId", "Assignee ID", "Assignee", "User"), "")),
	}
	parent := once(required(lookup("ParentId", "Parent ID", "Parent", PermissionSet), ""))
	field := []Field{
		parent,
		once(required(text("SobjectType", "Sobject Type Name", 40), "")),
		once(required(text("Field", "Field Name", 121), "")),
		checkbox("PermissionsRead", "Read"),
		checkbox("PermissionsEdit", "Edit"),
	}
	object := []Field{
		parent,
		once(required(text("SobjectType", "Sobject Type Name", 40), "")),
		checkbox("PermissionsRead", "Read Records"),
		checkbox("PermissionsCreate", "Create Records"),
		checkbox("PermissionsEdit", "Edit Records"),
		checkbox("PermissionsDelete", "Delete Records"),
		checkbox("PermissionsViewAllRecords", "View All Records"),
		checkbox("PermissionsModifyAllRecords", "Modify All Records"),
	}
	return []*Object{
		{Name: PermissionSet, Label: "Permission Set", LabelPlural: "Permission Sets", KeyPrefix: "0PS", Fields: withSystemFields(set, false)},
		{Name: PermissionSetAssignment, Label: "Permission Set Assignment", LabelPlural: "Permission Set Assignments", KeyPrefix: "0Pa", Fields: withSystemFields(assignment, false)},
		{Name: FieldPermissions, Label: "Field Permissions", LabelPlural: "Field Permissions", KeyPrefix: "01k", Fields: withSystemFields(field, false)},
		{Name: ObjectPermissions, Label: "Object Permissions", LabelPlural: "Object Permissions", KeyPrefix: "110", Fields: withSystemFields(object, false)},
	}
}
