package orgsim_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// transcript is all that a client sees of a scripted session: status, headers and
// body of every answer.
type transcript struct {
	*testBundle

	lines  []string
	polled bool // how often was a matter of time
}

func (s *transcript) note(a *answer) *answer {
	s.lines = append(s.lines, strconv.Itoa(a.status))
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		// The date is the web server's, not the org's; polls count as calls.
		if name != "Date" && (name != "Sforce-Limit-Info" || !s.polled) {
			s.lines = append(s.lines, fmt.Sprint(name, ": ", a.header[name]))
		}
	}
	body := strings.ReplaceAll(a.body, s.server.URL, "https://org")
	s.lines = append(s.lines, strings.Split(body, "\n")...)
	return a
}

func (s *transcript) call(method, path string, body any) *answer {
	s.t.Helper()
	s.lines = append(s.lines, method+" "+path)
	return s.note(s.do(method, path, body))
}

// session does a little of everything, in an order that nothing disturbs.
func (s *transcript) session() {
	s.t.Helper()
	login := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {orgsim.DefaultClientID}, "client_secret": {orgsim.DefaultClientSecret},
	}
	// The identity URL is signed, and with it where the client reached the org.
	s.note(s.form("/services/oauth2/token", login, "Host", "acme.my.salesforce.com"))
	s.call(http.MethodGet, data+"/sobjects/Contact/describe", nil)
	var created []row
	for n := range 30 {
		var rows []string
		for m := range 200 {
			rows = append(rows, contact(fmt.Sprintf(`"LastName":"Contact %d","Email":"c%d@acme.example"`, m, n*200+m)))
		}
		s.call(http.MethodPost, data+"/composite/sobjects", `{"allOrNone":false,"records":[`+strings.Join(rows, ",")+`]}`).decode(&created)
	}
	next := data + "/query?q=" + url.QueryEscape("SELECT Id, Name, Email FROM Contact")
	for next != "" {
		var page struct {
			Next string `json:"nextRecordsUrl"`
		}
		s.call(http.MethodGet, next, nil).decode(&page)
		next = page.Next
	}
	s.call(http.MethodPatch, data+"/sobjects/Contact/"+created[0].ID, `{"Title":"x"}`)
	s.call(http.MethodPatch, data+"/sobjects/Contact/"+created[0].ID, `{"Email":"nonsense"}`)
	s.call(http.MethodGet, data+"/limits", nil)
	s.call(http.MethodGet, "/services/oauth2/userinfo", nil)
	s.jobs()
	s.call(http.MethodGet, "/orgsim/dump?history=true", nil)
}

// jobs notes what jobs have become: the states before are a matter of when a
// client looks.
func (s *transcript) jobs() {
	s.t.Helper()
	s.polled = true
	job := s.createJob("upsert", `"externalIdFieldName":"Email"`)
	s.upload(job, "Email,LastName\nc1@acme.example,One\nnonsense,Two\nnew@acme.example,Three\n")
	s.patchJob(job, "UploadComplete")
	s.await(jobs+"/"+job.ID, "JobComplete")
	for _, path := range []string{"", "/successfulResults", "/failedResults", "/unprocessedrecords"} {
		s.call(http.MethodGet, jobs+"/"+job.ID+path, nil)
	}
	query := s.bulkQuery("SELECT Id, Email FROM Contact")
	locator := ""
	for locator != "null" {
		answer := s.call(http.MethodGet, queryJobs+"/"+query.ID+"/results?maxRecords=2500&locator="+locator, nil)
		locator = answer.header.Get("Sforce-Locator")
	}
}

// Equal seeds and requests give equal answers, to the byte: ids, tokens, pages,
// the order of results, what the limit header says, and whom chance strikes.
func TestAnswersAreRepeatable(t *testing.T) {
	t.Parallel()
	session := func(seed uint64) []string {
		b := setup(t, orgsim.Config{Seed: seed, Now: newClock().now})
		b.org.SetURL("https://org")
		b.org.Faults().Add(fault.Fault{Preset: "row_error", Code: "UNKNOWN_EXCEPTION", Object: "Contact", Percent: 3})
		s := &transcript{testBundle: b}
		s.session()
		return s.lines
	}
	first := session(1)
	if diff := cmp.Diff(first, session(1)); diff != "" {
		t.Errorf("the same again (-first +second):\n%s", diff)
	}
	if cmp.Equal(first, session(2)) {
		t.Error("another seed gives the same answers")
	}
}
