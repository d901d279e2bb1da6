package orgsim_test

import (
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// jobInfo is a Bulk job as answered.
type jobInfo struct {
	ID           string  `json:"id"`
	State        string  `json:"state"`
	ContentURL   string  `json:"contentUrl"`
	Processed    int     `json:"numberRecordsProcessed"`
	Failed       int     `json:"numberRecordsFailed"`
	ErrorMessage string  `json:"errorMessage"`
	APIVersion   float64 `json:"apiVersion"`
}

const jobs = data + "/jobs/ingest"

// createJob makes a job on Contact; more is JSON to add, such as `"lineEnding":"CRLF"`.
func (b *testBundle) createJob(operation string, more ...string) jobInfo {
	b.t.Helper()
	members := append([]string{`"operation":"` + operation + `"`}, more...)
	if !strings.Contains(strings.Join(more, ","), `"object"`) {
		members = append(members, `"object":"Contact"`)
	}
	var job jobInfo
	b.do(http.MethodPost, jobs, "{"+strings.Join(members, ",")+"}").want(http.StatusOK).decode(&job)
	return job
}

func (b *testBundle) upload(job jobInfo, csv string) *answer {
	b.t.Helper()
	return b.do(http.MethodPut, "/"+job.ContentURL, csv, "Content-Type", "text/csv")
}

func (b *testBundle) patchJob(job jobInfo, state string) *answer {
	b.t.Helper()
	return b.do(http.MethodPatch, jobs+"/"+job.ID, `{"state":"`+state+`"}`)
}

func (b *testBundle) job(id string) jobInfo {
	b.t.Helper()
	var job jobInfo
	b.get(jobs + "/" + id).want(http.StatusOK).decode(&job)
	return job
}

// await polls until the job is in one of the states.
func (b *testBundle) await(path string, states ...string) jobInfo {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	for {
		var job jobInfo
		b.get(path).want(http.StatusOK).decode(&job)
		if slices.Contains(states, job.State) {
			return job
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("the job is still %s", job.State)
		case <-time.After(time.Millisecond):
		}
	}
}

// ingest runs a job to its end.
func (b *testBundle) ingest(operation, csv string, more ...string) jobInfo {
	b.t.Helper()
	job := b.createJob(operation, more...)
	b.upload(job, csv).want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	return b.await(jobs+"/"+job.ID, "JobComplete", "Failed")
}

// results are the lines of a result file; the first is the header.
func (b *testBundle) results(job jobInfo, file string) [][]string {
	b.t.Helper()
	answer := b.get(jobs + "/" + job.ID + "/" + file).want(http.StatusOK)
	if !strings.HasPrefix(answer.header.Get("Content-Type"), "text/csv") {
		b.t.Errorf("%s is of type %q", file, answer.header.Get("Content-Type"))
	}
	rows, err := csv.NewReader(strings.NewReader(answer.body)).ReadAll()
	if err != nil {
		b.t.Fatalf("%s: %v", file, err)
	}
	return rows
}

func TestIngestLife(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now})
	id := b.insert(nil)
	created := b.do(http.MethodPost, jobs, `{"operation":"update","object":"contact","contentType":"CSV"}`).want(http.StatusOK)
	var job jobInfo
	created.decode(&job)
	want := `{"id":"` + job.ID + `","operation":"update","object":"Contact","createdById":"` + b.identity()["user_id"].(string) + //nolint:forcetypeassert // it panics, and the test fails
		`","createdDate":"2026-05-01T07:25:37.000+0000","systemModstamp":"2026-05-01T07:25:37.000+0000","state":"Open","concurrencyMode":"Parallel","contentType":"CSV","apiVersion":60.0,"contentUrl":"` +
		data[1:] + `/jobs/ingest/` + job.ID + `/batches","lineEnding":"LF","columnDelimiter":"COMMA"}`
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("created:\n%s", diff)
	}
	if open := b.job(job.ID[:15]); open.State != "Open" || open.ContentURL != job.ContentURL {
		t.Errorf("the open job is %+v", open)
	}
	put := b.upload(job, "Id,Email\n"+id+",New@Mail.Example\n").want(http.StatusCreated)
	if put.body != "" {
		t.Errorf("the upload is answered with %q", put.body)
	}
	closed := b.patchJob(job, "UploadComplete").want(http.StatusOK)
	for _, key := range []string{"contentUrl", "lineEnding", "columnDelimiter", "numberRecordsProcessed"} {
		if strings.Contains(closed.body, key) {
			t.Errorf("closing is answered with %s", closed.body)
		}
	}
	if !strings.Contains(closed.body, `"state":"UploadComplete"`) {
		t.Errorf("closing is answered with %s", closed.body)
	}
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Processed != 1 || done.Failed != 0 || done.ContentURL != "" {
		t.Errorf("the job is %+v", done)
	}
	if b.field(id, "Email") != "new@mail.example" {
		t.Errorf("the e-mail is %q", b.field(id, "Email"))
	}
	if history := b.org.History("Contact", id); len(history) != 1 || history[0].By != "bulk:"+job.ID {
		t.Errorf("history %+v", history)
	}
	b.do(http.MethodDelete, jobs+"/"+job.ID, nil).want(http.StatusNoContent)
	b.get(jobs+"/"+job.ID).refused(http.StatusNotFound, "NOT_FOUND")
}

