package orgsim_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestDeleteJobsTakeIDsOnly(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Users: []orgsim.User{{Username: "admin@orgsim.example", LastName: "Admin", Email: "admin@orgsim.example", HardDelete: true}}})
	id := b.insert(nil)
	for _, operation := range []string{"delete", "hardDelete"} {
		for _, upload := range []string{"Id,LastName\n" + id + ",Doe\n", "LastName\nDoe\n", "Id,Id\n" + id + "," + id + "\n", "Nope__c,Id\n1," + id + "\n"} {
			job := b.ingest(operation, upload)
			if want := "InvalidBatch : The '" + operation + "' batch must contain only ids"; job.State != "Failed" || job.ErrorMessage != want {
				t.Errorf("%s of %q: job %+v", operation, upload, job)
			}
			if rest := b.results(job, "unprocessedrecords"); len(rest) != 2 {
				t.Errorf("%s of %q: unprocessed %q", operation, upload, rest)
			}
		}
	}
	if _, ok := b.org.Record("Contact", id); !ok {
		t.Fatal("the record is gone")
	}
	if job := b.ingest("delete", "ID\n"+id+"\n"); job.State != "JobComplete" || job.Failed != 0 {
		t.Errorf("job %+v", job)
	}
}

// Rows without ORDER BY have no order to rely on, however few they are; with one,
// or with a LIMIT, they have the query's.
func TestQueryJobRowsHaveNoOrderOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{2, 3, 40} {
		b := setup(t, orgsim.Config{BulkPageRows: 7})
		var want []string
		for n := range rows {
			want = append(want, strconv.Itoa(1000+n))
			b.insert(map[string]string{"LastName": want[n]})
		}
		for soql, ordered := range map[string]bool{"": false, " WHERE LastName > '0'": false, " ORDER BY LastName": true, " LIMIT 50": true} {
			path := queryJobs + "/" + b.bulkQuery("SELECT LastName FROM Contact"+soql).ID
			first, again := b.allRows(path), b.allRows(path)
			if !slices.Equal(first, again) {
				t.Errorf("%d rows%s change their order between readings", rows, soql)
			}
			if slices.Equal(first, want) != ordered {
				t.Errorf("%d rows%s come as %q", rows, soql, first)
			}
			if slices.Sort(first); !slices.Equal(first, want) {
				t.Errorf("%d rows%s are %q", rows, soql, first)
			}
		}
	}
}

// allRows reads the first column of all pages of a query job.
func (b *testBundle) allRows(path string) (rows []string) {
	b.t.Helper()
	for locator := ""; locator != "null"; {
		answer := b.get(path + "/results?locator=" + locator).want(http.StatusOK)
		for line := range strings.Lines(strings.SplitN(answer.body, "\n", 2)[1]) {
			rows = append(rows, strings.Trim(line, "\"\n"))
		}
		locator = answer.header.Get("Sforce-Locator")
	}
	return rows
}

// Bulk API 2.0 came with version 41, its queries with 47.
func TestBulkOfVersionsBeforeIt(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	create := func(path, version, body string) *answer {
		return b.do(http.MethodPost, strings.Replace(path, "v60.0", "v"+version, 1), body)
	}
	const ingest, query = `{"operation":"insert","object":"Contact"}`, `{"operation":"query","query":"SELECT Id FROM Contact"}`
	create(jobs, "40.0", ingest).refused(http.StatusNotFound, "NOT_FOUND")
	create(jobs, "41.0", ingest).want(http.StatusOK)
	create(queryJobs, "46.0", query).refused(http.StatusNotFound, "NOT_FOUND")
	create(queryJobs, "47.0", query).want(http.StatusOK)
	b.get(strings.Replace(jobs, "v60.0", "v31.0", 1)).refused(http.StatusNotFound, "NOT_FOUND")
	b.get(strings.Replace(queryJobs, "v60.0", "v46.0", 1)).refused(http.StatusNotFound, "NOT_FOUND")
}

func TestJobsRefuseMembersTheyWouldPassOver(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	const ingest, query = `{"operation":"insert","object":"Contact",`, `{"operation":"query","query":"SELECT Id FROM Contact",`
	for body, path := range map[string]string{
		ingest + `"state":"UploadComplete"}`:            jobs,
		ingest + `"query":"SELECT Id FROM Contact"}`:    jobs,
		query + `"state":"UploadComplete"}`:             queryJobs,
		query + `"object":"Contact"}`:                   queryJobs,
		query + `"externalIdFieldName":"Key__c"}`:       queryJobs,
		query + `"assignmentRuleId":"01Q000000000001"}`: queryJobs,
		query + `"concurrencyMode":"Serial"}`:           queryJobs,
	} {
		if got := b.do(http.MethodPost, path, body).refused(http.StatusBadRequest, "INVALIDJOB"); !strings.HasPrefix(got.Message, "InvalidJob : ") {
			t.Errorf("%s: message %q", body, got.Message)
		}
	}
	got := b.do(http.MethodPost, jobs, `{"operation":"upsert","object":"Contact","externalIdFieldName":"Title"}`).refused(http.StatusBadRequest, "INVALIDJOB")
	if want := "InvalidJob : Field name provided, Title does not match an External ID, Salesforce Id, or indexed field for Contact"; got.Message != want {
		t.Errorf("message %q", got.Message)
	}
	b.do(http.MethodPost, queryJobs, query+`"state":"","object":"","externalIdFieldName":"","assignmentRuleId":""}`).want(http.StatusOK)
}

func TestQueryResultsCountAgainstStorage(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.insert(nil)
	left := func() int {
		var limits map[string]struct{ Remaining int }
		b.get(data + "/limits").want(http.StatusOK).decode(&limits)
		if _, ok := limits["DailyBulkV2QueryFileStorageMB"]; !ok {
			t.Fatalf("limits %v", slices.Sorted(maps.Keys(limits)))
		}
		return limits["DailyBulkV2QueryFileStorageMB"].Remaining
	}
	fresh := left()
	b.bulkQuery("SELECT Id FROM Account") // of no rows
	if left() != fresh {
		t.Errorf("a result without rows takes %d MB", fresh-left())
	}
	if b.bulkQuery("SELECT Id FROM Contact"); fresh-left() != 1 {
		t.Errorf("a small result takes %d MB", fresh-left())
	}
}
