package orgsim_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

const queryJobs = data + "/jobs/query"

// bulkQuery runs a query job to its end.
func (b *testBundle) bulkQuery(soql string) jobInfo {
	b.t.Helper()
	var job jobInfo
	b.do(http.MethodPost, queryJobs, map[string]string{"operation": "query", "query": soql}).want(http.StatusOK).decode(&job)
	return b.await(queryJobs+"/"+job.ID, "JobComplete")
}

func TestQueryJobLife(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{
		"FirstName": `A "q", b`, "Number__c": "5", "Count__c": "912260031", "Flag__c": "true", "Day__c": "2026-05-01", "Moment__c": "2026-05-01T07:25:37Z",
	})
	created := b.do(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id, firstname, Email, Number__c, Count__c, Flag__c, Day__c, Moment__c FROM Contact"}`).want(http.StatusOK)
	var want, have map[string]json.RawMessage
	if err := json.Unmarshal(fixture(t, "bulk2-query-create-200.json"), &want); err != nil {
		t.Fatal(err)
	}
	created.decode(&have)
	if diff := cmp.Diff(keys(want), keys(have)); diff != "" {
		t.Errorf("keys:\n%s", diff)
	}
	if string(have["state"]) != `"UploadComplete"` || string(have["apiVersion"]) != "60.0" {
		t.Errorf("created %s", created.body)
	}
	var job jobInfo
	created.decode(&job)
	done := b.await(queryJobs+"/"+job.ID, "JobComplete")
	if done.Processed != 1 || strings.Contains(b.get(queryJobs+"/"+job.ID).body, "numberRecordsFailed") {
		t.Errorf("job %+v", done)
	}
	results := b.get(queryJobs + "/" + job.ID + "/results").want(http.StatusOK)
	text := `"Id","FirstName","Email","Number__c","Count__c","Flag__c","Day__c","Moment__c"` + "\n" +
		`"` + id + `","A ""q"", b","","5.0","9.12260031E8","true","2026-05-01","2026-05-01T07:25:37.000Z"` + "\n"
	if diff := cmp.Diff(text, results.body); diff != "" {
		t.Error(diff)
	}
	if results.header.Get("Sforce-Locator") != "null" || results.header.Get("Sforce-NumberOfRecords") != "1" {
		t.Errorf("headers %v", results.header)
	}
	b.get(strings.Replace(queryJobs, "v60.0", "v62.0", 1)+"/"+job.ID+"/results").refused(http.StatusConflict, "INVALIDVERSION")
	b.do(http.MethodPatch, queryJobs+"/"+job.ID, `{"state":"Aborted"}`).refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.do(http.MethodDelete, queryJobs+"/"+job.ID, nil).want(http.StatusNoContent)
	b.get(queryJobs+"/"+job.ID+"/results").refused(http.StatusNotFound, "NOT_FOUND")
}

func TestQueryJobPages(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 100})
	for n := range 450 {
		b.insert(map[string]string{"LastName": strconv.Itoa(n)})
	}
	job := b.bulkQuery("SELECT LastName FROM Contact")
	for _, most := range []string{"", "&maxRecords=60"} {
		seen, sizes, locator := map[string]bool{}, map[int]bool{}, ""
		for pages := 0; locator != "null"; pages++ {
			if pages > 450 {
				t.Fatalf("the pages do not end; the last locator is %q", locator)
			}
			path := queryJobs + "/" + job.ID + "/results?x=y" + most
			if locator != "" {
				path += "&locator=" + locator
			}
			answer := b.get(path).want(http.StatusOK)
			rows, err := csv.NewReader(strings.NewReader(answer.body)).ReadAll()
			if err != nil || rows[0][0] != "LastName" {
				t.Fatalf("rows %q, %v", rows, err)
			}
			if n := answer.header.Get("Sforce-NumberOfRecords"); n != strconv.Itoa(len(rows)-1) {
				t.Errorf("%s records announced, %d sent", n, len(rows)-1)
			}
			for _, r := range rows[1:] {
				seen[r[0]] = true
			}
			sizes[len(rows)-1] = true
			if len(rows)-1 > 100 || most != "" && len(rows)-1 > 60 {
				t.Errorf("a page of %d", len(rows)-1)
			}
			locator = answer.header.Get("Sforce-Locator")
		}
		if len(seen) != 450 || len(sizes) < 2 {
			t.Errorf("%d rows in pages of %v", len(seen), sizes)
		}
	}
	b.get(queryJobs+"/"+job.ID+"/results?locator=x!").refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
	b.get(queryJobs+"/"+job.ID+"/results?maxRecords=0").refused(http.StatusBadRequest, "INVALIDJOB")
}

