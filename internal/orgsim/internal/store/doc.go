// Package store keeps an org's records and is the one place that writes them.
//
// A record is a [Row]: one canonical text for each field of its object (package
// value). Rows are never changed in place; a write puts a new row in the old
// one's stead, so that a query result stays what it was however long a client
// takes to page through it. [DB.Apply] writes with all of Salesforce's rules,
// [DB.Select] runs a parsed query, using the lookup indexes where a condition
// allows it. History is kept for every write but the initial load.
package store
