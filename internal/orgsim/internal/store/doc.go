// Package store keeps an org's records and is the one place that writes them.
//
// A record is a [Row]: one canonical text for each field of its object (package
// value). Rows are never changed in place; a write puts a new row in the old
// one's stead, so that a query result stays what it was however long a client
// takes to page through it. Indexes hold row numbers alone and history the rows
// that were replaced, so that a million records and their writes stay cheap.
//
// [DB.Apply] writes with all of Salesforce's rules. A row of a request passes, in
// this order:
//
//	writeable     the user may set these fields ([DB.View])
//	fill          values as they are stored, references by id and by key
//	check         required, unique, hierarchies, permissions
//	runRules      validation, duplicate and assignment rules, automation
//
// and is then in the table, its indexes and its history. [DB.Select] runs a parsed
// query, using the indexes where a condition allows it.
//
// The schema is a value that is replaced, never changed: [DB.AddField] and its
// like put another one in its place, and who holds the old one goes on with it,
// since fields keep their places. What a user sees of it follows from records,
// as in Salesforce: a field that is hidden by itself is visible to those whom a
// PermissionSet with FieldPermissions is assigned to.
package store
