package orgsim_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// Files of several pieces have each row once, and in whole.
func TestLongResults(t *testing.T) {
	t.Parallel()
	const rows = 4_000
	b := setup(t, orgsim.Config{SteadyPages: true})
	filling := strings.Repeat(`"x"`, 60)
	var load, update strings.Builder
	load.WriteString("LastName,Description\n")
	for n := range rows {
		fmt.Fprintf(&load, "Doe %d,\"%s\"\n", n, strings.ReplaceAll(filling, `"`, `""`))
	}
	if _, err := b.org.LoadCSV("Contact", strings.NewReader(load.String())); err != nil {
		t.Fatal(err)
	}
	update.WriteString("Id,Description\n")
	for record := range b.org.Records("Contact") {
		fmt.Fprintf(&update, "%s,\"%s\"\n", record["Id"], strings.ReplaceAll(filling, `"`, `""`))
	}
	query := b.bulkQuery("SELECT LastName, Description FROM Contact")
	written := b.ingest("update", update.String())
	for _, path := range []string{queryJobs + "/" + query.ID + "/results", jobs + "/" + written.ID + "/successfulResults"} {
		body := b.get(path).want(http.StatusOK).body
		records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		if err != nil || len(body) < 512<<10 {
			t.Fatalf("%s: %d bytes, %v", path, len(body), err)
		}
		seen := map[string]bool{}
		for _, record := range records[1:] {
			seen[record[0]] = true
			if record[len(record)-1] != filling {
				t.Fatalf("%s: %q", path, record)
			}
		}
		if len(seen) != rows {
			t.Errorf("%s: %d rows", path, len(seen))
		}
	}
}
