package sync

import "github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"

// API calls of the ways to read and to write, as Salesforce counts them against the org's day. Polling follows the
// growing pauses of the client, so a job of ordinary length is asked about a handful of times.
const (
	pollCalls = 4
	// A Bulk query is created, polled, read page by page, and deleted.
	bulkQueryCalls    = 1 + pollCalls + 1
	bulkQueryPageRows = 100_000
	// An ingest job is created, filled, closed, polled, looked at once more, read in three files, and deleted.
	ingestCalls = 3 + pollCalls + 1 + 3 + 1
)

const (
	// maxJobRows keeps a job's plan, upload and results at a size that memory and one transaction take easily. It is a
	// multiple of the rows of an internal batch, so cutting costs no batch.
	maxJobRows = 10 * salesforce.MaxBatchRows
	// maxJobBytes leaves room for the header.
	maxJobBytes = salesforce.MaxUploadBytes - 1_000_000
)

// collectionCalls returns what it costs to write rows by sObject Collections.
func collectionCalls(rows int) int { return pages(rows, salesforce.MaxCollectionRows) }

// bulkWriteCalls returns what it costs to write rows by Bulk jobs.
func bulkWriteCalls(rows int) int { return pages(rows, maxJobRows) * ingestCalls }

// bulkReadCalls returns what it costs to read records by one Bulk query.
func bulkReadCalls(records int) int {
	return bulkQueryCalls + max(1, pages(records, bulkQueryPageRows))
}

func pages(rows, size int) int { return (rows + size - 1) / size }
