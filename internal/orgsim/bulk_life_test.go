package orgsim_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// startJobs starts jobs of every kind until told to stop, and returns their paths.
func (b *testBundle) startJobs(name string, first func(), stop <-chan struct{}) (paths []string) {
	send := func(method, path, contentType, body string) string {
		got, err := b.try(method, path, body, "Content-Type", contentType)
		if err != nil || got.status >= http.StatusMultipleChoices {
			b.t.Errorf("%s %s: %+v, %v", method, path, got, err)
			return ""
		}
		return memberOf(got.body, "id")
	}
	for n := 0; ; n++ {
		csv := "LastName\n" + name + strconv.Itoa(n) + "\n"
		query := send(http.MethodPost, queryJobs, "application/json", `{"operation":"query","query":"SELECT Id FROM Contact"}`)
		at := send(http.MethodPost, jobs, boundary, multipartJob(`{"operation":"insert","object":"Contact"}`, csv))
		later := jobs + "/" + send(http.MethodPost, jobs, "application/json", `{"operation":"insert","object":"Contact"}`)
		send(http.MethodPut, later+"/batches", "text/csv", csv)
		send(http.MethodPatch, later, "application/json", `{"state":"UploadComplete"}`)
		paths = append(paths, queryJobs+"/"+query, jobs+"/"+at, later)
		if n == 0 {
			first()
		}
		select {
		case <-stop:
			return paths
		default:
		}
	}
}

// Close waits for every job that was started, and none starts later.
func TestCloseWhileClientsStartJobs(t *testing.T) {
	t.Parallel()
	for range 5 {
		b := setup(t, orgsim.Config{})
		closed := make(chan struct{})
		var clients, begun sync.WaitGroup
		var mu sync.Mutex
		var paths []string
		for i := range 4 {
			begun.Add(1)
			clients.Go(func() {
				mine := b.startJobs("client "+strconv.Itoa(i)+" ", begun.Done, closed)
				mu.Lock()
				defer mu.Unlock()
				paths = append(paths, mine...)
			})
		}
		begun.Wait()
		b.org.Close()
		written := b.org.Writes("Contact")
		close(closed)
		clients.Wait()
		if now := b.org.Writes("Contact"); now != written {
			t.Errorf("%d rows were written after the org was closed", now-written)
		}
		for _, path := range paths {
			if state := memberOf(b.get(path).want(http.StatusOK).body, "state"); state != "JobComplete" && state != "Aborted" {
				t.Errorf("%s is %s after the org was closed", path, state)
			}
		}
		for _, path := range b.startJobs("late ", func() {}, closed) {
			if state := memberOf(b.get(path).want(http.StatusOK).body, "state"); state != "Aborted" {
				t.Errorf("%s, started after the org was closed, is %s", path, state)
			}
		}
	}
}

// A job that the org's end finds at work does not stay in progress for ever.
func TestCloseAbortsJobs(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	rule := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 1})
	job := b.createJob("insert")
	b.upload(job, "LastName\nA\nB\n").want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.org.Close()
	if got := b.job(job.ID); got.State != "Aborted" || got.Processed != 1 {
		t.Errorf("the job is %+v", got)
	}
	if left := b.results(job, "unprocessedrecords"); len(left) != 2 || left[1][0] != "B" {
		t.Errorf("unprocessed are %q", left)
	}
}

func TestJobsAreKeptForSevenDays(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := setup(t, orgsim.Config{Now: now.now})
	done, query := b.ingest("insert", "LastName\nA\n"), b.bulkQuery("SELECT Id FROM Contact")
	open := b.createJob("insert")
	rule := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 1})
	held := b.createJob("insert")
	b.upload(held, "LastName\nB\nC\n").want(http.StatusCreated)
	b.patchJob(held, "UploadComplete").want(http.StatusOK)
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	paths := []string{jobs + "/" + done.ID, jobs + "/" + done.ID + "/successfulResults", jobs + "/" + open.ID, jobs + "/" + held.ID, queryJobs + "/" + query.ID, queryJobs + "/" + query.ID + "/results"}

	now.advance(7*24*time.Hour - time.Minute)
	b.login()
	young := b.createJob("insert")
	for _, path := range paths {
		b.get(path).want(http.StatusOK)
	}
	now.advance(2 * time.Minute)
	for _, path := range paths {
		b.get(path).refused(http.StatusNotFound, "NOT_FOUND")
	}
	if listed := b.get(jobs).body; strings.Count(listed, `"id"`) != 1 || !strings.Contains(listed, young.ID) {
		t.Errorf("the list is %s", listed)
	}
	rule.Release()
	b.ingest("insert", "LastName\nD\n") // without a job that holds it up
}

func TestJobsTakeDataForADay(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := setup(t, orgsim.Config{Now: now.now})
	empty, filled := b.createJob("insert"), b.createJob("insert")
	now.advance(24 * time.Hour)
	b.login()
	b.upload(filled, "LastName\nA\n").want(http.StatusCreated)
	now.advance(time.Second)
	b.upload(empty, "LastName\nA\n").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	b.patchJob(filled, "UploadComplete").refused(http.StatusBadRequest, "INVALIDJOBSTATE")
	for _, job := range []jobInfo{empty, filled} {
		if got := b.job(job.ID); got.State != "Open" {
			t.Errorf("the job is %s", got.State)
		}
		b.patchJob(job, "Aborted").want(http.StatusOK)
	}
	if n := b.org.Writes("Contact"); n != 0 {
		t.Errorf("%d rows were written", n)
	}
}
