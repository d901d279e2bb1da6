package orgsim_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestControlJournal(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.insert(nil)
	b.query("SELECT Id FROM Contact").want(http.StatusOK)
	b.query("SELECT Nope FROM Contact").want(http.StatusBadRequest)
	var got orgsim.JournalAnswer
	b.get("/orgsim/journal").want(http.StatusOK).decode(&got)
	var kinds []string
	for _, e := range got.Entries {
		kinds = append(kinds, e.Kind)
		if e.Time.IsZero() || e.Duration <= 0 || strings.Contains(e.Path, "?") || e.BytesOut == 0 {
			t.Errorf("entry %+v", e)
		}
	}
	if diff := cmp.Diff([]string{"oauth", "query", "query"}, kinds); diff != "" {
		t.Error(diff)
	}
	if s := got.Summary; s.Total.Calls != 2 || s.Total.Rows != 1 || s.Total.Failures != 1 {
		t.Errorf("summary %+v", s)
	}
	b.do(http.MethodDelete, "/orgsim/journal", nil).want(http.StatusNoContent)
	if entries := b.org.Journal().Entries(); len(entries) != 0 {
		t.Errorf("%d entries", len(entries))
	}
}

func TestControlRecords(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(map[string]string{"Secret__c": "s", "Number__c": "5"})
	b.do(http.MethodPatch, data+"/sobjects/Contact/"+id, `{"Title":"x"}`).want(http.StatusNoContent)

	var dumped []map[string]any
	b.get("/orgsim/records/contact").want(http.StatusOK).decode(&dumped)
	if len(dumped) != 1 || dumped[0]["Secret__c"] != "s" || dumped[0]["Number__c"] != 5.0 || dumped[0]["Email"] != nil {
		t.Errorf("dump %v", dumped)
	}
	var writes []orgsim.Write
	b.get("/orgsim/records/Contact/" + id + "/history").want(http.StatusOK).decode(&writes)
	if diff := cmp.Diff([]orgsim.Change{{Field: "Title", After: "x"}}, writes[0].Changes); diff != "" {
		t.Error(diff)
	}
	found := b.get("/orgsim/query?q=" + url.QueryEscape("SELECT Id, Secret__c FROM Contact")).want(http.StatusOK)
	if want := `[{"Id":"` + id + `","Secret__c":"s"}]` + "\n"; found.body != want {
		t.Errorf("got %s, want %s", found.body, want)
	}
	if count := b.get("/orgsim/query?q=" + url.QueryEscape("SELECT COUNT() FROM Contact")).want(http.StatusOK).body; count != `{"totalSize":1}`+"\n" {
		t.Errorf("got %s", count)
	}
	if none := b.get("/orgsim/query?q=" + url.QueryEscape("SELECT Id FROM Lead")).want(http.StatusOK).body; none != "[]\n" {
		t.Errorf("got %s", none)
	}
	for path, status := range map[string]int{
		"/orgsim/records/Nope":                            http.StatusNotFound,
		"/orgsim/records/Contact/003000000000000/history": http.StatusNotFound,
		"/orgsim/query?q=x":                               http.StatusBadRequest,
		"/orgsim/nope":                                    http.StatusNotFound,
	} {
		b.get(path).want(status)
	}
	if calls := b.org.Journal().Calls(); calls != 1 {
		t.Errorf("control calls were counted: %d", calls)
	}
}

func TestControlFaultsAndSessions(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.do(http.MethodPost, "/orgsim/faults", `{"name":"down","path":"/services/data/*/limits","action":"respond","status":503}`).want(http.StatusCreated)
	b.get(data + "/limits").want(http.StatusServiceUnavailable)
	var list []orgsim.FaultAnswer
	b.get("/orgsim/faults").want(http.StatusOK).decode(&list)
	if len(list) != 1 || list[0].Name != "down" || list[0].Hits != 1 {
		t.Errorf("faults %+v", list)
	}
	b.do(http.MethodPost, "/orgsim/faults/release", nil).want(http.StatusNoContent)
	b.do(http.MethodDelete, "/orgsim/faults", nil).want(http.StatusNoContent)
	b.get(data + "/limits").want(http.StatusOK)
	for _, body := range []string{`{"action":"explode"}`, `{"action":"hold","colour":"red"}`, `{`} {
		b.do(http.MethodPost, "/orgsim/faults", body).want(http.StatusBadRequest)
	}
	b.do(http.MethodPost, "/orgsim/sessions/expire", nil).want(http.StatusNoContent)
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
}

func TestControlReset(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	b.insert(nil)
	job := b.createJob("update")
	b.do(http.MethodPost, "/orgsim/reset", nil).want(http.StatusNoContent)
	b.get(data+"/limits").refused(http.StatusUnauthorized, "INVALID_SESSION_ID")
	b.login()
	b.get(jobs+"/"+job.ID).refused(http.StatusNotFound, "NOT_FOUND")
	if rows := b.rows("SELECT Id FROM Contact"); len(rows) != 1 {
		t.Errorf("%d contacts are left, want 1", len(rows))
	}
	b.do(http.MethodPost, "/orgsim/reset?records=true", nil).want(http.StatusNoContent)
	b.login()
	if rows := b.rows("SELECT Id FROM Contact"); len(rows) != 0 {
		t.Errorf("%d contacts are left", len(rows))
	}
	b.get("/services/oauth2/userinfo").want(http.StatusOK)
}

func TestControlIsForThisMachine(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	here := "127.0.0.1:5000"
	for name, test := range map[string]struct {
		from, host string
		header     string
		status     int
	}{
		"IPv4":               {here, "127.0.0.1:8080", "", http.StatusOK},
		"IPv6":               {"[::1]:5000", "[::1]:8080", "", http.StatusOK},
		"IPv6, no port":      {"[::1]:5000", "[::1]", "", http.StatusOK},
		"IPv4 in IPv6":       {"[::ffff:127.0.0.1]:500", "localhost:8080", "", http.StatusOK},
		"another machine":    {"192.0.2.1:5000", "127.0.0.1:8080", "", http.StatusForbidden},
		"another, by IPv6":   {"[2001:db8::1]:5000", "[::1]:8080", "", http.StatusForbidden},
		"nobody":             {"nobody", "127.0.0.1:8080", "", http.StatusForbidden},
		"a rebound name":     {here, "evil.example:8080", "", http.StatusForbidden},
		"a name like it":     {here, "localhost.evil.example", "", http.StatusForbidden},
		"a browser's page":   {here, "127.0.0.1:8080", "Origin", http.StatusForbidden},
		"a proxy":            {here, "127.0.0.1:8080", "X-Forwarded-For", http.StatusForbidden},
		"a standard proxy":   {here, "127.0.0.1:8080", "Forwarded", http.StatusForbidden},
		"another kind of it": {here, "127.0.0.1:8080", "Via", http.StatusForbidden},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/orgsim/journal", nil)
		request.RemoteAddr, request.Host = test.from, test.host
		if test.header != "" {
			request.Header.Set(test.header, "https://evil.example")
		}
		recorder := httptest.NewRecorder()
		b.org.ServeHTTP(recorder, request)
		if recorder.Code != test.status {
			t.Errorf("%s got %d, want %d", name, recorder.Code, test.status)
		}
	}
}
