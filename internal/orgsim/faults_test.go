package orgsim_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

const collections = "/services/data/*/composite/sobjects"

func TestFaultsAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  fault.Fault
		status int
		body   string
	}{
		"HTML 503":         {fault.Unavailable(), http.StatusServiceUnavailable, "<!DOCTYPE html>"},
		"JSON 500":         {fault.ServerError(), http.StatusInternalServerError, `[{"message":"An unexpected error`},
		"daily limit":      {fault.DailyLimit(), http.StatusForbidden, `[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`},
		"concurrent limit": {fault.ConcurrentLimit(), http.StatusForbidden, `[{"message":"ConcurrentRequests`},
		"session":          {fault.Fault{Action: fault.ExpireSession}, http.StatusUnauthorized, `[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, orgsim.Config{})
			id := b.insert(nil)
			test.fault.Path, test.fault.Times = collections, 1
			if test.fault.Action == fault.Respond {
				test.fault.RetryAfter = 7
			}
			rule := b.org.Faults().Add(test.fault)
			b.get(data + "/limits").want(http.StatusOK)
			body := `{"records":[` + contact(`"Id":"`+id+`","Title":"x"`) + `]}`
			got := b.do(http.MethodPatch, data+"/composite/sobjects", body).want(test.status)
			if !strings.HasPrefix(got.body, test.body) || rule.Hits() != 1 || b.org.Writes("Contact") != 0 {
				t.Errorf("got %s after %d hits", got.body, rule.Hits())
			}
			if test.fault.Action == fault.Respond && got.header.Get("Retry-After") != "7" {
				t.Errorf("headers %v", got.header)
			}
			b.login()
			b.do(http.MethodPatch, data+"/composite/sobjects", body).want(http.StatusOK)
		})
	}
}

func TestFaultsCutConnections(t *testing.T) {
	t.Parallel()
	for action, writes := range map[fault.Action]int{fault.ResetBefore: 0, fault.ResetAfter: 1} {
		b := setup(t, orgsim.Config{})
		id := b.insert(nil)
		b.org.Faults().Add(fault.Fault{Name: "cut", Method: http.MethodPatch, Path: collections, Action: action})
		_, err := b.try(http.MethodPatch, data+"/composite/sobjects", `{"records":[`+contact(`"Id":"`+id+`","Title":"x"`)+`]}`)
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: got %v, want a reset", action, err)
		}
		b.org.Faults().Clear()
		if n := b.org.Writes("Contact"); n != writes {
			t.Errorf("%s: %d writes, want %d", action, n, writes)
		}
		b.get(data + "/limits").want(http.StatusOK)
		entries := b.org.Journal().Entries()
		cut := entries[len(entries)-2]
		if cut.Status != 0 || cut.Fault != "cut" || cut.Calls != writes {
			t.Errorf("%s: journal %+v", action, cut)
		}
	}
}

// Nothing of an answer arrives, also where it is longer than any buffer.
func TestFaultsCutLongAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Action: fault.ResetAfter})
	if got, err := b.try(http.MethodGet, data+"/sobjects/Contact/describe", nil); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %v, %v, want a reset", got, err)
	}
	if entries := b.org.Journal().Entries(); entries[len(entries)-1].BytesOut != 0 {
		t.Errorf("journal %+v", entries[len(entries)-1])
	}
}

// Without a connection to cut, as behind an in-memory transport, the handler is
// aborted.
func TestFaultsAbortHandlersWithoutConnection(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Action: fault.ResetBefore})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler { //nolint:errorlint // what recover gives is the value itself
			t.Errorf("recovered %v", got)
		}
	}()
	b.org.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/services/data", nil))
	t.Error("the handler returned")
}

func TestFaultHolds(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	rule := b.org.Faults().Add(fault.Fault{Path: data + "/sobjects/**", Action: fault.Hold, Times: 1})
	done := make(chan int)
	go func() {
		defer close(done)
		answer, err := b.try(http.MethodPatch, data+"/sobjects/Contact/"+id, `{"Title":"x"}`)
		if err != nil {
			t.Error(err)
			return
		}
		done <- answer.status
	}()
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.org.Writes("Contact") != 0 {
		t.Error("the held request took effect")
	}
	rule.Release()
	rule.Release()
	if status := <-done; status != http.StatusNoContent || b.org.Writes("Contact") != 1 {
		t.Errorf("status %d", status)
	}
}

func TestFaultHoldEndsWithTheOrg(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	rule := b.org.Faults().Add(fault.Fault{Action: fault.Hold})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = b.try(http.MethodGet, data+"/limits", nil) // whatever it gives, it ends
	}()
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.org.Close()
	b.org.Close()
	<-done
}

func TestFaultCounting(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	late := fault.ServerError()
	late.Path, late.After, late.Times = data+"/limits", 2, 2
	rule := b.org.Faults().Add(late)
	var got []int
	for range 6 {
		got = append(got, b.get(data+"/limits").status)
	}
	if diff := cmp.Diff([]int{200, 200, 500, 500, 200, 200}, got); diff != "" {
		t.Error(diff)
	}
	if rule.Hits() != 2 {
		t.Errorf("%d hits", rule.Hits())
	}
	rule = b.org.Faults().Add(fault.ServerError())
	b.get(data + "/limits").want(http.StatusInternalServerError)
	rule.Remove()
	b.get(data + "/limits").want(http.StatusOK)
}

func TestFaultDelay(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Latency: time.Microsecond})
	b.org.Faults().Add(fault.Fault{Path: data + "/limits", Action: fault.Delay, Delay: fault.Duration(time.Hour)})
	b.get(data + "/sobjects").want(http.StatusOK)
	ctx, cancel := context.WithCancel(t.Context())
	rule := b.org.Faults().Rules()[0]
	go func() {
		_ = rule.Wait(ctx)
		cancel()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+data+"/limits", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := b.client.Do(request); err == nil {
		response.Body.Close()
		t.Error("the delayed request was answered")
	}
}

func TestLockedRows(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	account, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	child, other := b.insert(map[string]string{"AccountId": account}), b.insert(nil)
	b.org.Faults().Add(fault.Fault{Action: fault.LockRows, IDs: []string{account}, Times: 2})
	rows := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+child+`","Title":"x"`), contact(`"Id":"`+other+`","Title":"x"`))
	if rows[0].code() != "UNABLE_TO_LOCK_ROW" || rows[1].code() != "" {
		t.Errorf("got %+v", rows)
	}
	if want := "unable to obtain exclusive access to this record or 1 records: " + account; rows[0].Errors[0].Message != want {
		t.Errorf("message %q", rows[0].Errors[0].Message)
	}
	job := b.ingest("update", "Id,Title\n"+child+",y\n"+other+",y\n")
	if job.Failed != 1 || b.results(job, "failedResults")[1][1] != "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: "+account+":--" {
		t.Errorf("job %+v", job)
	}
	if again := b.ingest("update", "Id,Title\n"+child+",y\n"); again.Failed != 0 {
		t.Errorf("the third write failed: %+v", again)
	}
	b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", Times: 1})
	if rows := b.collection(http.MethodPatch, "", false, contact(`"Id":"`+other+`","Title":"z"`)); rows[0].code() != "UNABLE_TO_LOCK_ROW" {
		t.Errorf("got %+v", rows)
	}
}

func upload(rows int) string {
	var csv strings.Builder
	csv.WriteString("LastName\n")
	for n := range rows {
		csv.WriteString(strconv.Itoa(n) + "\n")
	}
	return csv.String()
}

func TestJobFailsMidway(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Object: "Contact", Rows: 250, Times: 1})
	job := b.ingest("insert", upload(600))
	if job.State != "Failed" || job.Processed != 250 && job.Processed != 0 || !strings.HasPrefix(job.ErrorMessage, "Timeout : ") || b.org.Writes("Contact") != 250 {
		t.Errorf("job %+v after %d writes", job, b.org.Writes("Contact"))
	}
	done, left := b.results(job, "successfulResults"), b.results(job, "unprocessedrecords")
	if len(done)-1 != 250 || len(left)-1 != 350 {
		t.Errorf("%d done, %d left", len(done)-1, len(left)-1)
	}
	if again := b.ingest("insert", upload(10)); again.State != "JobComplete" {
		t.Errorf("job %+v", again)
	}
	b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Message: "TooManyLockFailure : Too many lock failure (200)"})
	if job := b.ingest("insert", upload(10)); job.Processed != 0 || job.ErrorMessage != "TooManyLockFailure : Too many lock failure (200)" {
		t.Errorf("job %+v", job)
	}
}

