// Package bulk is Bulk API 2.0 of the org: ingest jobs that write and query jobs
// that read. Uploads are kept as they came and read row by row when their job is
// processed, in transactions of 200 rows, by a goroutine that the org owns.
package bulk
