// Package rest is the REST API of the org: versions, describe, single records,
// sObject Collections, queries and limits. Handlers read rows and queries, hand
// typed mutations to the store and print what it answers.
package rest
