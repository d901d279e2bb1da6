//go:build clients

package clients_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// cliJob is what the CLI's bulk commands tell about a job.
type cliJob struct {
	ID         string `json:"jobId"`
	Processed  int    `json:"processedRecords"`
	Successful int    `json:"successfulRecords"`
	Failed     int    `json:"failedRecords"`
}

func TestCLIUpdatesBulk(t *testing.T) {
	t.Parallel()
	const n = 1200
	c := setupCLI(t, orgsim.Config{})
	ids := c.contacts(n)
	c.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	var file strings.Builder
	file.WriteString("Id,Title,Email,Note__c,Account.Ext__c\n")
	for i, id := range ids {
		// An empty cell leaves the field as it is, #N/A empties it.
		fmt.Fprintf(&file, "%s,\"Title, %d\",%s,\"two\nlines\",acme\n", id, i, map[bool]string{true: "", false: "#N/A"}[i%2 == 0])
	}
	var job cliJob
	c.onOrg(&job, "data", "update", "bulk", "--sobject", "Contact", "--file", c.file("in.csv", file.String()), "--wait", "2", "--line-ending", "LF")
	if job.Processed != n || job.Successful != n || job.Failed != 0 {
		t.Fatalf("data update bulk gave %+v", job)
	}
	for i, id := range ids {
		record := c.contact(id)
		email := map[bool]string{true: fmt.Sprintf("p%04d@x.example", i), false: ""}[i%2 == 0]
		if record["Title"] != fmt.Sprintf("Title, %d", i) || record["Email"] != email || record["Note__c"] != "two\nlines" || record["AccountId"] == "" {
			t.Fatalf("contact %d is %v", i, record)
		}
	}
	if c.org.Writes("Contact") != n || len(c.org.History("Contact", ids[0])) != 1 {
		t.Errorf("%d rows written, %d times the first", c.org.Writes("Contact"), len(c.org.History("Contact", ids[0])))
	}
	if up := c.kind("ingest upload"); up.Requests != 1 {
		t.Errorf("%d uploads, want one", up.Requests)
	}
	c.noFailures(noDevHub)
}

// Rows that fail do not stop the others, and the CLI says which they are.
func TestCLIUpsertsBulkWithFailingRows(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	there := c.insert("Contact", map[string]string{"LastName": "Old", "Key__c": "K1"})
	in := c.file("in.csv", "Key__c,LastName,Email\nk1,New,a@x.example\nk2,Made,b@x.example\nk3,Wrong,no mail\n")

	failure := c.refused("FailedRecordDetailsError", "data", "upsert", "bulk", "--sobject", "Contact", "--external-id", "Key__c", "--file", in, "--wait", "2", "--line-ending", "LF")
	var job struct {
		ID    string `json:"jobId"`
		State string `json:"state"`
	}
	if err := json.Unmarshal(failure.Data, &job); err != nil || job.State != "JobComplete" {
		t.Fatalf("the failure tells %s: %v", failure.Data, err)
	}
	if !strings.Contains(failure.Message, "failed to process 1 records") {
		t.Errorf("the failure says %q", failure.Message)
	}
	c.holds(there, map[string]string{"LastName": "New", "Email": "a@x.example"})
	c.holds(c.found("Contact", "Key__c = 'k2'")["Id"], map[string]string{"LastName": "Made", "Email": "b@x.example"})
	if n := c.org.Writes("Contact"); n != 2 {
		t.Errorf("%d rows written, want 2", n)
	}

	var results struct {
		Status    string `json:"status"`
		Operation string `json:"operation"`
		Object    string `json:"object"`
		Processed int    `json:"processedRecords"`
		Success   int    `json:"successfulRecords"`
		Failed    int    `json:"failedRecords"`
		Succeeded string `json:"successFilePath"`
		FailFile  string `json:"failedFilePath"`
	}
	c.onOrg(&results, "data", "bulk", "results", "--job-id", job.ID)
	if results.Status != "JobComplete" || results.Operation != "upsert" || results.Object != "Contact" || results.Processed != 3 || results.Success != 2 || results.Failed != 1 {
		t.Errorf("data bulk results gave %+v", results)
	}
	failed := readCSV(t, filepath.Join(c.program.home, results.FailFile))
	if len(failed) != 2 || failed[0][1] != "sf__Error" || !strings.HasPrefix(failed[1][1], "INVALID_EMAIL_ADDRESS:") || !strings.Contains(strings.Join(failed[1], "|"), "k3") {
		t.Errorf("the failed rows are %q", failed)
	}
	succeeded := readCSV(t, filepath.Join(c.program.home, results.Succeeded))
	created := map[string]string{}
	for _, row := range succeeded[1:] {
		created[row[2]] = row[1]
	}
	if len(succeeded) != 3 || created["k1"] != "false" || created["k2"] != "true" {
		t.Errorf("the successful rows are %q", succeeded)
	}
}

func TestCLIImportsAndDeletesBulk(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	var job cliJob
	c.onOrg(&job, "data", "import", "bulk", "--sobject", "Contact", "--file", c.file("in.csv", "LastName;Key__c\nA;k1\nB;k2\n"),
		"--column-delimiter", "SEMICOLON", "--line-ending", "LF", "--wait", "2")
	if job.Processed != 2 || job.Successful != 2 || job.Failed != 0 {
		t.Fatalf("data import bulk gave %+v", job)
	}
	id := c.found("Contact", "Key__c = 'k1'", "LastName")["Id"]

	c.onOrg(&job, "data", "delete", "bulk", "--sobject", "Contact", "--file", c.file("gone.csv", "Id\n"+id+"\n"), "--wait", "2", "--line-ending", "LF")
	if _, ok := c.org.Record("Contact", id); ok {
		t.Error("the record is still there after data delete bulk")
	}
	c.found("Contact", "LastName = 'B'")
}

// A job that nobody waits for goes on, and is asked for later.
func TestCLIResumesUpdate(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	id := c.contacts(1)[0]
	var job cliJob
	c.onOrg(&job, "data", "update", "bulk", "--sobject", "Contact", "--file", c.file("in.csv", "Id,Title\n"+id+",Boss\n"), "--line-ending", "LF")
	c.do(&job, "data", "update", "resume", "--job-id", job.ID, "--wait", "2")
	if job.Processed != 1 || job.Successful != 1 {
		t.Errorf("data update resume gave %+v", job)
	}
	c.holds(id, map[string]string{"Title": "Boss"})
}

// A column that the object lacks ends the whole job.
func TestCLIReportsFailedJob(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	id := c.contacts(1)[0]
	failure := c.call("data", "update", "bulk", "--sobject", "Contact", "--file", c.file("in.csv", "Id,Nothing__c\n"+id+",x\n"), "--wait", "2", "--line-ending", "LF", "--target-org", "sim")
	if failure.Status == 0 || !strings.Contains(failure.Message, "InvalidBatch : Field name not found : Nothing__c") {
		t.Errorf("data update bulk ended with %d: %s", failure.Status, failure.Message)
	}
	if c.org.Writes("Contact") != 0 {
		t.Error("something was written")
	}
}
