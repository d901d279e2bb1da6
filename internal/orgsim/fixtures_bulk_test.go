package orgsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// membersOf lists the members of a flat JSON object in their order, with the kind
// of each value; the values that say what sort of job it is are kept as they are.
func membersOf(t *testing.T, text []byte) (list []string) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	next := func() json.Token {
		token, err := decoder.Token()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return token
	}
	for next(); decoder.More(); {
		name, value := next(), next()
		switch name {
		case "operation", "object", "state", "externalIdFieldName", "concurrencyMode", "contentType", "apiVersion", "jobType", "lineEnding", "columnDelimiter", "errorMessage":
			list = append(list, fmt.Sprintf("%v: %v", name, value))
		default:
			list = append(list, fmt.Sprintf("%v: %T", name, value))
		}
	}
	return list
}

// like compares an answer with a recorded one.
func (a *answer) like(name string) {
	a.t.Helper()
	want := membersOf(a.t, fixture(a.t, name))
	if diff := cmp.Diff(want, membersOf(a.t, []byte(a.want(http.StatusOK).body))); diff != "" {
		a.t.Errorf("%s:\n%s", name, diff)
	}
}

// setupOpportunities starts an org like the one whose answers were recorded.
func setupOpportunities(t *testing.T) *testBundle {
	t.Helper()
	fixture(t, "bulk2-ingest-create-upsert-200-open.json") // skips without the recordings
	s := schema.Standard()
	key := schema.Field{Name: "external_id__c", Type: schema.Text, Length: 40, ExternalID: true, Unique: true}
	if err := s.Add(schema.Object{Name: "Opportunity", Fields: []schema.Field{key}}); err != nil {
		t.Fatal(err)
	}
	return setup(t, orgsim.Config{Schema: s})
}

// closed makes an upsert of opportunities with an upload and closes it.
func (b *testBundle) closed(csv string) (job jobInfo, created, closed *answer) {
	b.t.Helper()
	created = b.do(http.MethodPost, jobs,
		`{"operation":"upsert","object":"Opportunity","externalIdFieldName":"external_id__c","contentType":"CSV","lineEnding":"LF"}`)
	created.decode(&job)
	b.upload(job, csv).want(http.StatusCreated)
	return job, created, b.patchJob(job, "UploadComplete")
}

func TestBulkAnswersAreLikeTheRecorded(t *testing.T) {
	t.Parallel()
	b := setupOpportunities(t)
	upload := string(fixture(t, "bulk2-ingest-upload-partial-failure-head.csv"))

	b.do(http.MethodPost, jobs, `{"operation":"delete","object":"Opportunity"}`).like("bulk2-ingest-create-delete-200-open.json")
	b.do(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id FROM Account"}`).like("bulk2-query-create-200.json")

	job, created, closed := b.closed("Name,StageName,external_id__c,CloseDate\nA,GENERATED,a,2003-04-05\n")
	created.like("bulk2-ingest-create-upsert-200-open.json")
	closed.like("bulk2-ingest-patch-uploadcomplete-200.json")
	b.await(jobs+"/"+job.ID, "JobComplete")
	b.get(jobs + "/" + job.ID).like("bulk2-ingest-info-jobcomplete-success.json")

	job, _, _ = b.closed(upload)
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Processed != 5 || done.Failed != 1 {
		t.Errorf("job %+v, %q", done, b.results(job, "failedResults"))
	}
	b.get(jobs + "/" + job.ID).like("bulk2-ingest-info-jobcomplete-partial-failure.json")
	want := strings.TrimSpace(string(fixture(t, "bulk2-ingest-failedResults-partial-failure.csv")))
	if diff := cmp.Diff(want, strings.TrimSpace(b.get(jobs+"/"+job.ID+"/failedResults").body)); diff != "" {
		t.Error(diff)
	}

	job, _, _ = b.closed(strings.Replace(upload, "StageName", "StageName_invalid_field_on_purpose", 1))
	b.await(jobs+"/"+job.ID, "Failed")
	b.get(jobs + "/" + job.ID).like("bulk2-ingest-info-failed-invalidbatch.json")
}

func TestAJobInProgressIsLikeTheRecorded(t *testing.T) {
	t.Parallel()
	b := setupOpportunities(t)
	rule := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 1})
	job, _, _ := b.closed(string(fixture(t, "bulk2-ingest-upload-partial-failure-head.csv")))
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.await(jobs+"/"+job.ID, "InProgress")
	b.get(jobs + "/" + job.ID).like("bulk2-ingest-info-inprogress.json")
}
