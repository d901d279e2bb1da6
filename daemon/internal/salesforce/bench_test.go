package salesforce_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// resultPage is a page of a Bulk query's result, of 4 columns.
func resultPage(rows int) []byte {
	var page bytes.Buffer
	page.WriteString("\"Id\",\"Email\",\"Score__c\",\"Last_Seen__c\"\n")
	for i := range rows {
		fmt.Fprintf(&page, "\"003%015d\",\"user%d@acme.example\",\"%d.5\",\"2026-05-01T07:25:37.000Z\"\n", i, i, i)
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

// BenchmarkBulkQuery reads 100,000 rows of 4 columns from a result page. Each round includes the
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
		began := time.Now()
		columns := []string{"Id", "Email", "Score__c", "Last_Seen__c"}
		for _, err := range client.BulkQueryRows(b.Context(), "SELECT", columns, func(string) { began = time.Now() }) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		reading += time.Since(began) - 100*time.Millisecond
		if n != rows {
			b.Fatalf("%d rows, want %d", n, rows)
		}
	}
	b.ReportMetric(float64(reading.Nanoseconds())/float64(b.N)/rows, "ns/row")
}
