package salesforce_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// BenchmarkBulkQuery reads 100,000 rows of 4 columns from a result page. Each round includes the
// 250 ms before the first look at the job.
func BenchmarkBulkQuery(b *testing.B) {
	const rows = 100_000
	var csv bytes.Buffer
	csv.WriteString("\"Id\",\"Email\",\"Score__c\",\"Last_Seen__c\"\n")
	for i := range rows {
		fmt.Fprintf(&csv, "\"003%015d\",\"user%d@acme.example\",\"%d.5\",\"2026-05-01T07:25:37.000Z\"\n", i, i, i)
	}
	respond := func(r *http.Request, body []byte, header http.Header) *http.Response {
		return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: r}
	}
	transport := tripper(func(r *http.Request) (*http.Response, error) {
		switch r.URL.Path {
		case resultPath:
			return respond(r, csv.Bytes(), http.Header{"Sforce-Numberofrecords": {strconv.Itoa(rows)}, "Sforce-Locator": {"null"}}), nil
		case "/services/oauth2/token":
			return respond(r, []byte(`{"access_token":"t","instance_url":"https://`+host+`","id":"https://x/id/`+orgID+"/"+userID+`"}`), http.Header{"Content-Type": {"application/json"}}), nil
		}
		return respond(r, []byte(queryState("JobComplete", rows)), http.Header{}), nil
	})
	client, err := salesforce.New(salesforce.Config{LoginURL: "https://" + host, ClientID: "id", ClientSecret: "secret", Transport: transport})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(csv.Len()))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range client.BulkQuery(b.Context(), "SELECT", []string{"Id", "Email", "Score__c", "Last_Seen__c"}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d rows, want %d", n, rows)
		}
	}
}
