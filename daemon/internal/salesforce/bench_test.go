package salesforce_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

var resultColumns = []string{"Id", "Email", "Onboarding_Status__c", "Sessions_30d__c", "Last_Seen__c", "Usage_Source__c"}

// resultPage is a page of a Bulk query's result, of 6 columns.
func resultPage(rows int) []byte {
	var page bytes.Buffer
	page.WriteString(`"` + strings.Join(resultColumns, `","`) + "\"\n")
	for i := range rows {
		fmt.Fprintf(&page, "\"003%015d\",\"user%07d@acme.example\",\"In Progress\",\"%d\",\"2026-05-01T07:25:37.000Z\",\"WalkMe\"\n", i, i, i%500)
	}
	return page.Bytes()
}

// BenchmarkCSV reads a result page, beside encoding/csv as the yardstick.
func BenchmarkCSV(b *testing.B) {
	page := resultPage(100_000)
	for name, read := range map[string]func() int{
		"this package": func() int { n, _ := salesforce.CountCSV(bytes.NewReader(page)); return n },
		"encoding/csv": func() int {
			r, n := csv.NewReader(bytes.NewReader(page)), 0
			r.ReuseRecord = true
			for _, err := r.Read(); err == nil; _, err = r.Read() {
				n++
			}
			return n
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if n := read(); n != 100_001 {
					b.Fatalf("%d rows", n)
				}
			}
		})
	}
}

// BenchmarkBulkQuery reads 100,000 rows of 6 columns from a result page. Each round includes the
// 100 ms before the first look at the job, which ns/row leaves out.
func BenchmarkBulkQuery(b *testing.B) {
	const rows = 100_000
	csv := resultPage(rows)
	respond := func(r *http.Request, body []byte, header http.Header) *http.Response {
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
	}
	transport := tripper(func(r *http.Request) (*http.Response, error) {
		switch r.URL.Path {
		case resultPath:
			return respond(r, csv, http.Header{"Sforce-Numberofrecords": {strconv.Itoa(rows)}, "Sforce-Locator": {"null"}}), nil
		case "/services/oauth2/token":
			return respond(r, []byte(`{"access_token":"t","instance_url":"https://`+host+`","id":"https://x/id/`+orgID+"/"+userID+`"}`), http.Header{"Content-Type": {"application/json"}}), nil
		}
		return respond(r, []byte(queryState("JobComplete", rows)), http.Header{}), nil
	})
	client, err := salesforce.New(salesforce.Config{LoginURL: "https://" + host, ClientID: "id", ClientSecret: "secret", Transport: transport})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(csv)))
	b.ReportAllocs()
	var reading time.Duration
	for b.Loop() {
		n := 0
		job, err := client.CreateQueryJob(b.Context(), "SELECT")
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		var row []string
		for batch, err := range job.Batches(b.Context(), resultColumns) {
			if err != nil {
				b.Fatal(err)
			}
			for i := range batch.Len() {
				row = batch.Row(i, row)
				n++
			}
		}
		reading += time.Since(began) - 100*time.Millisecond
		if n != rows {
			b.Fatalf("%d rows, want %d", n, rows)
		}
	}
	b.ReportMetric(float64(reading.Nanoseconds())/float64(b.N)/rows, "ns/row")
}
