package api_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestOutcomeRecord(t *testing.T) {
	t.Parallel()
	record, err := api.OutcomeRecord(reportsync.Outcome{
		Row: 7, Line: 9, Key: "ada", Kind: reportsync.Updated, RecordID: "003000000000001AAA", Code: "C", Message: "m",
		Changes: []reportsync.Change{{Field: "Title", Before: new("=1"), After: nil}, {Field: "Name", BeforeUnknown: true, After: new("")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"7", "9", "ada", "updated", "003000000000001AAA", "C", "m", `[{"field":"Title","before":"=1","after":null},{"field":"Name","before":null,"before_unknown":true,"after":""}]`}
	if diff := cmp.Diff(want, record); diff != "" || len(record) != len(api.OutcomeColumns) {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestOutcomeRecordHasAllRecords(t *testing.T) {
	t.Parallel()
	ids := []string{"003000000000001AAA", "003000000000002AAA"}
	record, err := api.OutcomeRecord(reportsync.Outcome{Row: 1, Line: 2, Key: "ada", Kind: reportsync.Updated, RecordID: ids[0], Records: ids})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1", "2", "ada", "updated", "003000000000001AAA 003000000000002AAA", "", "", ""}; !cmp.Equal(want, record) {
		t.Errorf("record (-want +got):\n%s", cmp.Diff(want, record))
	}
}

// Whoever fills a report, or sets a message in the org, does not get a formula into somebody's spreadsheet.
func TestOutcomeRecordHoldsNoFormula(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+2": "'=1+2", "+49 30": "'+49 30", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"": "", "a=1": "a=1", " =1": " =1", "'=1": "'=1", "\u00e9": "\u00e9",
	} {
		record, err := api.OutcomeRecord(reportsync.Outcome{Row: 1, Line: 2, Key: text, RecordID: text, Code: text, Message: text})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1", "2", want, "", want, want, want, ""}, record); diff != "" {
			t.Errorf("%s (-want +got):\n%s", strings.TrimSpace(text), diff)
		}
	}
}
