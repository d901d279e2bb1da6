package salesforce_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const (
	queryJob   = "750ak000009AVi5AAG"
	queryPath  = data + "/jobs/query/" + queryJob
	resultPath = queryPath + "/results"
)

func queryState(state string, rows int) string {
	return fmt.Sprintf(`{"id":%q,"operation":"query","object":"Contact","state":%q,"apiVersion":62.0,"jobType":"V2Query","numberRecordsProcessed":%d}`, queryJob, state, rows)
}

// page answers a result page with its headers.
func page(csv string, rows int, locator string) handler {
	return func(w http.ResponseWriter, _ exchange) {
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Sforce-NumberOfRecords", strconv.Itoa(rows))
		w.Header().Set("Sforce-Locator", locator)
		reply(w, 200, csv)
	}
}

// cut lets an answer break off.
func cut(h handler, after int) handler {
	return func(w http.ResponseWriter, x exchange) {
		w.Header().Set(cutHeader, strconv.Itoa(after))
		h(w, x)
	}
}

// finishedQuery is the life of a query job with one result page.
func finishedQuery(csv string, rows int) map[string]handler {
	return map[string]handler{
		"POST " + data + "/jobs/query": answer(200, queryState("UploadComplete", 0)),
		"GET " + queryPath: answers(
			answer(200, queryState("InProgress", 0)), answer(200, queryState("JobComplete", rows))),
		"GET " + resultPath:   page(csv, rows, "null"),
		"DELETE " + queryPath: answer(204, ""),
	}
}

const threeRows = "\"Id\",\"Account.Name\",\"Description\"\n" +
	"\"003A\",\"Acme, \"\"Inc\"\"\",\"\"\n\"003B\",\"\",\"two\r\nlines\"\n\"003C\",\"Zed\",\"9.12\"\n"

var threeRead = [][]string{{"", "003A", `Acme, "Inc"`}, {"two\nlines", "003B", ""}, {"9.12", "003C", "Zed"}}

var threeColumns = []string{"description", "Id", "Account.Name"}

// bulkQuery is a query job from its creation to its removal, with rows that may be kept.
func bulkQuery(ctx context.Context, client *salesforce.Client, soql string, columns []string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		job, err := client.CreateQueryJob(ctx, soql)
		if err != nil {
			yield(nil, err)
			return
		}
		defer job.Remove(ctx)
		for batch, err := range job.Batches(ctx, columns) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range batch.Len() {
				if !yield(batch.Row(i, nil), nil) {
					return
				}
			}
		}
	}
}

func TestBulkQueryStreamsPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		routes := finishedQuery("", 6)
		routes["GET "+resultPath] = answers(
			page("\"Id\"\n\"1\"\n\"2\"\n\"3\"\n", 3, "MTA"), page("\"Id\"\n\"4\"\n", 1, "MjA"), page("\"Id\"\n\"5\"\n\"6\"\n", 2, "null"))
		org := newOrg(t, routes)
		rows, err := collect(bulkQuery(t.Context(), org.client(nil), "SELECT Id FROM Contact", []string{"Id"}))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{{"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}}, rows); diff != "" {
			t.Error(diff)
		}
		var locators []string
		for _, x := range org.seen("GET " + resultPath) {
			locators = append(locators, x.Query.Get("locator"))
		}
		if diff := cmp.Diff([]string{"", "MTA", "MjA"}, locators); diff != "" {
			t.Errorf("locators:\n%s", diff)
		}
		if n := len(org.seen("DELETE " + queryPath)); n != 1 {
			t.Errorf("the job was deleted %d times, want once", n)
		}
		if body := org.seen("POST " + data + "/jobs/query")[0].Body; body != `{"operation":"query","query":"SELECT Id FROM Contact"}` {
			t.Errorf("the job was created with %s", body)
		}
	})
}

func TestQueryJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, finishedQuery(threeRows, 3))
		job, err := org.client(nil).CreateQueryJob(t.Context(), "SELECT")
		if err != nil {
			t.Fatal(err)
		}
		if job.ID() != queryJob || len(org.calls()) != 1 {
			t.Errorf("job %s came after the calls %v, want it before the first look at it", job.ID(), org.calls())
		}
		var ids []string
		for batch, err := range job.Batches(t.Context(), threeColumns) {
			if err != nil {
				t.Fatal(err)
			}
			var row []string
			for i := range batch.Len() {
				row = batch.Row(i, row)
				ids = append(ids, row[1])
			}
		}
		if diff := cmp.Diff([]string{"003A", "003B", "003C"}, ids); diff != "" {
			t.Errorf("texts that were kept (-want +got):\n%s", diff)
		}
		if asked := org.seen("GET " + resultPath)[0].Query.Get("maxRecords"); asked != "250000" {
			t.Errorf("asked for pages of %s rows", asked)
		}
		if n := len(org.seen("DELETE " + queryPath)); n != 0 {
			t.Error("the job was deleted before its owner asked for it")
		}
		job.Remove(t.Context())
		job.Remove(t.Context())
		if n := len(org.seen("DELETE " + queryPath)); n != 1 {
			t.Errorf("the job was deleted %d times, want once", n)
		}
	})
}

// The first look follows the creation at some distance, so that a job that is read later is looked at without delay.
func TestQueryJobIsLookedAtOnceItMayBeDone(t *testing.T) {
	t.Parallel()
	const first = 100 * time.Millisecond
	for _, later := range []time.Duration{0, first / 4, first, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			job, err := newOrg(t, finishedQuery(threeRows, 3)).client(nil).CreateQueryJob(t.Context(), "SELECT")
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(later)
			began := time.Now()
			if _, err := collect(job.Batches(t.Context(), threeColumns)); err != nil {
				t.Fatal(err)
			}
			// finishedQuery is done at the second look.
			if took, want := time.Since(began), max(0, first-later)+first; took != want {
				t.Errorf("read %s after it was created the job took %s, want %s", later, took, want)
			}
			job.Remove(t.Context())
		})
	}
}

// A job that nobody has read is aborted first, even for an owner whose context has ended.
func TestQueryJobIsRemovedUnread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		routes := finishedQuery(threeRows, 3)
		routes["PATCH "+queryPath] = answer(200, queryState("Aborted", 0))
		org := newOrg(t, routes)
		ctx, cancel := context.WithCancel(t.Context())
		job, err := org.client(nil).CreateQueryJob(ctx, "SELECT")
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		job.Remove(ctx)
		want := []string{"POST " + data + "/jobs/query", "PATCH " + queryPath, "DELETE " + queryPath}
		if diff := cmp.Diff(want, org.calls()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

func TestQueryJobThatIsRefused(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{"POST " + data + "/jobs/query": answer(400, refusal("INVALIDENTITY", "Entity 'Vote' is not supported"))})
	_, err := org.client(nil).CreateQueryJob(t.Context(), "SELECT Id FROM Vote")
	wantError(t, err, "INVALIDENTITY", "not supported")
}

// The rows that were handed on are compared even where the second download ends with them.
func TestBulkQueryNoticesChangeBehindTheLastRow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		routes := finishedQuery("", 3)
		other := strings.Replace(threeRows, "003A", "003X", 1)
		routes["GET "+resultPath] = answers(cut(page(threeRows+"\n", 3, "null"), len(threeRows)), page(other, 3, "null"))
		_, err := collect(bulkQuery(t.Context(), newOrg(t, routes).client(nil), "SELECT", threeColumns))
		wantError(t, err, salesforce.CodeUnexpectedAnswer, "rows changed")
	})
}

func TestBulkQueryAlignsAndUnquotes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rows, err := collect(bulkQuery(t.Context(), newOrg(t, finishedQuery(threeRows, 3)).client(nil), "SELECT", threeColumns))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(threeRead, rows); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBulkQueryWithoutRows(t *testing.T) {
	t.Parallel()
	for name, csv := range map[string]string{"header only": "\"Id\"\n", "nothing at all": "", "a line break": "\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rows, err := collect(bulkQuery(t.Context(), newOrg(t, finishedQuery(csv, 0)).client(nil), "SELECT", []string{"Id"}))
				if err != nil || len(rows) != 0 {
					t.Errorf("got %v and %v, want nothing", rows, err)
				}
			})
		})
	}
}

