package salesforce

// Limits of one request or job.
const (
	// MaxCollectionRows is how many rows one sObject Collections request takes (REST API guide:
	// sObject Collections).
	MaxCollectionRows = 200
	// MaxBatchRows is how many rows Salesforce puts into one internal batch of an ingest job; each
	// batch counts against the org's daily 15,000 (Bulk API 2.0 guide: limits).
	MaxBatchRows = 10_000
	// MaxUploadBytes is how large the CSV of one ingest job may be: 150 MB after base64 leaves 100
	// MB raw (Bulk API 2.0 guide: upload job data).
	MaxUploadBytes = 100_000_000
)

// Row is one record to write. ID is its record id (15 or 18 characters), empty for insert and upsert
// jobs. Values are aligned with the columns of the Batch that holds the row.
type Row struct {
	ID     string
	Values []Value
}

// Batch is rows for one object. A column is a field's API name, or a parent by its key such as
// "Account.Ext__c", "Parent__r.Ext__c" or, where the parent may be of several types,
// "Lead:Who.Email".
type Batch struct {
	Object  string
	Columns []string
	Rows    []Row
}

// RowError is why Salesforce refused one row. Code is a status code such as UNABLE_TO_LOCK_ROW
// (SOAP API guide: core data types); Message is localised and uses field labels, so decisions
// belong on Code and Fields.
type RowError struct {
	Code    string
	Message string
	Fields  []string
}

// RowResult is Salesforce's answer for one row. Errors is empty exactly when Success is true.
type RowResult struct {
	ID      string
	Success bool
	Created bool
	Errors  []RowError
}
