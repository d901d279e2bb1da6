package bulk

import (
	"strconv"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// Rows that fail alike share a text, and each row gets its own one back, also when
// there are more texts than are looked up.
func TestRowsShareFailures(t *testing.T) {
	t.Parallel()
	const rows, reasons = 5 * maxKnown, 2 * maxKnown
	table := ingestTable{rows: make([]ingestRow, rows)}
	refusal := func(row int) *sferr.Error { return sferr.New("DUPLICATE_VALUE", "%s", strconv.Itoa(row%reasons)) }
	for row := range rows {
		table.settle(row, &store.Outcome{Err: refusal(row)})
	}
	for row, r := range table.rows {
		if got := table.failures[r.failure]; r.status != rowFailed || got != refusal(row).Bulk() {
			t.Fatalf("row %d is %d, %q", row, r.status, got)
		}
	}
	if want := rows - 2*maxKnown; len(table.failures) != want { // the known ones come three times
		t.Errorf("%d texts are kept, want %d", len(table.failures), want)
	}
}

// What a job keeps of its rows is not what its lines made it expect.
func TestScanUploadKeepsNoRoomForRowsThatAreNone(t *testing.T) {
	t.Parallel()
	upload := "LastName\n" + strings.Repeat("\"a\nb\nc\nd\"\n", 1_000)
	header, rows, err := scanUpload(upload, jobDialect{LineEnding: "LF", Delimiter: "COMMA"})
	if err != nil || len(header) != 1 || len(rows) != 1_000 {
		t.Fatalf("%q, %d rows, %v", header, len(rows), err)
	}
	if cap(rows) > 1_250 {
		t.Errorf("room for %d rows", cap(rows))
	}
}