func TestQueryJobWithoutRows(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	job := b.bulkQuery("SELECT Id, Email FROM Contact")
	answer := b.get(queryJobs + "/" + job.ID + "/results").want(http.StatusOK)
	if answer.body != "\"Id\",\"Email\"\n" || answer.header.Get("Sforce-Locator") != "null" {
		t.Errorf("got %q, %v", answer.body, answer.header)
	}
}

func TestQueryJobRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for soql, want := range map[string][2]string{
		"SELECT COUNT() FROM Contact":             {"API_ERROR", "COUNT()"},
		"SELECT Id FROM Contact OFFSET 5":         {"API_ERROR", "OFFSET"},
		"SELECT Id FROM Contact LIMIT 2 OFFSET 0": {"API_ERROR", "OFFSET"},
		"SELECT Nope FROM Contact":                {"API_ERROR", "INVALID_FIELD: "},
		"SELECT Id FROM":                          {"API_ERROR", "MALFORMED_QUERY: "},
		"SELECT Id FROM Nope__c":                  {"INVALIDENTITY", "Entity 'Nope__c' is not supported by the Bulk API."},
		"SELECT Id FROM Contact GROUP BY Id":      {"API_ERROR", "MALFORMED_QUERY: "},

		"SELECT COUNT(Id) FROM Contact":                              {"API_ERROR", "COUNT(Id)"},
		"SELECT MAX(CreatedDate) FROM Contact":                       {"API_ERROR", "MALFORMED_QUERY: "},
		"SELECT Id, (SELECT Id FROM Contacts) FROM Account":          {"API_ERROR", "MALFORMED_QUERY: "},
		"SELECT TYPEOF Who WHEN Contact THEN Email END FROM Task":    {"API_ERROR", "MALFORMED_QUERY: "},
		"SELECT MailingAddress FROM Contact":                         {"API_ERROR", "Selecting compound data not supported in Bulk Query"},
		"SELECT FIELDS(ALL) FROM Contact LIMIT 5":                    {"API_ERROR", "FIELDS"},
		"SELECT Id FROM Contact GROUP BY Id HAVING COUNT(Email) > 1": {"API_ERROR", "MALFORMED_QUERY: "},
	} {
		got := b.do(http.MethodPost, queryJobs, map[string]string{"operation": "query", "query": soql}).refused(http.StatusBadRequest, want[0])
		if !strings.Contains(got.Message, want[1]) {
			t.Errorf("%s: %q", soql, got.Message)
		}
	}
	b.do(http.MethodPost, queryJobs, `{"operation":"update","query":"SELECT Id FROM Contact"}`).refused(http.StatusBadRequest, "INVALIDOPERATION")
	b.do(http.MethodPatch, queryJobs+"/"+b.bulkQuery("SELECT Id FROM Contact").ID, `{"state":"Open"}`).refused(http.StatusBadRequest, "INVALIDJOB")
}

func TestQueryJobSeesDeletedRecordsOnDemand(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	if err := b.org.Delete("Contact", b.insert(nil)); err != nil {
		t.Fatal(err)
	}
	for operation, want := range map[string]int{"query": 0, "queryAll": 1} {
		var job jobInfo
		b.do(http.MethodPost, queryJobs, map[string]string{"operation": operation, "query": "SELECT Id FROM Contact"}).want(http.StatusOK).decode(&job)
		if done := b.await(queryJobs+"/"+job.ID, "JobComplete"); done.Processed != want {
			t.Errorf("%s: %+v", operation, done)
		}
	}
	var list struct {
		Records []jobInfo `json:"records"`
	}
	if b.get(queryJobs).want(http.StatusOK).decode(&list); len(list.Records) != 2 {
		t.Errorf("%d jobs", len(list.Records))
	}
}
