package orgsim_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// bubble is an org that is called without a network, so that its time can be that
// of a synctest bubble.
type bubble struct {
	t     *testing.T
	org   *orgsim.Org
	token string
}

// inBubble runs the test with an org whose jobs take two seconds.
func inBubble(t *testing.T, test func(*bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		org, err := orgsim.New(orgsim.Config{BulkPace: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer org.Close()
		b := &bubble{t: t, org: org}
		b.login()
		test(b)
	})
}

func (b *bubble) login() {
	b.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret}}
	b.token = memberOf(b.call(http.MethodPost, "/services/oauth2/token", "application/x-www-form-urlencoded", form.Encode()), "access_token")
}

// call sends a request that must succeed and returns the body.
func (b *bubble) call(method, path, contentType, body string) string {
	b.t.Helper()
	request := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+b.token)
	request.Header.Set("Content-Type", contentType)
	recorder := httptest.NewRecorder()
	b.org.ServeHTTP(recorder, request)
	if recorder.Code >= http.StatusMultipleChoices {
		b.t.Fatalf("%s %s: %d %s", method, path, recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

// closedJob makes an insert of one contact and returns its path.
func (b *bubble) closedJob() string {
	b.t.Helper()
	created := b.call(http.MethodPost, jobs, "application/json", `{"operation":"insert","object":"Contact"}`)
	path := jobs + "/" + memberOf(created, "id")
	b.call(http.MethodPut, path+"/batches", "text/csv", "LastName\nA\n")
	b.call(http.MethodPatch, path, "application/json", `{"state":"UploadComplete"}`)
	return path
}

// statesOf are the states of a job at its start, after the first second and
// after the next one.
func (b *bubble) statesOf(path string) (states []string) {
	b.t.Helper()
	for range 3 {
		states = append(states, memberOf(b.call(http.MethodGet, path, "", ""), "state"))
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
	}
	return states
}

func TestJobsPassThroughTheirStates(t *testing.T) {
	t.Parallel()
	inBubble(t, func(b *bubble) {
		want := []string{"UploadComplete", "InProgress", "JobComplete"}
		if diff := cmp.Diff(want, b.statesOf(b.closedJob())); diff != "" {
			b.t.Errorf("ingest:\n%s", diff)
		}
		created := b.call(http.MethodPost, queryJobs, "application/json", `{"operation":"query","query":"SELECT Id FROM Contact"}`)
		if diff := cmp.Diff(want, b.statesOf(queryJobs+"/"+memberOf(created, "id"))); diff != "" {
			b.t.Errorf("query:\n%s", diff)
		}
	})
}

// A job that is deleted, aborted or forgotten before it is begun writes nothing.
func TestJobsThatAreGoneWriteNothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(b *bubble) {
		b.call(http.MethodDelete, b.closedJob(), "", "")
		aborted := b.closedJob()
		b.call(http.MethodPatch, aborted, "application/json", `{"state":"Aborted"}`)
		if left := b.call(http.MethodGet, aborted+"/unprocessedrecords", "", ""); left != "LastName\n\"A\"\n" {
			b.t.Errorf("unprocessed %q", left)
		}
		b.closedJob()
		if err := b.org.Reset(false); err != nil {
			b.t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := b.org.Writes("Contact"); n != 0 {
			b.t.Errorf("%d rows were written", n)
		}
		b.login()
		b.closedJob()
		time.Sleep(time.Minute)
		if n := b.org.Writes("Contact"); n != 1 {
			b.t.Errorf("%d rows were written by the job that is left", n)
		}
	})
}
