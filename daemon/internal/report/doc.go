// Package report opens the reports of a source and reads them row by row.
//
// A report is a CSV file (RFC 4180, UTF-8 with or without a byte order mark, lines ending in LF or CRLF) in a folder
// that the daemon's settings allow. The flow: [OpenFiles] binds a source to its folder, out of which no path and no
// link leads; [Files.Resolve] turns an integration's report, a path or a glob, into one [reportsync.ReportVersion];
// [Files.Open] opens that very version and reads its header; [Reader.Select] names the columns that matter; and
// [Reader.Rows] streams the rows. A file that is not the version asked for, or changes while it is read, ends the
// reading with report_changed, so that no run mixes two versions.
//
// What is wrong with a single row (too many cells, bytes that are no text, quotes that don't pair) does not end the
// reading: the row carries a [RowProblem] instead of cells that nobody could trust.
package report
