// Package rest is the REST API of the org: versions, describe, single records,
// sObject Collections, composite requests, queries and limits. Handlers read rows
// and queries, hand typed mutations to the store and print what it answers.
//
// The subrequests of a composite request go the same way as requests of their own
// ([web.Call.Inner]). What is to succeed or fail as a whole writes through one
// [store.Unit], which goes along with each subrequest.
package rest