func TestIngestValues(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"Text__c": "stays", "Number__c": "7", "Flag__c": "true", "Day__c": "2026-01-01"})
	header := "Id,Text__c,Number__c,Count__c,Flag__c,Day__c,Moment__c,Tags__c,Area__c,email"
	job := b.ingest("update", header+"\n"+
		id[:15]+`,,#N/A,912260031,False,2026-02-03,2026-05-01T09:25:37.5+0200,C;A,"a ""b"", c`+"\nd\",X@y.EXAMPLE\n")
	if job.State != "JobComplete" || job.Failed != 0 {
		t.Fatalf("job %+v, %v", job, b.results(job, "failedResults"))
	}
	for name, want := range map[string]string{
		"Text__c": "stays", "Number__c": "", "Count__c": "912260031", "Flag__c": "false", "Day__c": "2026-02-03",
		"Moment__c": "2026-05-01T07:25:37.000+0000", "Tags__c": "A;C", "Area__c": "a \"b\", c\nd", "Email": "x@y.example",
	} {
		if got := b.field(id, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	want := [][]string{
		append([]string{"sf__Id", "sf__Created"}, strings.Split(header, ",")...),
		// The e-mail's header is spelt in the wrong case: written, and not shown.
		{id, "false", id, "", "#N/A", "9.12260031E8", "false", "2026-02-03", "2026-05-01T07:25:37.000Z", "C;A", "a \"b\", c\nd", ""},
	}
	if diff := cmp.Diff(want, b.results(job, "successfulResults")); diff != "" {
		t.Error(diff)
	}
}

func TestIngestRowErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	taken := b.insert(map[string]string{"Key__c": "taken"})
	for row, want := range map[string]string{
		id + ",,,,x,,,":         "INVALID_FIELD:Failed to deserialize field at col 4. Due to, 'x' is not a valid value for the type xsd:date:Day__c --",
		id + ",,1.2.3,,,,,":     "INVALID_FIELD:Failed to deserialize field at col 2. Due to, '1.2.3' is not a valid value for the type xsd:double:Number__c --",
		id + ",,,yes,,,,":       "INVALID_FIELD:Failed to deserialize field at col 3. Due to, 'yes' is not a valid value for the type xsd:boolean:Flag__c --",
		id + ",,,#N/A,,,,":      "INVALID_TYPE_ON_FIELD_IN_RECORD:Flag  value not of required type: :Flag__c --",
		id + ",#N/A,,,,,,":      "REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
		id + ",,,,,bad,,":       "INVALID_EMAIL_ADDRESS:Email: invalid email address: bad:Email --",
		id + ",,,,,,Maybe,":     "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:Status: bad value for restricted picklist field: Maybe:Status__c --",
		id + ",,,,,,,TAKEN":     "DUPLICATE_VALUE:duplicate value found: Key__c duplicates value on record with id: " + taken[:15] + ":--",
		",A,,,,,,":              "MISSING_ARGUMENT:Id not specified in an update call:--",
		"#N/A,A,,,,,,":          "MISSING_ARGUMENT:Id not specified in an update call:--",
		"003,A,,,,,,":           "MALFORMED_ID:malformed id 003:Id --",
		id[:15] + "AAB,A,,,,,,": "MALFORMED_ID:malformed id " + id[:15] + "AAB:Id --",
	} {
		job := b.ingest("update", "Id,LastName,Number__c,Flag__c,Day__c,Email,Status__c,Key__c\n"+row+"\n")
		if job.State != "JobComplete" || job.Processed != 1 || job.Failed != 1 {
			t.Errorf("%s: job %+v", row, job)
			continue
		}
		got := b.results(job, "failedResults")[1]
		want := strings.Replace(want, "Flag  value", "Flag: value", 1)
		if got[1] != want {
			t.Errorf("%s\n got %s\nwant %s", row, got[1], want)
		}
		if diff := cmp.Diff(strings.Split(row, ","), got[2:]); diff != "" {
			t.Errorf("%s came back otherwise:\n%s", row, diff)
		}
	}
	if n := b.org.Writes("Contact"); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestIngestFailsAsAWhole(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	const lf = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is "
	for name, test := range map[string]struct {
		csv, more, want string
		unprocessed     int
	}{
		"unknown header":      {"Id,Nope__c\n" + id + ",x\n", "", "InvalidBatch : Field name not found : Nope__c", 1},
		"hidden field":        {"Id,Secret__c\n" + id + ",x\n", "", "InvalidBatch : Field name not found : Secret__c", 1},
		"parent's key":        {"Id,Account.Name\n" + id + ",x\n", "", "InvalidBatch : Field name not found : Account.Name", 1},
		"byte order mark":     {"\ufeffId,Title\n" + id + ",x\n", "", "InvalidBatch : Field name not found : \ufeffId", 1},
		"a header twice":      {"Id,Title,title\n" + id + ",x,y\n", "", "InvalidBatch : Duplicate field name : title", 1},
		"CRLF declared as LF": {"Id,Title\r\n" + id + ",x\r\n", "", lf + "LF", 0},
		"CRLF in a value":     {"Id,Title\n" + id + ",\"x\r\ny\"\n", "", lf + "LF", 0},
		"LF declared as CRLF": {"Id,Title\n" + id + ",x\n", `"lineEnding":"CRLF"`, lf + "CRLF", 0},
		"a short row":         {"Id,Title\n" + id + ",x\n" + id + "\n", "", "InvalidBatch : Failed to parse CSV. Due to, row 3 has 1 fields, the header has 2", 1},
		"a blank at a quote":  {"Id,Title\n" + id + ", \"x\"\n", "", "InvalidBatch : Failed to parse CSV. Due to, row 2: field 2 has characters before a quote", 0},
		"the wrong delimiter": {"Id;Title\n" + id + ";x\n", "", "InvalidBatch : Field name not found : Id;Title", 1},
		"no header":           {"", "", "InvalidBatch : Failed to parse CSV. Due to, there is no header row", 0},
	} {
		more := []string{}
		if test.more != "" {
			more = append(more, test.more)
		}
		job := b.ingest("update", test.csv, more...)
		if job.State != "Failed" || job.ErrorMessage != test.want || job.Processed != 0 || job.Failed != 0 {
			t.Errorf("%s: job %+v, want %q", name, job, test.want)
		}
		if got := b.results(job, "unprocessedrecords"); len(got) != 0 && len(got)-1 != test.unprocessed {
			t.Errorf("%s: unprocessed %q, want %d", name, got, test.unprocessed)
		}
		for _, file := range []string{"successfulResults", "failedResults"} {
			if got := b.results(job, file); len(got) != 1 || got[0][0] != "sf__Id" {
				t.Errorf("%s: %s is %q", name, file, got)
			}
		}
	}
	if n := b.org.Writes("Contact"); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestIngestDialects(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	for delimiter, c := range map[string]string{"BACKQUOTE": "`", "CARET": "^", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"} {
		job := b.ingest("update", "Id"+c+"Title\r\n"+id+c+"\"a,b\r\n\"\r\n", `"columnDelimiter":"`+delimiter+`"`, `"lineEnding":"CRLF"`)
		want := `"sf__Id"` + c + `"sf__Created"` + c + "Id" + c + "Title\r\n" + `"` + id + `"` + c + `"false"` + c + `"` + id + `"` + c + "\"a,b\r\n\"\r\n"
		if got := b.get(jobs + "/" + job.ID + "/successfulResults").body; got != want {
			t.Errorf("%s: got %q, want %q", delimiter, got, want)
		}
		if b.field(id, "Title") != "a,b" {
			t.Errorf("%s: title %q", delimiter, b.field(id, "Title"))
		}
	}
}

func TestIngestRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for body, code := range map[string]string{
		`{"operation":"merge","object":"Contact"}`:                                 "INVALIDOPERATION",
		`{"operation":"hardDelete","object":"Contact"}`:                            "FEATURENOTENABLED",
		`{"operation":"update","object":"Nope__c"}`:                                "INVALIDENTITY",
		`{"operation":"update","object":"Organization"}`:                           "INVALIDENTITY",
		`{"operation":"upsert","object":"Contact"}`:                                "INVALIDJOB",
		`{"operation":"upsert","object":"Contact","externalIdFieldName":"Title"}`:  "INVALIDJOB",
		`{"operation":"update","object":"Contact","externalIdFieldName":"Key__c"}`: "INVALIDJOB",
		`{"operation":"update","object":"Contact","contentType":"JSON"}`:           "INVALIDJOB",
		`{"operation":"update","object":"Contact","lineEnding":"CR"}`:              "INVALIDJOB",
		`{"operation":"update","object":"Contact","columnDelimiter":"SPACE"}`:      "INVALIDJOB",
	} {
		b.do(http.MethodPost, jobs, body).refused(http.StatusBadRequest, code)
	}
	job := b.createJob("update")
	b.do(http.MethodPut, "/"+job.ContentURL, "Id\n", "Content-Type", "application/json").refused(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE")
	b.patchJob(job, "Closed").refused(http.StatusBadRequest, "INVALIDJOB")
	b.get(jobs+"/"+job.ID+"/failedResults").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.do(http.MethodDelete, jobs+"/"+job.ID, nil).refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.upload(job, "Id\n").want(http.StatusCreated)
	if got := b.upload(job, "Id\n").refused(http.StatusBadRequest, "CLIENTINPUTERROR"); !strings.HasPrefix(got.Message, "Found multiple contents for job: <"+job.ID+">") {
		t.Errorf("message %q", got.Message)
	}
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	b.patchJob(job, "UploadComplete").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.await(jobs+"/"+job.ID, "JobComplete")
	b.upload(job, "Id\n").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	if got := b.patchJob(job, "Aborted").refused(http.StatusBadRequest, "INVALIDJOBSTATE"); got.Message != "Aborting already Completed Job not allowed" {
		t.Errorf("message %q", got.Message)
	}
	b.get(strings.Replace(jobs, "v60.0", "v61.0", 1)+"/"+job.ID+"/failedResults").refused(http.StatusConflict, "INVALIDVERSION")
	for _, id := range []string{"750000000000000AAA", "nope", job.ID[:12]} {
		b.get(jobs+"/"+id).refused(http.StatusNotFound, "NOT_FOUND")
	}
}

func TestIngestUploadLimit(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	job := b.createJob("update")
	b.upload(job, strings.Repeat("x", 100_000_001)).refused(http.StatusBadRequest, "CLIENTINPUTERROR")
	// Nothing was taken: the one PUT of the job is still to come.
	b.upload(job, "Id\n").want(http.StatusCreated)
}
