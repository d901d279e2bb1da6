// Package salesforce speaks with one Salesforce org over the wire: it logs in, describes objects,
// queries, updates and runs Bulk API 2.0 jobs, and it says precisely what went wrong when
// something did. It knows nothing of integrations, runs or the store.
//
// # The flow
//
// New checks the settings and opens no connection. The first call that needs a token fetches one by
// the OAuth client-credentials flow and every later call shares it (session.go). Each request then
// goes through one loop (call.go): wait for one of Config.Parallel places, send (attempt.go), judge
// the answer (verdict.go), and either return, log in again once for a stale token, or pause
// (backoff.go) and repeat what may be repeated. Nothing else in the package retries an exchange.
//
//	Objects, Describe, Limits           what the org has and allows
//	Query                               small reads, page by page over REST
//	BulkQuery                           large reads, one Bulk API 2.0 job streamed as CSV
//	UpdateCollection                    up to 200 rows a call, answered row by row
//	CreateIngest … IngestResults        a Bulk API 2.0 ingest job, one step a method
//
// # What is repeated and what is not
//
// Reads and changes of a job's state are repeated on network errors, HTTP 420, 429, 500, 502, 503
// and 504, and on the codes that Salesforce calls temporary, with full jitter and honouring
// Retry-After. Updating records, creating a job and uploading its rows are repeated only when the
// request can't have taken effect: the connection was never made, or Salesforce turned the request
// away (401, 420, 429, 503, REQUEST_LIMIT_EXCEEDED; for an update, a 503 only with Salesforce's own
// error object). When the fate of such a request is unknown the error is returned and IsRetryable
// reports true, and the way on is the caller's:
//
//   - UpdateCollection: Query the records for the values that were sent, and send again only what
//     they don't hold.
//   - CreateIngest: create again. A job that was created unseen holds no rows, writes nothing, and
//     Salesforce ends it by itself.
//   - UploadIngest: AbortIngest the job and start with a new one. A job takes exactly one upload
//     and works on nothing before CloseIngest, so nothing can be written twice.
//
// Closing, aborting and deleting a job are settled by looking: when Salesforce says that the state
// does not allow it, the job is read and the call succeeds if the job already stands where it
// should.
//
// # Rows
//
// Reads yield rows of text aligned with the columns that were asked for, the same for REST and
// Bulk: "" is null (Salesforce stores no empty text), numbers keep the digits they were sent with,
// checkboxes are true or false, line breaks are LF. Writes take a Batch of Values, which tell
// between a field that is left alone, emptied, or set.
package salesforce
