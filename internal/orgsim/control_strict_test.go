package orgsim_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// A call that the control port does not know is answered with what there is.
func TestControlRefusesTheUnknown(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for _, test := range []struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		{http.MethodGet, "/orgsim/nope", nil, http.StatusNotFound, "there is no GET /orgsim/nope; there are GET /orgsim/journal, DELETE /orgsim/journal, "},
		{http.MethodPut, "/orgsim/journal", nil, http.StatusMethodNotAllowed, "there are GET, DELETE"},
		{http.MethodGet, "/orgsim/journal?foo=1", nil, http.StatusBadRequest, `has no parameter \"foo\": it has after, kind, path, since, wait`},
		{http.MethodGet, "/orgsim/faults?name=x", nil, http.StatusBadRequest, `has no parameter \"name\": it has none`},
		{http.MethodPost, "/orgsim/reset?records=yes", nil, http.StatusBadRequest, `records \"yes\" is neither true nor false`},
		{http.MethodGet, "/orgsim/dump?history=1", nil, http.StatusBadRequest, `history \"1\" is neither true nor false`},
		{http.MethodPost, "/orgsim/faults", "", http.StatusBadRequest, "the body holds no fault"},
		{http.MethodPost, "/orgsim/faults", `{"preset":"latency"} {}`, http.StatusBadRequest, "the body goes on after its JSON document"},
		{http.MethodPost, "/orgsim/faults", `[{"preset":"latency"},{"preset":"lock_rows","object":"Nope"}]`, http.StatusBadRequest, `,"index":1,"property":"object"}`},
	} {
		if got := b.do(test.method, test.path, test.body).want(test.status); !strings.Contains(got.body, test.says) {
			t.Errorf("%s %s: got %s, want %s", test.method, test.path, got.body, test.says)
		}
	}
	if rules := b.org.Faults().Rules(); len(rules) != 0 {
		t.Errorf("%d faults are in force", len(rules))
	}
}

// From the address that was called the caller is this machine too; a browser says
// that it is one.
func TestControlUnderAnAddressOfThisMachine(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for name, test := range map[string]struct {
		from, host, called, site string
		status                   int
	}{
		"its own address":  {"192.0.2.7:5000", "192.0.2.7:8080", "192.0.2.7:8080", "", http.StatusOK},
		"its own, by IPv6": {"[2001:db8::7]:5000", "[2001:db8::7]:8080", "[2001:db8::7]:8080", "", http.StatusOK},
		"another machine":  {"192.0.2.8:5000", "192.0.2.7:8080", "192.0.2.7:8080", "", http.StatusForbidden},
		"another's name":   {"192.0.2.7:5000", "192.0.2.9:8080", "192.0.2.7:8080", "", http.StatusForbidden},
		"a name":           {"192.0.2.7:5000", "evil.example:8080", "192.0.2.7:8080", "", http.StatusForbidden},
		"a page elsewhere": {"127.0.0.1:5000", "127.0.0.1:8080", "127.0.0.1:8080", "cross-site", http.StatusForbidden},
	} {
		called, err := net.ResolveTCPAddr("tcp", test.called)
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, called), http.MethodGet, "/orgsim/journal", nil)
		request.RemoteAddr, request.Host = test.from, test.host
		if test.site != "" {
			request.Header.Set("Sec-Fetch-Site", test.site)
		}
		recorder := httptest.NewRecorder()
		b.org.ServeHTTP(recorder, request)
		if recorder.Code != test.status {
			t.Errorf("%s got %d, want %d", name, recorder.Code, test.status)
		}
	}
}

