package orgsim_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// benchmarkRows is large enough to tell what a million would take.
const benchmarkRows = 100_000

// benchmarkOrg is an org with many contacts, called without a network.
func benchmarkOrg(b *testing.B) (org *orgsim.Org, call func(method, path, body string) *httptest.ResponseRecorder) {
	b.Helper()
	org, err := orgsim.New(orgsim.Config{BulkPageRows: benchmarkRows, SteadyPages: true})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(org.Close)
	var text strings.Builder
	text.WriteString("LastName,Email,Title\n")
	for n := range benchmarkRows {
		i := strconv.Itoa(n)
		text.WriteString("Name " + i + ",user" + i + "@acme.example,Title\n")
	}
	if _, err := org.LoadCSV("Contact", strings.NewReader(text.String())); err != nil {
		b.Fatal(err)
	}
	token := ""
	call = func(method, path, body string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", map[bool]string{true: "text/csv", false: "application/json"}[method == http.MethodPut])
		if strings.HasPrefix(body, "grant_type") {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		recorder := httptest.NewRecorder()
		org.ServeHTTP(recorder, request)
		if recorder.Code >= 300 {
			b.Fatalf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
		}
		return recorder
	}
	token = member(call(http.MethodPost, "/services/oauth2/token", "grant_type=client_credentials&client_id="+orgsim.DefaultClientID+"&client_secret="+orgsim.DefaultClientSecret), "access_token")
	return org, call
}

// member is the text of a member of a JSON object.
func member(r *httptest.ResponseRecorder, name string) string {
	_, after, _ := strings.Cut(r.Body.String(), `"`+name+`":"`)
	text, _, _ := strings.Cut(after, `"`)
	return text
}

// finish polls until the job at the path is complete.
func finish(call func(method, path, body string) *httptest.ResponseRecorder, path string) {
	for member(call(http.MethodGet, path, ""), "state") != "JobComplete" {
		continue
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		benchmarkOrg(b)
	}
	b.ReportMetric(float64(benchmarkRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBulkQueryResults(b *testing.B) {
	org, call := benchmarkOrg(b)
	job := member(call(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id, LastName, Email, Title, CreatedDate FROM Contact"}`), "id")
	finish(call, queryJobs+"/"+job)
	request := httptest.NewRequestWithContext(b.Context(), http.MethodGet, queryJobs+"/"+job+"/results", nil)
	token := member(call(http.MethodPost, "/services/oauth2/token", "grant_type=client_credentials&client_id="+orgsim.DefaultClientID+"&client_secret="+orgsim.DefaultClientSecret), "access_token")
	request.Header.Set("Authorization", "Bearer "+token)
	b.ResetTimer()
	for b.Loop() {
		answer := discarded{header: http.Header{}}
		org.ServeHTTP(&answer, request)
		b.SetBytes(answer.bytes)
	}
}

// discarded counts the bytes of an answer and drops them, so that none of what is
// measured is the test's.
type discarded struct {
	header http.Header
	bytes  int64
}

func (d *discarded) Header() http.Header { return d.header }
func (*discarded) WriteHeader(int)       {}

func (d *discarded) Write(p []byte) (int, error) {
	d.bytes += int64(len(p))
	return len(p), nil
}

func BenchmarkIngestUpdate(b *testing.B) {
	org, call := benchmarkOrg(b)
	var text strings.Builder
	text.WriteString("Id,Title\n")
	for record := range org.Records("Contact") {
		text.WriteString(record["Id"] + ",Changed\n")
	}
	b.ResetTimer()
	for b.Loop() {
		job := member(call(http.MethodPost, jobs, `{"operation":"update","object":"Contact"}`), "id")
		call(http.MethodPut, jobs+"/"+job+"/batches", text.String())
		call(http.MethodPatch, jobs+"/"+job, `{"state":"UploadComplete"}`)
		finish(call, jobs+"/"+job)
	}
	b.ReportMetric(float64(benchmarkRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkQueryByEmail(b *testing.B) {
	_, call := benchmarkOrg(b)
	path := data + "/query?q=SELECT+Id+FROM+Contact+WHERE+Email+IN+(%27user5@acme.example%27,%27USER77@acme.example%27)"
	for b.Loop() {
		call(http.MethodGet, path, "")
	}
}
