package salesforce_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func csvAnswer(body string) handler { return answer(200, body) }

// resultFiles are the three result files of a job.
func resultFiles(successful, failed, unprocessed string) map[string]handler {
	return map[string]handler{
		"GET " + ingestPath + "/successfulResults":  csvAnswer(successful),
		"GET " + ingestPath + "/failedResults":      csvAnswer(failed),
		"GET " + ingestPath + "/unprocessedrecords": csvAnswer(unprocessed),
	}
}

const (
	successful = "\"sf__Id\",\"sf__Created\",Id,Score__c\n\"" + contactB + "\",\"false\",\"003ak00000luKU2\",\"9.12260031E8\"\n"
	failedRows = "\"sf__Id\",\"sf__Error\",Id,Score__c\n\"\",\"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 003x:--\",\"003ak00000luKU1\",\"1\"\n"
	untouched  = "Id,Score__c\n\"" + contactA + "\",\"2\"\n"
)

func TestIngestResults(t *testing.T) {
	t.Parallel()
	org := newOrg(t, resultFiles(successful, failedRows, untouched))
	got, err := collect(org.client(nil).IngestResultsOf(t.Context(), endedJob(salesforce.JobFailed, 0, 0), 3))
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"Id", "Score__c"}
	want := []salesforce.IngestResult{
		{Status: salesforce.IngestSucceeded, ID: contactB, Columns: columns, Values: []string{"003ak00000luKU2", "9.12260031E8"}},
		{Status: salesforce.IngestFailed, ID: contactA, Columns: columns, Values: []string{"003ak00000luKU1", "1"}, Error: salesforce.RowError{
			Code: "UNABLE_TO_LOCK_ROW", Message: "unable to obtain exclusive access to this record or 1 records: 003x", Fields: []string{},
		}},
		{Status: salesforce.IngestUnprocessed, ID: contactA, Columns: columns, Values: []string{contactA, "2"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if v, ok := got[0].Value("SCORE__c"); !ok || v != "9.12260031E8" {
		t.Errorf("Value ignores case: got %q, %t", v, ok)
	}
	if _, ok := got[0].Value("Nope"); ok {
		t.Error("found a column that is not there")
	}
}

func TestIngestResultsOfInsert(t *testing.T) {
	t.Parallel()
	org := newOrg(t, resultFiles(
		"\"sf__Id\",\"sf__Created\",Name\n\""+contactB[:15]+"\",\"true\",\"x\"\n",
		"\"sf__Id\",\"sf__Error\",Name\n\"\",\"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --\",\"\"\n", "Name\n"))
	got, err := collect(org.client(nil).IngestResultsOf(t.Context(), endedJob(salesforce.JobComplete, 2, 1), 2))
	if err != nil {
		t.Fatal(err)
	}
	if !got[0].Created || got[0].ID != contactB || got[1].ID != "" || got[1].Error.Fields[0] != "Name" {
		t.Errorf("got %+v", got)
	}
}

func TestIngestResultsDoubtFiles(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ successful, says string }{
		"other columns":   {untouched, "successfulResults"},
		"success, no id":  {"sf__Id,sf__Created,Name\n\"\",true,x\n", "no record id"},
		"success, bad id": {"sf__Id,sf__Created,Name\n003,true,x\n", `"003"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := collect(newOrg(t, resultFiles(tc.successful, "", "")).client(nil).IngestResultsOf(t.Context(), endedJob(salesforce.JobComplete, 1, 0), 1))
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
}

func TestParseRowError(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]salesforce.RowError{
		"REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --": {Code: "REQUIRED_FIELD_MISSING", Message: "Required fields are missing: [Name]", Fields: []string{"Name"}},
		"UNABLE_TO_LOCK_ROW:unable:--":                                       {Code: "UNABLE_TO_LOCK_ROW", Message: "unable", Fields: []string{}},
		"DUPLICATE_VALUE:a, b: c\nd:A__c,B__c --":                            {Code: "DUPLICATE_VALUE", Message: "a, b: c\nd", Fields: []string{"A__c", "B__c"}},
		"INVALID_FIELD:Foreign key external ID: 0116 not found (x-y)":        {Code: "INVALID_FIELD", Message: "Foreign key external ID: 0116 not found (x-y)"},
		"CANNOT_EXECUTE_FLOW_TRIGGER:see http://x/y?z --":                    {Code: "CANNOT_EXECUTE_FLOW_TRIGGER", Message: "see http://x/y?z"},
		"something went wrong":                                               {Message: "something went wrong"},
		"lower case: text":                                                   {Message: "lower case: text"},
		"":                                                                   {},
		"--":                                                                 {Message: "--"},
	} {
		if diff := cmp.Diff(want, salesforce.ParseRowError(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestRecordedIngest(t *testing.T) {
	t.Parallel()
	var id struct {
		ID string `json:"id"`
	}
	complete := recorded(t, "bulk2-ingest-info-jobcomplete-partial-failure.json")
	if err := json.Unmarshal(complete, &id); err != nil {
		t.Fatal(err)
	}
	failed := string(recorded(t, "bulk2-ingest-failedResults-partial-failure.csv"))
	path := data + "/jobs/ingest/" + id.ID
	org := newOrg(t, map[string]handler{
		"GET " + path:                         answer(200, string(complete)),
		"GET " + path + "/successfulResults":  csvAnswer("\"sf__Id\",\"sf__Created\",Name\n" + strings.Repeat("\""+contactA+"\",\"true\",\"x\"\n", 7)),
		"GET " + path + "/failedResults":      csvAnswer(failed),
		"GET " + path + "/unprocessedrecords": csvAnswer("Name\n"),
	})
	client := org.client(nil)
	job, err := client.IngestJob(t.Context(), id.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := collect(client.IngestResultsOf(t.Context(), job, 8))
	if err != nil {
		t.Fatal(err)
	}
	last := got[len(got)-1]
	if len(got) != 8 || last.Status != salesforce.IngestFailed || last.Error.Code != "INVALID_FIELD" || !cmp.Equal(last.Error.Fields, []string{"CloseDate"}) {
		t.Errorf("%d rows, the last one %+v", len(got), last)
	}
	if key, _ := last.Value("external_id__c"); key != "external-id-3" {
		t.Errorf("key %q", key)
	}
}
