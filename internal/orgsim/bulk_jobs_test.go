package orgsim_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// The counters of a failed job tell the truth or nothing; its files always add up.
func TestFailedJobsMayForgetTheirCounters(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Rows: 3})
	seen := map[int]bool{}
	for range 20 {
		job := b.ingest("insert", "LastName\nA\nB\n#N/A\nC\nD\n")
		done, failed, left := b.results(job, "successfulResults"), b.results(job, "failedResults"), b.results(job, "unprocessedrecords")
		if job.State != "Failed" || len(done)-1 != 2 || len(failed)-1 != 1 || len(left)-1 != 2 {
			t.Fatalf("job %+v: %q, %q, %q", job, done, failed, left)
		}
		if (job.Processed != 3 || job.Failed != 1) && (job.Processed != 0 || job.Failed != 0) {
			t.Errorf("counters %d and %d", job.Processed, job.Failed)
		}
		seen[job.Processed] = true
	}
	if len(seen) != 2 {
		t.Errorf("20 jobs all show %v rows", seen)
	}
}

func TestIngestOfNoRows(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, upload := range []string{"LastName", "LastName\n", "LastName\n\n\n"} {
		job := b.ingest("insert", upload)
		if job.State != "JobComplete" || job.Processed != 0 {
			t.Errorf("%q: job %+v", upload, job)
		}
		if got := b.results(job, "successfulResults"); len(got) != 1 || len(got[0]) != 3 {
			t.Errorf("%q: results %q", upload, got)
		}
	}
	if n := b.org.Journal().Summary().Bulk; n != 0 {
		t.Errorf("%d batches", n)
	}
	// A job that is closed without an upload has no header either.
	job := b.createJob("insert")
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if failed := b.await(jobs+"/"+job.ID, "JobComplete", "Failed"); failed.ErrorMessage != "InvalidBatch : Failed to parse CSV. Due to, there is no header row" {
		t.Errorf("job %+v", failed)
	}
}

// jsforce writes an Id column into every file.
func TestIngestTakesAnEmptyIDColumn(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for operation, more := range map[string]string{"insert": `"lineEnding":"LF"`, "upsert": `"externalIdFieldName":"Key__c"`} {
		job := b.ingest(operation, "Id,LastName,Key__c\n,A,"+operation+"\n\"\",B,"+operation+"2\n", more)
		if job.State != "JobComplete" || job.Failed != 0 || job.Processed != 2 {
			t.Errorf("%s: job %+v", operation, job)
		}
	}
	job := b.createJob("insert")
	b.do(http.MethodPut, "/"+job.ContentURL, "LastName\nÄ\n", "Content-Type", "text/csv; charset=UTF-8").want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Failed != 0 {
		t.Errorf("job %+v", done)
	}
}

func TestIngestHardDelete(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Users: []orgsim.User{{Username: "admin@orgsim.example", LastName: "Admin", Email: "admin@orgsim.example", HardDelete: true}}})
	soft, hard := b.insert(map[string]string{"LastName": "Soft"}), b.insert(map[string]string{"LastName": "Hard", "Key__c": "k"})
	b.ingest("delete", "Id\n"+soft+"\n")
	if job := b.ingest("hardDelete", "Id\n"+hard+"\n"+hard+"\n"); job.Processed != 2 || job.Failed != 1 {
		t.Errorf("job %+v", job)
	}
	all := b.get(data + "/queryAll?q=" + url.QueryEscape("SELECT LastName, IsDeleted FROM Contact")).want(http.StatusOK)
	if !strings.Contains(all.body, "Soft") || strings.Contains(all.body, "Hard") {
		t.Errorf("queryAll finds %s", all.body)
	}
	b.get(data+"/sobjects/Contact/"+hard).refused(http.StatusNotFound, "NOT_FOUND")
	b.staysErased(hard)
	if b.insert(map[string]string{"Key__c": "k"}) == hard {
		t.Error("the id was given away again")
	}
}

// staysErased checks that a dump does not bring a contact back.
func (b *testBundle) staysErased(id string) {
	b.t.Helper()
	var before, after bytes.Buffer
	if err := b.org.Dump(&before, false); err != nil {
		b.t.Fatal(err)
	}
	again, err := orgsim.Restore(orgsim.Config{}, bytes.NewReader(before.Bytes()))
	if err != nil {
		b.t.Fatal(err)
	}
	defer again.Close()
	if _, ok := again.Record("Contact", id); ok {
		b.t.Error("the record is back after a restore")
	}
	if err := again.Dump(&after, false); err != nil {
		b.t.Fatal(err)
	}
	_, want, _ := strings.Cut(before.String(), "\n") // the first line tells the time
	_, got, _ := strings.Cut(after.String(), "\n")
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		b.t.Errorf("dumped again it is another org:\n%s", diff)
	}
}

