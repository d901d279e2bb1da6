// Package sync carries out one run: it brings the records of one Salesforce object up to date with one report.
//
// [Execute] is the pipeline, one file a stage: open, extract, key, match, compare, guard, write, settle, finish. A
// stage takes what the one before it found, records the outcome of every row whose way ends there, and hands on the
// rest. [Check] is the part of open that needs no run, for telling a user early.
//
//	open      the integration against the object's fields and the report's columns   check.go, columns.go
//	extract   report cells to canonical values                                       canonical.go and its forms
//	key       empty, unusable and duplicate keys
//	match     keys to record ids, the cheaper way by counted calls                   lookup.go, cost.go
//	compare   what differs, with its before-image
//	guard     what must hold before the first write; a dry run ends here
//	write     sObject Collections or Bulk jobs, the cheaper way                      collections.go, deliver.go, bulk.go, further.go
//	settle    Salesforce's answer for each row, stored
//	finish    a status, an error, counts that add up                                 failure.go
//
// # Values
//
// Both sides of a comparison are brought to one canonical text per field type, in which the empty text stands for
// null. What is sent is the canonical value too, so that what Salesforce stores reads back equal (invariant 8).
//
// # Crashes
//
// The [Journal] holds enough to go on after a SIGKILL at any moment. Rows are planned with their before-images before
// they are sent, and done only when Salesforce's answer is stored (invariant 1). The next attempt (resume.go) first
// clears up the Bulk jobs of the one that died, then reads the same version of the report again, leaves answered rows
// alone, and finds out by comparison which of the unanswered ones were written (by the record ids alone when the report
// is another one by now: lookback.go). Sending a row twice would run triggers and flows twice and undo what somebody
// else wrote in between, so within an attempt a lost answer is looked up as well (deliver.go).
package sync
