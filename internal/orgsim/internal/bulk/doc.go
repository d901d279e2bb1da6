// Package bulk is Bulk API 2.0 of the org: ingest jobs that write and query jobs
// that read (Bulk API 2.0 and Bulk API developer guide).
//
// An ingest job is created ([API.Register] lists the resources), gets its data in
// one upload, or in the body that created it, and is closed. From then on it
// belongs to a goroutine that the org waits for. That one looks through the whole
// upload once, so that a file that cannot be read fails before anything is
// written, and finds where each row starts. Then one goroutine reads rows ahead,
// while the other writes them in transactions of 200 rows; what became of each
// row stands in a table without pointers. Result files are printed from upload
// and table as they are asked for, shuffled.
//
// A query job keeps the rows that it found, which never change, and prints pages
// of them, in chunks whose order is not that of the rows where the query says
// none. Locators are places in the result.
//
// Whoever ends a job (abort, delete, reset) takes its lock to do so, and rows are
// written with that lock held: a job that has ended writes nothing any more.
//
// Jobs are kept for seven days of the org's clock, with their uploads and results,
// unless they are deleted; one open for more than a day takes no more data.
//
// Where documents are silent the stricter reading was taken: bodies have no
// members that jobs lack, jobs are their creator's alone, a second upload is
// refused at once, and one malformed line fails its whole job. Duplicate rules
// that alert stop rows, since Bulk API 2.0 has no header to pass them, and
// assignment rules run only where assignmentRuleId names one.
package bulk
