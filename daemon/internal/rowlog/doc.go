// Package rowlog is how outcomes are written down: a line of JSON each, packed into zstd frames. A run's journal and the
// object that keeps its outcomes for good are both made of it, so that either is read with zstdcat and jq.
//
// [Append] and [Parse] turn an outcome into its line and back, [Pack] and [Unpack] many of them into one frame and back.
// The line is what encoding/json makes of a [reportsync.Outcome], but appended and read by hand: a run of a million rows
// writes a million of them. A line that [Append] did not make is left to encoding/json.
//
//	append.go   outcome -> line
//	quote.go    text -> JSON string
//	parse.go    line -> outcome
//	scan.go     what a line is made of: names, texts, numbers
//	pack.go     outcomes -> frame -> outcomes
//	lines.go    frame -> lines, within bounds
//	peek.go     what a line tells without being read
//	brief.go    what counting takes of a line
package rowlog