// What can never strike, or has another's name, is refused as a whole.
func TestAddFaultsRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	if err := b.org.AddFaults(fault.Fault{Name: "slow", Preset: "latency"}, fault.Fault{Preset: "html_503"}, fault.Fault{Preset: "html_503", Path: "/a"}); err != nil {
		t.Fatal(err)
	}
	host := orgsim.NewLoginHost(false, b.org)
	t.Cleanup(host.Close)
	for want, err := range map[string]error{
		`there is a fault "slow" in force`:                     b.org.AddFaults(fault.Fault{Name: "slow", Preset: "json_500"}),
		`kind "ingst poll" matches no kind of call; did you`:   b.org.AddFaults(fault.Fault{Preset: "html_503", Kind: "ingst poll"}),
		"no object of the org has a field Nope":                b.org.AddFaults(fault.Fault{Preset: "row_error", Code: "X", Fields: []string{"Nope"}}),
		"No such column 'Nope'":                                b.org.AddFaults(fault.Fault{Preset: "lock_rows", Object: "Contact", Where: map[string]string{"Nope": ""}}),
		`kind "query" matches no kind of call; there are iden`: host.AddFaults(fault.Fault{Preset: "html_503", Kind: "query"}),
		"a login host has neither records nor jobs":            host.AddFaults(fault.Fault{Preset: "lock_rows", Object: "Contact"}),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, ok := errors.AsType[*orgsim.FaultError](err); !ok {
			t.Errorf("%v does not say which fault", err)
		}
	}
	if err := host.AddFaults(fault.Fault{Preset: "html_503", Kind: "oauth*"}); err != nil {
		t.Error(err)
	}
	if rules := b.org.Faults().Rules(); len(rules) != 3 {
		t.Errorf("%d faults are in force", len(rules))
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for want, config := range map[string]orgsim.Config{
		"page size 2001 is more than 2000":                     {PageSize: 2_001},
		"page size must not be negative":                       {PageSize: -5},
		"daily calls must not be negative":                     {DailyCalls: -1},
		"latency must not be negative":                         {Latency: -1},
		"session lifetime must not be negative":                {Sessions: orgsim.SessionPolicy{Lifetime: -1}},
		"idle lifetime of refresh tokens must not be negative": {App: orgsim.App{RefreshTokens: orgsim.RefreshPolicy{IdleLifetime: -1}}},
	} {
		if _, err := orgsim.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The journal tells what struck rows, what was uploaded, and how long a body was
// that nobody read.
func TestJournalTellsRowsAndBytes(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	id := b.insert(nil)
	b.org.Faults().Add(fault.Fault{Preset: "lock_rows", Times: 2})
	b.collection(http.MethodPatch, "", false, contact(`"Id":"`+id+`","Title":"x"`))
	body := `{"compositeRequest":[{"method":"PATCH","url":"` + data + `/sobjects/Contact/` + id + `","referenceId":"a","body":{"Title":"y"}}]}`
	b.do(http.MethodPost, data+"/composite", body).want(http.StatusOK)
	b.do(http.MethodPost, data+"/nowhere", `{"Title":"x"}`).want(http.StatusNotFound)
	job := b.createJob("insert")
	b.upload(job, "LastName\nDoe\nRoe\n").want(http.StatusCreated)
	type line struct {
		Kind, Fault string
		Rows        int
		Bytes       int64
	}
	var got []line
	for _, e := range b.org.Journal().Entries() {
		switch e.Kind {
		case "collections update", "composite":
			got = append(got, line{Kind: e.Kind, Fault: e.Fault})
		case "other", "ingest upload":
			got = append(got, line{Kind: e.Kind, Rows: e.Rows, Bytes: e.BytesIn})
		}
	}
	want := []line{{Kind: "collections update", Fault: "lock_rows"}, {Kind: "composite", Fault: "lock_rows"}, {Kind: "other", Bytes: 13}, {Kind: "ingest upload", Rows: 2, Bytes: 17}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Of a share, no more than so much is kept of an answer without a length, and one
// with a length is passed on as it comes.
func TestShareOfLongAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{SteadyPages: true})
	const records = 600
	if _, err := b.org.LoadCSV("Contact", strings.NewReader("LastName,Description\n"+strings.Repeat("Doe,"+strings.Repeat("x", 30_000)+"\n", records))); err != nil {
		t.Fatal(err)
	}
	job := b.bulkQuery("SELECT Description FROM Contact")
	whole, err := b.fetch(data+"/sobjects/Contact/describe", false)
	if err != nil {
		t.Fatal(err)
	}
	b.org.Faults().Add(fault.Fault{Action: fault.TruncateBody, Orderly: true})
	for path, want := range map[string]int{queryJobs + "/" + job.ID + "/results": 4 << 20, data + "/sobjects/Contact/describe": len(whole) / 2} {
		if got, err := b.fetch(path, false); len(got) != want || err != nil {
			t.Errorf("%s: %d bytes arrived, want %d; %v", path, len(got), want, err)
		}
	}
}
