package salesforce_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// manyRows is a result of many batches, with all that a value may hold, and how its rows are to be read.
func manyRows(rows int) (page string, want [][]string) {
	var text strings.Builder
	text.WriteString("\"Id\",\"Description\",\"Name\"\n")
	for i := range rows {
		description := fmt.Sprintf("number %d", i)
		switch {
		case i%7 == 1:
			description = fmt.Sprintf("a \"quoted\" %d", i)
		case i%11 == 2:
			description = "two\nlines"
		case i%13 == 3:
			description = ""
		case i%1009 == 4:
			description = strings.Repeat("long ", 20_000)
		}
		sent := strings.NewReplacer(`"`, `""`, "\n", "\r\n").Replace(description)
		fmt.Fprintf(&text, "\"%d\",\"%s\",\"user %d\"\n", i, sent, i)
		want = append(want, []string{fmt.Sprintf("user %d", i), strconv.Itoa(i), description})
	}
	return text.String(), want
}

// Batches may be kept, and read once all have come. A page that breaks off yields each row once for all that.
func TestQueryJobBatches(t *testing.T) {
	t.Parallel()
	const rows = 5000
	csv, want := manyRows(rows)
	whole := page(csv, rows, "null")
	for name, results := range map[string]handler{
		"whole":           whole,
		"broken once":     answers(cut(whole, len(csv)/2), whole),
		"broken often":    answers(cut(whole, 100), cut(whole, len(csv)/9), cut(whole, len(csv)/8), cut(whole, len(csv)/2), cut(whole, len(csv)-1), whole),
		"broken silently": answers(page(csv[:len(csv)/3], rows, "null"), whole),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				routes := finishedQuery("", rows)
				routes["GET "+resultPath] = results
				job, err := newOrg(t, routes).client(nil).CreateQueryJob(t.Context(), "SELECT")
				if err != nil {
					t.Fatal(err)
				}
				defer job.Remove(t.Context())
				batches, err := collect(job.Batches(t.Context(), []string{"Name", "Id", "Description"}))
				if err != nil {
					t.Fatal(err)
				}
				var got [][]string
				for _, batch := range batches {
					for i := range batch.Len() {
						got = append(got, batch.Row(i, nil))
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
				if n := len(batches); n < 5 || n > rows/50 {
					t.Errorf("%d rows came in %d batches", rows, n)
				}
			})
		})
	}
}

func TestQueryJobBatchesStopWithTheirReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rows = 5000
		csv, _ := manyRows(rows)
		org := newOrg(t, finishedQuery(csv, rows))
		job, err := org.client(nil).CreateQueryJob(t.Context(), "SELECT")
		if err != nil {
			t.Fatal(err)
		}
		came := 0
		for batch, err := range job.Batches(t.Context(), []string{"Id"}) {
			if err != nil {
				t.Fatal(err)
			}
			came += batch.Len()
			break
		}
		job.Remove(t.Context())
		want := []string{"POST " + data + "/jobs/query", "GET " + queryPath, "GET " + queryPath, "GET " + resultPath, "DELETE " + queryPath}
		if diff := cmp.Diff(want, org.calls()); diff != "" || came == 0 || came == rows {
			t.Errorf("%d rows came; calls (-want +got):\n%s", came, diff)
		}
	})
}