// A page may break off anywhere; whatever was handed on must not come again.
func TestBulkQueryContinuesBrokenPage(t *testing.T) {
	t.Parallel()
	whole := page(threeRows, 3, "null")
	for after := range len(threeRows) {
		for kind, broken := range map[string]handler{
			"connection": cut(whole, after),
			"silently":   page(threeRows[:after], 3, "null"),
		} {
			t.Run(fmt.Sprintf("%s after %d", kind, after), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					routes := finishedQuery("", 3)
					routes["GET "+resultPath] = answers(broken, broken, whole)
					org := newOrg(t, routes)
					rows, err := collect(bulkQuery(t.Context(), org.client(nil), "SELECT", threeColumns))
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(threeRead, rows); diff != "" {
						t.Error(diff)
					}
				})
			})
		}
	}
}

func TestBulkQueryRefusesAnswersThatDoNotFit(t *testing.T) {
	t.Parallel()
	good := page(threeRows, 3, "null")
	other := page(strings.Replace(threeRows, "003A", "003X", 1), 3, "null")
	for name, tc := range map[string]struct {
		results handler
		total   int
		says    string
	}{
		"fewer rows in the page": {page(threeRows, 4, "null"), 3, "3 rows came of the 4"},
		"fewer rows in the job":  {good, 4, "of the 4 that job"},
		"rows changed":           {answers(cut(good, len(threeRows)-8), other), 3, "rows changed"},
		"columns changed":        {answers(cut(good, len(threeRows)-8), page("\"Id\"\n\"1\"\n", 1, "null")), 3, "columns changed"},
		"ragged":                 {page("\"Id\",\"Account.Name\",\"Description\"\n\"1\"\n", 1, "null"), 1, "row 2"},
		"a column less":          {page("\"Id\",\"Account.Name\"\n\"1\",\"2\"\n", 1, "null"), 1, "no column description"},
		"the same page for ever": {page(threeRows, 3, "MTA"), 6, "again"},
		"text after a quote":     {page("\"Id\"\n\"1\"x\n", 1, "null"), 1, "row 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				routes := finishedQuery("", tc.total)
				routes["GET "+resultPath] = tc.results
				org := newOrg(t, routes)
				_, err := collect(bulkQuery(t.Context(), org.client(nil), "SELECT", threeColumns))
				wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
				if n := len(org.seen("DELETE " + queryPath)); n != 1 {
					t.Errorf("the job was deleted %d times, want once", n)
				}
			})
		})
	}
}

func TestBulkQueryJobThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		routes := finishedQuery("", 0)
		routes["GET "+queryPath] = answer(200, `{"id":"`+queryJob+`","state":"Failed","errorMessage":"TooManyLockFailure : gave up"}`)
		_, err := collect(bulkQuery(t.Context(), newOrg(t, routes).client(nil), "SELECT", []string{"Id"}))
		wantError(t, err, salesforce.CodeJobFailed, "TooManyLockFailure")
		if !salesforce.IsRetryable(err) {
			t.Error("locks pass, so the error should be retryable")
		}
	})
}

func TestBulkQueryTidiesUpBehindItsReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, finishedQuery(threeRows, 3))
		for _, err := range bulkQuery(t.Context(), org.client(nil), "SELECT", threeColumns) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if n := len(org.seen("DELETE " + queryPath)); n != 1 {
			t.Errorf("a reader who stopped left the job behind: %d deletions", n)
		}

		ctx, cancel := context.WithCancel(t.Context())
		routes := finishedQuery(threeRows, 3)
		routes["GET "+queryPath] = func(w http.ResponseWriter, _ exchange) {
			cancel()
			reply(w, 200, queryState("InProgress", 0))
		}
		routes["PATCH "+queryPath] = answer(200, queryState("Aborted", 0))
		org = newOrg(t, routes)
		_, err := collect(bulkQuery(ctx, org.client(nil), "SELECT", threeColumns))
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want the cancellation", err)
		}
		want := []string{"POST " + data + "/jobs/query", "GET " + queryPath, "PATCH " + queryPath, "DELETE " + queryPath}
		if diff := cmp.Diff(want, org.calls()); diff != "" {
			t.Errorf("a cancelled query (-want +got):\n%s", diff)
		}
	})
}
