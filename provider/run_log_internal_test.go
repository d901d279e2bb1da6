package provider

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Rows that gave way to another by rule are no rejected rows, and don't use up the limit.
func TestRejectedRowsOfTheLog(t *testing.T) {
	t.Parallel()
	page := api.Page[reportsync.Outcome]{Items: []reportsync.Outcome{
		{Line: 2, Kind: reportsync.Duplicate, Code: reportsync.RowRepeated},
		{Line: 3, Kind: reportsync.Unmatched, Code: reportsync.RowNoRecord},
		{Line: 4, Kind: reportsync.Duplicate, Code: reportsync.RowSuperseded},
		{Line: 5, Kind: reportsync.Duplicate, Code: reportsync.RowKeyDuplicate},
		{Line: 6, Kind: reportsync.Failed, Code: "UNABLE_TO_LOCK_ROW"},
	}}
	client := newWaiter(t, 0, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, page) }).client
	for limit, want := range map[int64][]int64{0: nil, 2: {3, 5}, 100: {3, 5, 6}} {
		m := runLogModel{RunID: types.StringValue("run_1"), RejectedLimit: types.Int64Value(limit)}
		if err := m.readRejected(t.Context(), client); err != nil {
			t.Fatal(err)
		}
		var lines []int64
		for _, row := range m.Rejected {
			lines = append(lines, row.Line.ValueInt64())
		}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("lines with a limit of %d (-want +got):\n%s", limit, diff)
		}
	}
}
