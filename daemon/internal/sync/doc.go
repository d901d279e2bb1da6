// Package sync carries out one run: it brings the records of one Salesforce object up to date with one report.
//
// [Execute] is the pipeline, one file a stage or a few. A stage takes rows as far as it can: it settles those whose way
// ends there. [Check] is the part of open that needs no run, for telling a user early.
//
//	open      the integration against objects, fields and columns      open.go, check.go, checkfield.go, columns.go, target.go
//	          a report that is fresh enough, calls that are left       freshness.go, allowance.go
//	extract   report cells to canonical values, packed and spooled     extract.go, shape.go, rowcode.go, rows.go
//	key       one row a key: repetitions, duplicates and their policy  key.go, order.go
//	match     records to rows, the cheapest way by counted calls       match.go, search.go, route.go, parents.go
//	compare   what differs, with its before-image, as records come by  matcher.go, compare.go, find.go, previous.go
//	guard     what is at stake, what it costs, what is left            guard.go, quota.go, plan.go
//	            what stops a run here or earlier, or lets it through   halt.go, percent.go
//	write     sObject Collections or Bulk jobs                         write.go, compose.go
//	            a call of Collections, its halves, its lost answer     collections.go, deliver.go, inquire.go, transient.go
//	            a job, its upload, what it leaves, its end             bulk.go, fill.go, further.go, jobs.go
//	            rows whose record was deleted meanwhile                gone.go, rematch.go
//	settle    Salesforce's answer for each row, stored                 settle.go, pairing.go, waiting.go, roll.go
//	finish    an outcome a row, in order; a status; counts             finish.go, tell.go, outcome.go, failure.go
//
// # Rows
//
// A report may have many millions of rows, so a row is no Go object that stays. Its texts are packed into a spool
// (package spool: memory first, then a file), and of each row only a state and a link remain (state.go, rows.go). The
// state says how far the row is or what became of it; the link leads to its record's id, to what its record holds
// otherwise, or to an outcome. The org's records stream past an index of the rows' keys: equal ones leave their id,
// others their before-image. At the end the outcomes are told from the states, in the report's order, to [Evidence].
//
// # Beside the stages
//
// Waiting is what costs a run most, so it waits beside its work: a Bulk query begins while the report is still read
// (early.go), as does the reading of what the run before has changed (previous.go); what frees the org's storage is
// waited for at the end alone (tidy.go). Rows and records pass in batches, on all processors (ahead.go).
//
// # Values
//
// Package value brings both sides of a comparison to one canonical text per field type, in which the empty text stands
// for null. What is sent is the canonical value too, so that what Salesforce stores reads back equal (invariant 8).
//
// # Crashes
//
// The [Journal] holds enough to go on after a SIGKILL at any moment, and no more than that. Rows are planned with their
// before-images before they are sent, and done only when Salesforce's answer is stored (invariant 1). The next attempt
// (resume.go, past.go, notes.go) first clears up the Bulk jobs of the one that died, then reads the same version of the report
// again, leaves answered rows alone, and finds out by comparison which of the unanswered ones were written (by the
// record ids alone when the report is another one by now: lookback.go). Sending a row twice would run triggers and
// flows twice, undo what somebody else wrote in between, or create a record twice; so within an attempt a lost answer
// is looked up as well (inquire.go).
package sync
