package bulk

import (
	"errors"
	"io"
	"slices"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// What became of an ingest row.
const (
	rowUnprocessed = iota
	rowSucceeded
	rowCreated
	rowFailed
)

// ingestTable is an upload that has been looked through: where its rows stand,
// and by and by what became of them.
type ingestTable struct {
	columns  []column
	rows     []ingestRow
	failures []string          // sf__Error of failed rows, which may share one
	known    map[string]uint32 // places of the first maxKnown failures
}

// maxKnown is how many failures are looked up by their text: rows by the hundred
// thousand fail for the same few reasons, or each for one of its own.
const maxKnown = 1_000

// ingestRow is one row. It holds no pointer, since jobs have a million of them,
// which the garbage collector need not walk.
type ingestRow struct {
	offset  uint32 // in the upload, which is of 100 MB at most
	failure uint32 // of rowFailed: place in failures
	id      [18]byte
	hasID   bool
	status  uint8
}

// settle notes what became of the row.
func (t *ingestTable) settle(row int, o *store.Outcome) {
	r := &t.rows[row]
	r.hasID = copy(r.id[:], o.ID) == len(r.id)
	switch {
	case o.Err != nil:
		r.status = rowFailed
		r.failure = t.failure(o.Err.Bulk())
	case o.Created:
		r.status = rowCreated
	default:
		r.status = rowSucceeded
	}
}

// failure is the place of a text among the failures.
func (t *ingestTable) failure(text string) uint32 {
	if place, ok := t.known[text]; ok {
		return place
	}
	place := uint32(len(t.failures)) //nolint:gosec // there are no more failures than rows
	t.failures = append(t.failures, text)
	if t.known == nil {
		t.known = map[string]uint32{}
	}
	if len(t.known) < maxKnown {
		t.known[text] = place
	}
	return place
}

// appendID appends the quoted id of the row's record, where one is known.
func (r *ingestRow) appendID(into []byte) []byte {
	into = append(into, '"')
	if r.hasID {
		into = append(into, r.id[:]...)
	}
	return append(into, '"')
}

// scanUpload finds the header and the start of every row. With an error it
// returns what comes before it.
func scanUpload(upload string, d jobDialect) (header []string, rows []ingestRow, err error) {
	header, rows, err = scanRows(upload, d)
	if cap(rows)-len(rows) > len(rows)/4 { // values of several lines: the job keeps the rows for days
		rows = slices.Clone(rows)
	}
	return header, rows, err
}

func scanRows(upload string, d jobDialect) (header []string, rows []ingestRow, err error) {
	reader, err := bulkcsv.NewReader(upload, d.forReader())
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // its text is the job's errorMessage
	}
	fields, err := reader.Next()
	if errors.Is(err, io.EOF) {
		return nil, nil, &bulkcsv.Error{Message: "InvalidBatch : Failed to parse CSV. Due to, there is no header row"}
	}
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // as above
	}
	header = append([]string(nil), fields...)
	for {
		offset := reader.Offset()
		if rows == nil && offset > 0 {
			rows = make([]ingestRow, 0, reader.Lines()) // a guess that is hardly ever too small
		}
		fields, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return header, rows, nil
		}
		if err == nil && len(fields) != len(header) {
			err = bulkcsv.RaggedRow(len(rows)+2, len(fields), len(header))
		}
		if err != nil {
			return header, rows, err //nolint:wrapcheck // as above
		}
		rows = append(rows, ingestRow{offset: uint32(offset)}) //nolint:gosec // maxUpload is less than 1<<32
	}
}
