package salesforce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// files are result files with so many rows each.
func files(succeeded, failed, unprocessed int) map[string]handler {
	return resultFiles(
		"\"sf__Id\",\"sf__Created\",Ext__c\n"+strings.Repeat("\""+contactA+"\",\"true\",\"k\"\n", succeeded),
		"\"sf__Id\",\"sf__Error\",Ext__c\n"+strings.Repeat("\"\",\"STRING_TOO_LONG:m:Ext__c --\",\"k\"\n", failed),
		"Ext__c\n"+strings.Repeat("\"k\"\n", unprocessed))
}

func endedJob(state salesforce.JobState, processed, failed int) salesforce.IngestJob {
	return salesforce.IngestJob{ID: ingestJob, Object: "Contact", Operation: salesforce.OperationInsert, State: state, Processed: processed, Failed: failed}
}

func TestIngestResultsOfReadsTheFewestFiles(t *testing.T) {
	t.Parallel()
	const success, failure, untouched = "successfulResults", "failedResults", "unprocessedrecords"
	all := []string{success, failure, untouched}
	for name, tc := range map[string]struct {
		job                            salesforce.IngestJob
		succeeded, failed, unprocessed int
		want                           []string
		says                           string
	}{
		"all succeeded":          {endedJob(salesforce.JobComplete, 3, 0), 3, 0, 0, []string{success}, ""},
		"all failed":             {endedJob(salesforce.JobComplete, 3, 3), 0, 3, 0, []string{failure}, ""},
		"some failed":            {endedJob(salesforce.JobComplete, 3, 1), 2, 1, 0, []string{success, failure}, ""},
		"complete, some missing": {endedJob(salesforce.JobComplete, 2, 0), 2, 0, 1, all, ""},
		"failed, counters 0":     {endedJob(salesforce.JobFailed, 0, 0), 1, 1, 1, all, ""},
		"failed, counters full":  {endedJob(salesforce.JobFailed, 3, 0), 2, 0, 1, all, ""},
		"aborted":                {endedJob(salesforce.JobAborted, 3, 0), 3, 0, 0, all, ""},
		"counters too good":      {endedJob(salesforce.JobComplete, 3, 0), 2, 1, 0, all, ""},
		"counters too bad":       {endedJob(salesforce.JobComplete, 3, 3), 2, 1, 0, []string{failure, success, untouched}, ""},
		"counters impossible":    {endedJob(salesforce.JobComplete, 3, 4), 3, 0, 0, all, ""},
		"a row in no file":       {endedJob(salesforce.JobComplete, 3, 0), 2, 0, 0, all, "2 rows of the 3"},
		"a row too many":         {endedJob(salesforce.JobComplete, 3, 0), 4, 0, 0, all, "4 rows of the 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, files(tc.succeeded, tc.failed, tc.unprocessed))
			got, err := collect(org.client(nil).IngestResultsOf(t.Context(), tc.job, 3))
			if tc.says == "" && err != nil || tc.says != "" && err == nil {
				t.Fatalf("error %v, want %q", err, tc.says)
			}
			if tc.says != "" {
				wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
			}
			counts := map[salesforce.IngestStatus]int{}
			for _, r := range got {
				counts[r.Status]++
				if key, ok := r.Value("EXT__C"); !ok || key != "k" || r.Created != (r.Status == salesforce.IngestSucceeded) {
					t.Errorf("result %+v", r)
				}
			}
			if counts[salesforce.IngestSucceeded] != tc.succeeded || counts[salesforce.IngestFailed] != tc.failed || counts[salesforce.IngestUnprocessed] != tc.unprocessed {
				t.Errorf("rows %v", counts)
			}
			var read []string
			for _, x := range org.calls() {
				read = append(read, strings.TrimPrefix(x, "GET "+ingestPath+"/"))
			}
			if !slices.Equal(read, tc.want) {
				t.Errorf("read %v, want %v", read, tc.want)
			}
		})
	}
}

func TestIngestResultsOfRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		job  salesforce.IngestJob
		sent int
	}{"still running": {endedJob(salesforce.JobInProgress, 1, 0), 1}, "nothing sent": {endedJob(salesforce.JobComplete, 0, 0), 0}} {
		_, err := collect(newOrg(t, nil).client(nil).IngestResultsOf(t.Context(), tc.job, tc.sent))
		if name == "still running" {
			wantError(t, err, salesforce.CodeInvalidRequest, "InProgress")
		} else {
			wantError(t, err, salesforce.CodeInvalidRequest, "0 rows were sent")
		}
	}
}

// A reader that stops costs no further file.
func TestIngestResultsOfStops(t *testing.T) {
	t.Parallel()
	org := newOrg(t, files(2, 1, 0))
	for _, err := range org.client(nil).IngestResultsOf(t.Context(), endedJob(salesforce.JobComplete, 3, 1), 3) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if calls := org.calls(); len(calls) != 1 {
		t.Errorf("made the calls %v, want one", calls)
	}
}

// A file that breaks off anywhere is downloaded again, and no row of it comes twice.
func TestIngestResultsOfBrokenDownload(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("\"sf__Id\",\"sf__Created\",Ext__c\n")
	for i := range 3 {
		fmt.Fprintf(&file, "\"%s\",\"false\",\"k \"\"%d\"\"\r\n, more\"\n", contactA, i)
	}
	body := file.String()
	for after := range len(body) {
		t.Run(fmt.Sprintf("after %d", after), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				routes := files(0, 0, 0)
				routes["GET "+ingestPath+"/successfulResults"] = answers(cut(csvAnswer(body), after), csvAnswer(body))
				got, err := collect(newOrg(t, routes).client(nil).IngestResultsOf(t.Context(), endedJob(salesforce.JobComplete, 3, 0), 3))
				if err != nil || len(got) != 3 {
					t.Fatalf("%d rows and %v", len(got), err)
				}
				for i, r := range got {
					if key, _ := r.Value("Ext__c"); key != fmt.Sprintf("k \"%d\"\n, more", i) {
						t.Errorf("row %d has the key %q", i, key)
					}
				}
			})
		})
	}
}
