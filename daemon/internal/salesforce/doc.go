// Package salesforce speaks with one Salesforce org over the wire: it logs in, describes objects,
// queries, writes records and runs Bulk API 2.0 jobs, and it says precisely what went wrong when
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
//	Org, Objects, Describe, Limits      who and where the client is, what the org has and allows
//	Query, Retrieve                     small reads, by query or by id, over REST
//	CreateQueryJob … Remove             large reads, one Bulk API 2.0 job streamed as CSV
//	WriteCollection                     up to 200 rows a call, answered row by row
//	CreateIngest … IngestResultsOf      a Bulk API 2.0 ingest job, one step a method
//
// A view (Metered, MeteredWithin) shares all that and counts for itself, within a budget of calls if need
// be. What may get a refused row through is RowRetry's to say, and what a person can do about it RowHint's.
//
// # What is repeated and what is not
//
// Reads and changes of a job's state are repeated on network errors, HTTP 420, 429, 500, 502, 503
// and 504, and on the codes that Salesforce calls temporary, with full jitter and honouring
// Retry-After. Writing records, creating an ingest job and uploading its rows are repeated only when the
// request can't have taken effect: the connection was never made, or Salesforce turned the request
// away (401, 420, 429, 503, REQUEST_LIMIT_EXCEEDED; for records, a 503 only with Salesforce's own
// error object). When the fate of such a request is unknown the error is returned and IsRetryable
// reports true, and the way on is the caller's:
//
//   - WriteCollection, update: Retrieve the records, and send again only what they don't hold.
//   - WriteCollection, upsert and insert: Query by the rows' key which of them there are, before any is
//     sent again. What has no key can't be told apart, so it isn't sent again at all.
//   - CreateIngest: create again. A job that was created unseen holds no rows, writes nothing, and
//     Salesforce ends it by itself.
//   - UploadIngestContent: AbortIngest the job and start with a new one. A job takes exactly one upload
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
// checkboxes are true or false, line breaks are LF. Writes take Rows of Values, which tell between a
// field that is left alone, emptied, or set: a Batch for WriteCollection, one after the other for the
// IngestWriter, whose CSV may lie in a file until it is uploaded.
//
// Answers of WriteCollection stand in the rows' order. Those of an ingest job come in any, so each is
// paired with its row by the record's id, or, where the job creates records, by a text column.
package salesforce
