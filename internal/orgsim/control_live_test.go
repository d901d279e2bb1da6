package orgsim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// faultNames are the names of the faults in force as the control endpoint lists
// them.
func (b *testBundle) faultNames(path string) (names []string) {
	b.t.Helper()
	var list []orgsim.FaultAnswer
	b.get("/orgsim/faults" + path).want(http.StatusOK).decode(&list)
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}

func TestControlFaultsByName(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.do(http.MethodPost, "/orgsim/faults", `[{"preset":"html_503","path":"/a"},{"name":"slow one","preset":"latency","path":"/b"}]`).want(http.StatusCreated)
	b.do(http.MethodPost, "/orgsim/faults", `{"preset":"html_503","path":"/c"}`).want(http.StatusCreated)
	if diff := cmp.Diff([]string{"html_503", "slow one", "html_503"}, b.faultNames("")); diff != "" {
		t.Error(diff)
	}
	slow := "/" + url.PathEscape("slow one")
	if diff := cmp.Diff([]string{"slow one"}, b.faultNames(slow)); diff != "" {
		t.Error(diff)
	}
	b.do(http.MethodDelete, "/orgsim/faults/html_503", nil).want(http.StatusNoContent)
	if diff := cmp.Diff([]string{"slow one"}, b.faultNames("")); diff != "" {
		t.Error(diff)
	}
	for method, path := range map[string]string{
		http.MethodGet: "/orgsim/faults/nope", http.MethodDelete: "/orgsim/faults/nope", http.MethodPost: "/orgsim/faults/nope/release",
	} {
		if got := b.do(method, path, nil).want(http.StatusNotFound); !strings.Contains(got.body, `no fault named \"nope\"`) {
			t.Errorf("%s: %s", method, got.body)
		}
	}
}

func TestControlReleasesByName(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	held := b.org.Faults().Add(fault.Fault{Name: "gate", Action: fault.Hold, Path: data + "/limits"})
	other := b.org.Faults().Add(fault.Fault{Action: fault.Hold, Path: "/nowhere"})
	done := make(chan error, 1)
	go func() {
		_, err := b.try(http.MethodGet, data+"/limits", nil)
		done <- err
	}()
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.do(http.MethodPost, "/orgsim/faults/gate/release", nil).want(http.StatusNoContent)
	if err := <-done; err != nil {
		t.Error(err)
	}
	select {
	case <-other.Released():
		t.Error("another fault was released")
	default:
	}
}

// A list is taken as a whole or not at all, and names are looked up.
func TestControlRefusesFaults(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for body, want := range map[string]string{
		`[]`: "the list holds no fault",
		`[{"preset":"html_503"},{"preset":"html_504"}]`:                             `there is no preset \"html_504\"`,
		`{"action":"hold","colour":"red"}`:                                          `a fault has no property \"colour\"`,
		`{"preset":"row_error","code":"X","object":"Nope"}`:                         "no object of that name: Nope",
		`{"preset":"row_error","code":"X","object":"Contact","where":{"Nope":"1"}}`: "No such column 'Nope'",
		`{"action":"hold"`: "unexpected EOF",
	} {
		if got := b.do(http.MethodPost, "/orgsim/faults", body).want(http.StatusBadRequest); !strings.Contains(got.body, want) {
			t.Errorf("%s: got %s, want %s", body, got.body, want)
		}
	}
	if names := b.faultNames(""); names != nil {
		t.Errorf("faults %v are in force", names)
	}
}

func TestControlJournalIsFiltered(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now})
	noon := clock.now().Add(time.Hour)
	clock.advance(time.Hour)
	b.query("SELECT Id FROM Contact").want(http.StatusOK)
	job := b.ingest("insert", upload(1))
	kinds := func(query string) (kinds []string) {
		var got orgsim.JournalAnswer
		b.get("/orgsim/journal?" + query).want(http.StatusOK).decode(&got)
		for _, e := range got.Entries {
			if e.Kind != "ingest poll" {
				kinds = append(kinds, e.Kind)
			}
		}
		if got.Summary.Total.Requests != len(got.Entries) {
			t.Errorf("%s: %d entries, %d requests", query, len(got.Entries), got.Summary.Total.Requests)
		}
		return kinds
	}
	for query, want := range map[string][]string{
		"kind=ingest+*": {"ingest create", "ingest upload", "ingest close"},
		"after=2&path=" + url.QueryEscape("/services/data/*/jobs/ingest"): {"ingest create"},
		"since=" + url.QueryEscape(noon.Format(time.RFC3339Nano)):         {"query", "ingest create", "ingest upload", "ingest close"},
		"kind=oauth&wait=1s": {"oauth"},
		"kind=nope&wait=1ms": nil,
	} {
		if diff := cmp.Diff(want, kinds(query)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	for _, query := range []string{"kind=[", "after=x", "since=noon", "wait=long"} {
		b.get("/orgsim/journal?" + query).want(http.StatusBadRequest)
	}
	for _, e := range b.org.Journal().Entries() {
		if about := strings.HasPrefix(e.Kind, "ingest"); about != (e.Job == job.ID) || (e.Kind != "oauth") != (e.App == orgsim.DefaultClientID) {
			t.Errorf("entry %+v", e)
		}
	}
	if apps := b.org.Journal().Summary().Apps; len(apps) != 1 || apps[0].App != orgsim.DefaultClientID || apps[0].Calls != b.org.Journal().Calls() {
		t.Errorf("apps %+v", apps)
	}
}

// Whoever waits for a request is told when it has come, or when the org ends.
func TestControlJournalWaits(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, kind := range []string{"limits", "never"} {
		done := make(chan error, 1)
		go func() {
			_, err := b.try(http.MethodGet, "/orgsim/journal?wait=1m&kind="+kind, nil)
			done <- err
		}()
		if kind == "limits" {
			b.get(data + "/limits").want(http.StatusOK)
		} else {
			b.org.Close()
		}
		if err := <-done; err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
