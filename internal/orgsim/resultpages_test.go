package orgsim_test

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// resultPages is the answer that lists where a query job's result is.
type resultPages struct {
	Pages []struct {
		URL string `json:"resultUrl"`
	} `json:"resultPages"`
	Next *string `json:"nextRecordsUrl"`
	Done bool    `json:"done"`
}

// pages lists all pages of a job's result.
func (b *testBundle) pages(path string) (urls []string) {
	b.t.Helper()
	for {
		var list resultPages
		b.get(path).want(http.StatusOK).decode(&list)
		if len(list.Pages) == 0 || len(list.Pages) > 5 || list.Done != (list.Next == nil) {
			b.t.Fatalf("%d pages at a time, done %t", len(list.Pages), list.Done)
		}
		for _, page := range list.Pages {
			urls = append(urls, page.URL)
		}
		if list.Done {
			return urls
		}
		path = *list.Next
	}
}

func TestQueryJobPagesInParallel(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 50})
	for n := range 450 {
		b.insert(map[string]string{"LastName": strconv.Itoa(n)})
	}
	job := b.bulkQuery("SELECT LastName FROM Contact")
	path := queryJobs + "/" + job.ID
	urls := b.pages(path + "/resultPages")
	if len(urls) < 9 || len(urls) != len(b.pages(path+"/resultPages")) {
		t.Fatalf("%d pages", len(urls))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var reading sync.WaitGroup
	for _, url := range urls {
		if !strings.HasPrefix(url, path+"/results?locator=") {
			t.Fatalf("a page at %s", url)
		}
		reading.Go(func() {
			rows, err := csv.NewReader(strings.NewReader(b.get(url).body)).ReadAll()
			mu.Lock()
			defer mu.Unlock()
			if err != nil || len(rows) < 2 || rows[0][0] != "LastName" {
				t.Errorf("%s: %q, %v", url, rows, err)
				return
			}
			for _, r := range rows[1:] {
				seen[r[0]]++
			}
		})
	}
	reading.Wait()
	for n, times := range seen {
		if times != 1 {
			t.Errorf("%s came %d times", n, times)
		}
	}
	if len(seen) != 450 {
		t.Errorf("%d rows", len(seen))
	}
}

func TestQueryJobPagesRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 1})
	b.insert(nil)
	b.insert(nil)
	job, other := b.bulkQuery("SELECT Id FROM Contact"), b.bulkQuery("SELECT Id FROM Contact")
	path := queryJobs + "/" + job.ID
	locator := b.get(path + "/results").want(http.StatusOK).header.Get("Sforce-Locator")
	b.get(path + "/results?locator=" + locator).want(http.StatusOK)
	for _, foreign := range []string{
		queryJobs + "/" + other.ID + "/results?locator=" + locator, // another job's
		path + "/results?locator=MQ",                               // base64 of 1
		path + "/results?locator=null",
		path + "/resultPages?locator=x",
	} {
		b.get(foreign).refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
	}
	b.get(strings.Replace(path, "v60.0", "v61.0", 1)+"/resultPages").refused(http.StatusConflict, "INVALIDVERSION")
	b.get(strings.Replace(path, "v60.0", "v57.0", 1)+"/resultPages").refused(http.StatusNotFound, "NOT_FOUND")
	b.get(queryJobs+"/750000000000000AAA/resultPages").refused(http.StatusNotFound, "NOT_FOUND")

	empty := b.bulkQuery("SELECT Id FROM Account")
	if urls := b.pages(queryJobs + "/" + empty.ID + "/resultPages"); len(urls) != 1 || b.get(urls[0]).want(http.StatusOK).body != "\"Id\"\n" {
		t.Errorf("a result without rows has %q", urls)
	}
}

func TestQueryJobMaxRecords(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{BulkPageRows: 2, SteadyPages: true})
	for range 5 {
		b.insert(nil)
	}
	path := queryJobs + "/" + b.bulkQuery("SELECT Id FROM Contact").ID + "/results?maxRecords="
	for _, most := range []string{"1", "2", "3", "9223372036854775807"} {
		rows := 0
		for locator := ""; locator != "null"; {
			got := b.get(path + most + "&locator=" + locator).want(http.StatusOK)
			page := strings.Count(got.body, "\n") - 1
			if page < 1 || page > 2 || most == "1" && page > 1 || got.header.Get("Sforce-NumberOfRecords") != strconv.Itoa(page) {
				t.Fatalf("maxRecords=%s: a page of %d rows, %v", most, page, got.header)
			}
			rows += page
			locator = got.header.Get("Sforce-Locator")
		}
		if rows != 5 {
			t.Errorf("maxRecords=%s: %d rows", most, rows)
		}
	}
	for _, bad := range []string{"0", "-1", "x", "1.5"} {
		b.get(path+bad).refused(http.StatusBadRequest, "INVALIDJOB")
	}
}
