package orgsim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// A million records, as the largest orgs that reports are synced to have them.
const million = 1_000_000

// millionOrg is an org with a million contacts behind a real listener, and a
// client that is logged in.
type millionOrg struct {
	b      *testing.B
	org    *orgsim.Org
	server *httptest.Server
	token  string
}

func newMillionOrg(b *testing.B) *millionOrg {
	b.Helper()
	org, err := orgsim.New(orgsim.Config{})
	if err != nil {
		b.Fatal(err)
	}
	m := &millionOrg{b: b, org: org, server: httptest.NewServer(org)}
	b.Cleanup(func() {
		org.Close()
		m.server.Close()
	})
	if n, err := org.LoadCSV("Contact", millionContacts()); err != nil || n != million {
		b.Fatalf("%d contacts, %v", n, err)
	}
	login := url.Values{"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret}}
	answer := m.call(http.MethodPost, "/services/oauth2/token", "application/x-www-form-urlencoded", login.Encode())
	m.token = memberOf(answer, "access_token")
	return m
}

// millionContacts is a CSV file, written as it is read.
func millionContacts() io.Reader {
	r, w := io.Pipe()
	go func() {
		line := []byte("LastName,Email,Title\n")
		for n := range million {
			number := strconv.Itoa(n)
			line = append(line, "Name "+number+",user"+number+"@acme.example,Title\n"...)
			if len(line) > 64<<10 {
				if _, err := w.Write(line); err != nil {
					return
				}
				line = line[:0]
			}
		}
		_, err := w.Write(line)
		w.CloseWithError(err)
	}()
	return r
}

// call sends a request and returns the body.
func (m *millionOrg) call(method, path, contentType, body string) string {
	m.b.Helper()
	response := m.send(method, path, contentType, body)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		m.b.Fatal(err)
	}
	return string(text)
}

// download reads a body and drops it.
func (m *millionOrg) download(path string) (int64, http.Header) {
	m.b.Helper()
	response := m.send(http.MethodGet, path, "", "")
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		m.b.Fatal(err)
	}
	return n, response.Header
}

func (m *millionOrg) send(method, path, contentType, body string) *http.Response {
	m.b.Helper()
	request, err := http.NewRequestWithContext(m.b.Context(), method, m.server.URL+path, strings.NewReader(body))
	if err != nil {
		m.b.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", "Bearer "+m.token)
	request.Header.Set("Accept-Encoding", "identity")
	response, err := m.server.Client().Do(request)
	if err != nil {
		m.b.Fatal(err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(response.Body)
		m.b.Fatalf("%s %s: %d %s", method, path, response.StatusCode, text)
	}
	return response
}

// await polls until the job at the path is complete.
func (m *millionOrg) await(path string) {
	m.b.Helper()
	for {
		body := m.call(http.MethodGet, path, "", "")
		switch state := memberOf(body, "state"); state {
		case "JobComplete":
			return
		case "Failed", "Aborted":
			m.b.Fatalf("the job is %s: %s", state, body)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// memberOf is the text of a member of a JSON object.
func memberOf(body, name string) string {
	_, after, _ := strings.Cut(body, `"`+name+`":"`)
	text, _, _ := strings.Cut(after, `"`)
	return text
}

// peakMegabytes is the most memory that the process has ever had.
func peakMegabytes(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // no Linux
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kilobytes) / 1024
}

func BenchmarkMillionLoad(b *testing.B) {
	for b.Loop() {
		newMillionOrg(b)
	}
	b.ReportMetric(float64(million)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peakMegabytes(b), "peak-MB")
}

func BenchmarkMillionQuery(b *testing.B) {
	m := newMillionOrg(b)
	b.ResetTimer()
	for b.Loop() {
		created := m.call(http.MethodPost, queryJobs, "application/json", `{"operation":"query","query":"SELECT Id, LastName, Email, Title, CreatedDate FROM Contact"}`)
		job := queryJobs + "/" + memberOf(created, "id")
		m.await(job)
		var bytes int64
		for locator := ""; locator != "null"; {
			n, header := m.download(job + "/results?locator=" + locator)
			bytes += n
			locator = header.Get("Sforce-Locator")
		}
		b.SetBytes(bytes)
	}
	b.ReportMetric(peakMegabytes(b), "peak-MB")
}

func BenchmarkMillionIngest(b *testing.B) {
	m := newMillionOrg(b)
	var text strings.Builder
	text.WriteString("Id,Title\n")
	for record := range m.org.Records("Contact") {
		text.WriteString(record["Id"] + ",Changed\n")
	}
	var upload, process, results time.Duration
	var bytes int64
	b.ResetTimer()
	for b.Loop() {
		created := m.call(http.MethodPost, jobs, "application/json", `{"operation":"update","object":"Contact"}`)
		job := jobs + "/" + memberOf(created, "id")
		started := time.Now()
		m.call(http.MethodPut, job+"/batches", "text/csv", text.String())
		upload += time.Since(started)
		started = time.Now()
		m.call(http.MethodPatch, job, "application/json", `{"state":"UploadComplete"}`)
		m.await(job)
		process += time.Since(started)
		started = time.Now()
		n, _ := m.download(job + "/successfulResults")
		bytes += n
		results += time.Since(started)
	}
	runs := float64(b.N)
	b.ReportMetric(float64(text.Len())*runs/1e6/upload.Seconds(), "upload-MB/s")
	b.ReportMetric(million*runs/process.Seconds(), "rows/s")
	b.ReportMetric(float64(bytes)/1e6/results.Seconds(), "results-MB/s")
	b.ReportMetric(peakMegabytes(b), "peak-MB")
}