func TestJobListFilters(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.createJob("insert")
	b.bulkQuery("SELECT Id FROM Contact")
	for path, want := range map[string]int{
		jobs: 1, jobs + "?jobType=V2Ingest": 1, jobs + "?jobType=Classic": 0, jobs + "?isPkChunkingEnabled=true": 0,
		jobs + "?isPkChunkingEnabled=false&jobType=&concurrencyMode=&queryLocator=": 1, jobs + "?concurrencyMode=serial": 0,
		queryJobs: 1, queryJobs + "/?jobType=V2Query&concurrencyMode=parallel": 1, queryJobs + "?jobType=V2Ingest": 0,
	} {
		var list struct {
			Done    bool              `json:"done"`
			Records []map[string]any  `json:"records"`
			Next    map[string]string `json:"nextRecordsUrl"`
		}
		b.get(path).want(http.StatusOK).decode(&list)
		if len(list.Records) != want || !list.Done || list.Next != nil {
			t.Errorf("%s: %+v", path, list)
		}
		for _, record := range list.Records {
			if record["jobType"] == nil || record["retries"] != nil || record["numberRecordsProcessed"] != nil {
				t.Errorf("%s shows %v", path, record)
			}
		}
	}
	for _, bad := range []string{"?jobType=V3", "?concurrencyMode=x", "?isPkChunkingEnabled=1"} {
		b.get(jobs+bad).refused(http.StatusBadRequest, "INVALIDJOB")
	}
}

// What a query job found stays as it was, whatever is written afterwards.
func TestQueryJobResultsAreASnapshot(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 2, SteadyPages: true})
	ids := []string{}
	for n := range 5 {
		ids = append(ids, b.insert(map[string]string{"LastName": "Before " + strconv.Itoa(n)}))
	}
	job := b.bulkQuery("SELECT LastName FROM Contact")
	b.insert(map[string]string{"LastName": "After"})
	if err := b.org.Delete("Contact", ids[4]); err != nil {
		t.Fatal(err)
	}
	b.ingest("update", "Id,LastName\n"+ids[2]+",After\n")
	var names []string
	for locator := ""; locator != "null"; {
		answer := b.get(queryJobs + "/" + job.ID + "/results?locator=" + locator).want(http.StatusOK)
		rows, err := csv.NewReader(strings.NewReader(answer.body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			names = append(names, r[0])
		}
		locator = answer.header.Get("Sforce-Locator")
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"Before 0", "Before 1", "Before 2", "Before 3", "Before 4"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestQueryJobFails(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Action: fault.FailJob}) // of ingest jobs
	b.bulkQuery("SELECT Id FROM Contact")
	b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Path: "**/jobs/query/*"})
	var job jobInfo
	b.do(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id FROM Contact"}`).want(http.StatusOK).decode(&job)
	if failed := b.await(queryJobs+"/"+job.ID, "JobComplete", "Failed"); failed.State != "Failed" || !strings.HasPrefix(failed.ErrorMessage, "Timeout : ") {
		t.Errorf("job %+v", failed)
	}
	b.get(queryJobs+"/"+job.ID+"/results").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.get(queryJobs+"/"+job.ID+"/resultPages").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.do(http.MethodPatch, queryJobs+"/"+job.ID, `{"state":"Aborted"}`).refused(http.StatusBadRequest, "INVALIDJOBSTATE")
}

// A job is its creator's.
func TestJobsOfOtherUsers(t *testing.T) {
	t.Parallel()
	b := setup(t, withKey(t, orgsim.Config{Users: []orgsim.User{
		{Username: orgsim.DefaultUsername, LastName: "User", Email: "a@orgsim.example"},
		{Username: "other@orgsim.example", LastName: "Other", Email: "b@orgsim.example", Approved: true},
	}}))
	ingest, query := b.createJob("insert"), b.bulkQuery("SELECT Id FROM Contact")
	b.token = b.grants(assertion(t, time.Now(), jwt.SigningMethodRS256, appKey(), "sub", "other@orgsim.example"))["access_token"]
	b.upload(ingest, "LastName\nA\n").refused(http.StatusBadRequest, "INVALIDUSER")
	b.patchJob(ingest, "Aborted").refused(http.StatusBadRequest, "INVALIDUSER")
	b.do(http.MethodPatch, queryJobs+"/"+query.ID, `{"state":"Aborted"}`).refused(http.StatusBadRequest, "INVALIDUSER")
	b.do(http.MethodDelete, queryJobs+"/"+query.ID, nil).refused(http.StatusBadRequest, "INVALIDUSER")
	for _, path := range []string{jobs + "/" + ingest.ID, jobs + "/" + ingest.ID + "/failedResults", queryJobs + "/" + query.ID + "/results", queryJobs + "/" + query.ID + "/resultPages"} {
		b.get(path).refused(http.StatusBadRequest, "INVALIDUSER")
	}
	b.login()
	b.patchJob(ingest, "Aborted").want(http.StatusOK)
}

func TestQueryJobsADay(t *testing.T) {
	t.Parallel()
	inBubble(t, func(b *bubble) {
		const body = `{"operation":"query","query":"SELECT Id FROM Contact"}`
		for range 10_000 {
			b.call(http.MethodPost, queryJobs, "application/json", body)
		}
		request := httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, queryJobs, strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+b.token)
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		b.org.ServeHTTP(recorder, request)
		if recorder.Code != http.StatusBadRequest || !strings.Contains(recorder.Body.String(), `"EXCEEDEDQUOTA"`) {
			b.t.Errorf("the 10,001st job: %d %s", recorder.Code, recorder.Body)
		}
		if limits := b.call(http.MethodGet, data+"/limits", "", ""); !strings.Contains(limits, `"DailyBulkV2QueryJobs":{"Max":10000,"Remaining":0}`) {
			b.t.Errorf("limits %s", limits)
		}
	})
}
