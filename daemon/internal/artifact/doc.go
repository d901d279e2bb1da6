// Package artifact keeps the outcomes of runs in a bucket: a local folder, or one of S3, Google Cloud Storage or Azure.
//
// A run's object is runs/<run id>/outcomes-<attempt>.jsonl.zst: a line of JSON for each row of the report (package rowlog), in
// zstd frames of some thousand lines that can be read by themselves. Lines stand in the order of the report, in two passes:
// first the rows whose outcome was known before anything was written, which are told while the others are on their way. The
// last frame is one that zstd skips and holds an index of the others: their rows, and which outcomes they hold. So zstdcat
// shows the whole, and a page of the failed rows of a run of a million takes two small reads.
//
//	location.go   where a bucket is, as a URL; what is refused
//	transport.go  the kinds of buckets beside folders, and what they speak
//	bucket.go     opening, trying and clearing a bucket
//	object.go     an object that is being written, in every kind of bucket
//	stall.go      a bucket that does not move on
//	writer.go     outcomes -> frames -> object, which appears as a whole or not at all
//	press.go      frames, compressed side by side
//	index.go      the last frame
//	read.go       object -> outcomes, only the frames that can hold what is asked for
//	merge.go      passes -> the order of the report
//	cache.go      indexes that were read lately
//	trouble.go    what went wrong, in words for whoever runs the daemon
//
// Objects hold cells of reports and values of records, never a secret (invariant 7).
package artifact
