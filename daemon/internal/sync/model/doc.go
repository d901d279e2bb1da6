// Package model says what a run must come to, in the plainest way that it can be said: a function from a report, the
// records of an org and an integration to the outcome of each row and the records afterwards. Tests hold the daemon
// against it.
//
// [Expect] goes the way of a run, one step after the other over all rows, each with loops over everything there is:
//
//	read        what each row says: its key, and a value for each mapped field
//	duplicates  which one of the rows with a key is used
//	parents     ids for the keys that lookups are fed with
//	match       the records that have a row's key
//	decide      what is to be written where
//	guard       whether that is more than the integration allows
//	write       the records afterwards
//
// It is written from the design and from Salesforce's documents. It shares the domain (package reportsync) and the
// transforms (package transform) with the daemon, and nothing that reads, compares or writes a value.
package model
