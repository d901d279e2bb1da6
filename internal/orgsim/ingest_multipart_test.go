package orgsim_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// multipartJob is a body as the guide's walkthrough has it: job, then content.
func multipartJob(job, csv string) string {
	return "--BOUNDARY\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=\"job\"\r\n\r\n" + job +
		"\r\n--BOUNDARY\r\nContent-Type: text/csv\r\nContent-Disposition: form-data; name=\"content\"; filename=\"content\"\r\n\r\n" + csv +
		"\r\n--BOUNDARY--\r\n"
}

const boundary = `multipart/form-data; boundary="BOUNDARY"`

func TestIngestMultipart(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	const job = `{"operation":"insert","object":"Contact","contentType":"CSV","lineEnding":"LF"}`
	for name, body := range map[string]string{
		"CRLF": multipartJob(job, "LastName\nAstro\nHootie"),
		"LF":   strings.ReplaceAll(multipartJob(job, "LastName\nAstro\nHootie"), "\r\n", "\n"),
	} {
		var created jobInfo
		b.do(http.MethodPost, jobs+"/", body, "Content-Type", boundary).want(http.StatusOK).decode(&created)
		if created.State != "UploadComplete" || created.ContentURL != "" {
			t.Errorf("%s: created %+v", name, created)
		}
		if done := b.await(jobs+"/"+created.ID, "JobComplete", "Failed"); done.Processed != 2 || done.Failed != 0 {
			t.Errorf("%s: job %+v", name, done)
		}
		b.patchJob(created, "UploadComplete").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	}
	// Characters are counted, not bytes.
	full := "LastName\n" + strings.Repeat("é", 100_000-len("LastName\n"))
	b.do(http.MethodPost, jobs, multipartJob(job, full), "Content-Type", boundary).want(http.StatusOK)
	for name, body := range map[string]string{
		"too long":      multipartJob(job, full+"é"),
		"far too long":  multipartJob(job, strings.Repeat("x", 500_000)),
		"no content":    "--BOUNDARY\r\nContent-Type: application/json\r\nContent-Disposition: form-data; name=\"job\"\r\n\r\n" + job + "\r\n--BOUNDARY--\r\n",
		"wrong order":   strings.NewReplacer(`name="job"`, `name="content"`, `name="content"`, `name="job"`).Replace(multipartJob(job, "LastName\nA")),
		"wrong type":    strings.Replace(multipartJob(job, "LastName\nA"), "text/csv", "text/plain", 1),
		"cut off":       strings.TrimSuffix(multipartJob(job, "LastName\nA"), "\r\n--BOUNDARY--\r\n"),
		"a third part":  strings.Replace(multipartJob(job, "LastName\nA"), "--BOUNDARY--", "--BOUNDARY\r\n\r\nx\r\n--BOUNDARY--", 1),
		"no boundaries": "LastName\nA\n",
	} {
		if got := b.do(http.MethodPost, jobs, body, "Content-Type", boundary).refused(http.StatusBadRequest, "CLIENTINPUTERROR"); got.Message == "" {
			t.Errorf("%s is refused without a word", name)
		}
	}
	for _, bad := range []string{"{", job + " x", job + job, job + "]", ""} {
		b.do(http.MethodPost, jobs, multipartJob(bad, "LastName\nA"), "Content-Type", boundary).refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
	}
	b.do(http.MethodPost, jobs, multipartJob(`{"operation":"insert","object":"Nope"}`, "LastName\nA"), "Content-Type", boundary).refused(http.StatusBadRequest, "INVALIDENTITY")
}

func TestJobRequestsHaveNoUnknownMembers(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	got := b.do(http.MethodPost, jobs, `{"operation":"insert","object":"Contact","lineending":"CRLF"}`).refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
	if !strings.Contains(got.Message, `"lineending"`) {
		t.Errorf("message %q", got.Message)
	}
	b.do(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id FROM Contact","sort":1}`).refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
	b.do(http.MethodPost, jobs, `{"operation":"insert","object":"Contact","concurrencyMode":"Serial"}`).refused(http.StatusBadRequest, "INVALIDJOB")
	// Empty members are none, and a job's own id may stand in what changes it.
	var job jobInfo
	b.do(http.MethodPost, jobs, `{"operation":"insert","object":"Contact","externalIdFieldName":"","concurrencyMode":"Parallel"}`).want(http.StatusOK).decode(&job)
	b.upload(job, "LastName\nA\n").want(http.StatusCreated)
	b.do(http.MethodPatch, jobs+"/"+job.ID, `{"id":"`+job.ID+`","state":"UploadComplete"}`).want(http.StatusOK)
	b.await(jobs+"/"+job.ID, "JobComplete")
}

func TestBulkIsCompressedOnDemand(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write([]byte("LastName\n" + strings.Repeat("Doe\n", 300))); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	job := b.createJob("insert")
	put := func(body string) *answer {
		return b.do(http.MethodPut, "/"+job.ContentURL, body, "Content-Type", "text/csv", "Content-Encoding", "gzip", "Accept-Encoding", "gzip")
	}
	put(packed.String()[:packed.Len()/2]).refused(http.StatusBadRequest, "CLIENTINPUTERROR")
	if got := put(packed.String()).want(http.StatusCreated); got.body != "" || got.header.Get("Content-Encoding") != "" {
		t.Errorf("the upload is answered with %q, %v", got.body, got.header)
	}
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if done := b.await(jobs+"/"+job.ID, "JobComplete"); done.Processed != 300 || done.Failed != 0 {
		t.Errorf("job %+v", done)
	}
	query := b.bulkQuery("SELECT LastName FROM Contact")
	for _, path := range []string{jobs + "/" + job.ID + "/successfulResults", queryJobs + "/" + query.ID + "/results"} {
		got := b.get(path, "Accept-Encoding", "gzip").want(http.StatusOK)
		if got.header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s is not compressed: %v", path, got.header)
			continue
		}
		unzip, err := gzip.NewReader(strings.NewReader(got.body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(unzip)
		if err != nil || bytes.Count(text, []byte("\n")) != 301 || len(got.body) >= len(text) {
			t.Errorf("%s: %d bytes of %d, %v", path, len(got.body), len(text), err)
		}
		if plain := b.get(path, "Accept-Encoding", "br").want(http.StatusOK); plain.header.Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed without being asked for: %v", path, plain.header)
		}
	}
}
