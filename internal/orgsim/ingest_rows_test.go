package orgsim_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestIngestInsertUpsertDelete(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	inserted := b.ingest("insert", "LastName,Flag__c\nA,\nB,true\n")
	if inserted.Processed != 2 || inserted.Failed != 0 {
		t.Fatalf("job %+v", inserted)
	}
	created := b.results(inserted, "successfulResults")[1:]
	for _, r := range created {
		if r[1] != "true" || b.field(r[0], "LastName") != r[2] || b.field(r[0], "Flag__c") != map[string]string{"": "false", "true": "true"}[r[3]] {
			t.Errorf("created %q", r)
		}
	}
	upserted := b.ingest("upsert", "Key__c,LastName\nk1,C\nk2,D\n", `"externalIdFieldName":"Key__c"`)
	again := b.ingest("upsert", "Key__c,LastName\nK1,E\nk3,F\nk4,\nk5,G\nk5,H\n", `"externalIdFieldName":"Key__c"`)
	if upserted.Failed != 0 || again.Processed != 5 || again.Failed != 3 {
		t.Fatalf("jobs %+v, %+v", upserted, again)
	}
	made := map[string]string{}
	for _, r := range b.results(again, "successfulResults")[1:] {
		made[r[2]] = r[1]
	}
	if diff := cmp.Diff(map[string]string{"K1": "false", "k3": "true"}, made); diff != "" {
		t.Error(diff)
	}
	if lacking := b.ingest("upsert", "LastName\nZ\n", `"externalIdFieldName":"Key__c"`); lacking.ErrorMessage != "InvalidBatch : Field name not found : Key__c" {
		t.Errorf("job %+v", lacking)
	}
	if withID := b.ingest("insert", "Id,LastName\n"+created[0][0]+",Z\n"); withID.Failed != 1 {
		t.Errorf("job %+v", withID)
	}
	deleted := b.ingest("delete", "Id\n"+created[0][0]+"\n"+created[0][0]+"\n")
	if deleted.Processed != 2 || deleted.Failed != 1 {
		t.Errorf("job %+v", deleted)
	}
	if _, ok := b.org.Record("Contact", created[0][0]); ok {
		t.Error("the record is still there")
	}
}

func TestIngestResultsAreShuffled(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Seed: 9})
	var upload strings.Builder
	upload.WriteString("LastName,Mail__c\n")
	want := map[string]bool{}
	for n := range 450 { // three chunks
		mail := ""
		if n%10 == 0 {
			mail = "bad"
		}
		upload.WriteString(strconv.Itoa(n) + "," + mail + "\n")
		want[strconv.Itoa(n)] = true
	}
	job := b.ingest("insert", upload.String())
	if job.Processed != 450 || job.Failed != 45 {
		t.Fatalf("job %+v", job)
	}
	got := map[string]bool{}
	for _, file := range []string{"successfulResults", "failedResults"} {
		sorted, before := true, -1
		for _, r := range b.results(job, file)[1:] {
			n, err := strconv.Atoi(r[2])
			if err != nil {
				t.Fatal(err)
			}
			sorted = sorted && n > before
			before = n
			got[r[2]] = true
		}
		if sorted {
			t.Errorf("%s has the order of the upload", file)
		}
	}
	if !maps.Equal(want, got) {
		t.Errorf("%d rows came back", len(got))
	}
	if rest := b.results(job, "unprocessedrecords"); len(rest) != 1 || !slices.Equal(rest[0], []string{"LastName", "Mail__c"}) {
		t.Errorf("unprocessed %q", rest)
	}
}

func TestIngestBatchesAreLimited(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{DailyBatches: 3})
	rows := func(n int) string { return "LastName\n" + strings.Repeat("A\n", n) }
	if job := b.ingest("insert", rows(10_001)); job.Processed != 10_001 {
		t.Errorf("job %+v", job)
	}
	if n := b.org.Journal().Summary().Bulk; n != 2 {
		t.Errorf("%d batches", n)
	}
	if job := b.ingest("insert", rows(10_001)); job.State != "Failed" || job.ErrorMessage != "ExceededQuota : ApiBatchItems Limit exceeded." {
		t.Errorf("job %+v", job)
	}
	if job := b.ingest("insert", rows(1)); job.State != "JobComplete" {
		t.Errorf("job %+v", job)
	}
}

func TestIngestAbort(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	job := b.createJob("update")
	b.upload(job, "id,Title\n"+id+",\"a \"\"b\"\"\"\n").want(http.StatusCreated)
	b.patchJob(job, "Aborted").want(http.StatusOK)
	b.patchJob(job, "Aborted").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.patchJob(job, "UploadComplete").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	if diff := cmp.Diff([][]string{{"id", "Title"}, {id, `a "b"`}}, b.results(job, "unprocessedrecords")); diff != "" {
		t.Error(diff)
	}
	if b.org.Writes("Contact") != 0 {
		t.Error("an aborted job has written")
	}
	if b.org.Journal().Calls("ingest abort") != 2 {
		t.Errorf("journal %+v", b.org.Journal().Summary())
	}
}

func TestIngestList(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for range 1_003 {
		b.createJob("update")
	}
	seen, pages, next := map[string]bool{}, 0, jobs
	for next != "" {
		var list struct {
			Done    bool      `json:"done"`
			Records []jobInfo `json:"records"`
			Next    string    `json:"nextRecordsUrl"`
		}
		b.get(next).want(http.StatusOK).decode(&list)
		for _, job := range list.Records {
			seen[job.ID] = true
		}
		if list.Done != (list.Next == "") {
			t.Fatalf("done %t, next %q", list.Done, list.Next)
		}
		next = list.Next
		pages++
	}
	if len(seen) != 1_003 || pages != 2 {
		t.Errorf("%d jobs on %d pages", len(seen), pages)
	}
	b.get(jobs+"?queryLocator=x").refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
}
