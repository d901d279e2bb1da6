// Package tooling is the part of the Tooling API that makes, changes and removes
// custom fields and tells of the org's schema: CustomField records, and queries
// for CustomField, EntityDefinition and FieldDefinition.
//
// A field that is made here has no field-level security: every API behaves as if
// it did not exist until FieldPermissions grant it (REST: FieldPermissions,
// PermissionSetAssignment). What the schema holds stands as records in a small
// database of the API's own, which follows the schema, so that queries, ids and
// dates are those of any other record.
package tooling