func TestJobIsHeldAndAborted(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var rule *fault.Rule
	for name, end := range map[string]func(jobInfo){
		"JobComplete": func(jobInfo) { rule.Release() },
		"Aborted":     func(job jobInfo) { b.patchJob(job, "Aborted").want(http.StatusOK) },
	} {
		b.org.Faults().Clear()
		rule = b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
		job := b.createJob("insert")
		b.upload(job, upload(500)).want(http.StatusCreated)
		b.patchJob(job, "UploadComplete").want(http.StatusOK)
		if err := rule.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(30 * time.Second); b.job(job.ID).Processed < 200; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the held job stays at %+v", b.job(job.ID))
			}
		}
		if held := b.job(job.ID); held.State != "InProgress" || held.Processed != 200 {
			t.Fatalf("the held job is %+v", held)
		}
		b.do(http.MethodDelete, jobs+"/"+job.ID, nil).refused(http.StatusBadRequest, "INVALIDJOBSTATE")
		end(job)
		ended := b.await(jobs+"/"+job.ID, name)
		done, left := b.results(job, "successfulResults"), b.results(job, "unprocessedrecords")
		if len(done)-1+len(left)-1 != 500 || ended.Processed != len(done)-1 {
			t.Errorf("%s: %d done, %d left, job %+v", name, len(done)-1, len(left)-1, ended)
		}
	}
}

func TestJobEndsWithTheOrg(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	rule := b.org.Faults().Add(fault.Fault{Action: fault.HoldJob, Rows: 200})
	job := b.createJob("insert")
	b.upload(job, upload(500)).want(http.StatusCreated)
	b.patchJob(job, "UploadComplete").want(http.StatusOK)
	if err := rule.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.org.Close()
	if ended := b.job(job.ID); ended.State != "Aborted" || b.org.Writes("Contact") > 200 {
		t.Errorf("the job is %+v after %d writes", ended, b.org.Writes("Contact"))
	}
}

// A fault of jobs strikes those that read where its kind says so.
func TestQueryJobIsStruckByKind(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	rule := b.org.Faults().Add(fault.Fault{Preset: "fail_job", Kind: "bulk query*"})
	if job := b.ingest("insert", upload(1)); job.State != "JobComplete" {
		t.Errorf("the ingest job is %+v", job)
	}
	var job jobInfo
	b.do(http.MethodPost, queryJobs, `{"operation":"query","query":"SELECT Id FROM Contact"}`).want(http.StatusOK).decode(&job)
	if failed := b.await(queryJobs+"/"+job.ID, "JobComplete", "Failed"); failed.State != "Failed" || rule.Hits() != 1 {
		t.Errorf("the query job is %+v after %d hits", failed, rule.Hits())
	}
}
