package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]fault.Fault{
		"no action":      {},
		"unknown action": {Action: "explode"},
		"a broken glob":  {Action: fault.Hold, Path: "[a"},
		"no status":      {Action: fault.Respond},
		"a low status":   {Action: fault.Respond, Status: 101},
		"negative":       {Action: fault.FailJob, Rows: -1},
		"a broken kind":  {Action: fault.Hold, Kind: "{"},
		"a header glob":  {Action: fault.Hold, Header: map[string]string{"X": "["}},
		"above all":      {Action: fault.Hold, Percent: 101},
		"two measures":   {Action: fault.TruncateBody, Bytes: 1, Lines: 1},
		"a large share":  {Action: fault.TruncateBody, Share: 101},
		"no code":        {Action: fault.RowError},
		"a name of path": {Action: fault.Hold, Name: "a/b"},
		"an odd id":      {Action: fault.LockRows, IDs: []string{"003"}},
		"a wrong method": {Action: fault.Hold, Method: "FETCH"},
		"an odd code":    {Action: fault.RowError, Code: "no such code!"},
		"an odd job":     {Action: fault.HoldJob, Kind: "query"},
	} {
		if f.Check() == nil {
			t.Errorf("%s: Check took it", name)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: Add took it", name)
				}
			}()
			new(fault.Injector).Add(f)
		}()
	}
}

// A property that the action takes no notice of is refused by its name.
func TestPropertiesApply(t *testing.T) {
	t.Parallel()
	for property, f := range map[string]fault.Fault{
		"kind":   {Preset: "lock_rows", Kind: "query"},
		"path":   {Preset: "maintenance", Path: "/a"},
		"method": {Preset: "hang_job", Method: "PUT"},
		"header": {Preset: "lock_parents", Header: map[string]string{"A": "b"}},
		"object": {Preset: "html_503", Object: "Contact"},
		"where":  {Preset: "fail_job", Where: map[string]string{"Title": "x"}},
		"ids":    {Preset: "html_503", IDs: []string{own}},
		"rows":   {Preset: "html_503", Rows: 5},
		"status": {Preset: "latency", Status: 418},
		"code":   {Preset: "lock_rows", Code: "X"},
		"delay":  {Preset: "lock_rows", Delay: 1},
	} {
		_, err := f.Settled()
		wrong, ok := errors.AsType[*fault.PropertyError](err)
		if !ok || wrong.Property != property || !strings.Contains(err.Error(), property+" does not go with action") {
			t.Errorf("%s: got %v", property, err)
		}
	}
}

func TestJobsAreChosen(t *testing.T) {
	t.Parallel()
	const ingest, query = "/services/data/v60.0/jobs/ingest/750x", "/services/data/v60.0/jobs/query/750y"
	for name, test := range map[string]struct {
		fault          fault.Fault
		ingests, reads bool
	}{
		"by default":     {fault.Fault{}, true, false},
		"by kind":        {fault.Fault{Kind: "ingest"}, true, false},
		"reads by kind":  {fault.Fault{Kind: "bulk query*"}, false, true},
		"both by kind":   {fault.Fault{Kind: "*"}, true, true},
		"reads by path":  {fault.Fault{Path: "**/jobs/query/*"}, false, true},
		"by object":      {fault.Fault{Kind: "*", Object: "contact"}, true, true},
		"another object": {fault.Fault{Kind: "*", Object: "Lead"}, false, false},
	} {
		test.fault.Action = fault.FailJob
		var injector fault.Injector
		injector.Add(test.fault)
		got := []bool{len(injector.Job(ingest, "Contact")) == 1, len(injector.QueryJob(query, "Contact")) == 1}
		if diff := cmp.Diff([]bool{test.ingests, test.reads}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestMatching(t *testing.T) {
	t.Parallel()
	get := fault.Request{Method: "GET", Path: "/a", Kind: "ingest poll", Header: http.Header{"Sforce-Call-Options": {"client=sync/1"}}}
	deep := fault.Request{Method: "GET", Path: "/a/b/b/c"}
	for name, test := range map[string]struct {
		fault   fault.Fault
		request fault.Request
		want    bool
	}{
		"everything":      {fault.Fault{Action: fault.Hold}, get, true},
		"method":          {fault.Fault{Action: fault.Hold, Method: "get"}, get, true},
		"another method":  {fault.Fault{Action: fault.Hold, Method: "PUT"}, get, false},
		"one segment":     {fault.Fault{Action: fault.Hold, Path: "/a/*/b/c"}, deep, true},
		"two segments":    {fault.Fault{Action: fault.Hold, Path: "/a/*/c"}, deep, false},
		"any segments":    {fault.Fault{Action: fault.Hold, Path: "/a/**"}, deep, true},
		"kind":            {fault.Fault{Action: fault.Hold, Kind: "ingest *"}, get, true},
		"another kind":    {fault.Fault{Action: fault.Hold, Kind: "query"}, get, false},
		"header":          {fault.Fault{Action: fault.Hold, Header: map[string]string{"sforce-call-options": "client=s*"}}, get, true},
		"another header":  {fault.Fault{Action: fault.Hold, Header: map[string]string{"Sforce-Call-Options": "client=sf"}}, get, false},
		"no header":       {fault.Fault{Action: fault.Hold, Header: map[string]string{"Sforce-Call-Options": "*"}}, deep, false},
		"a fault of jobs": {fault.Fault{Action: fault.FailJob}, get, false},
		"a fault of rows": {fault.Fault{Action: fault.LockRows}, get, false},
	} {
		var injector fault.Injector
		rule := injector.Add(test.fault)
		if got := len(injector.Request(test.request)) == 1; got != test.want || rule.Hits() == 1 != test.want {
			t.Errorf("%s: struck %t, %d hits", name, got, rule.Hits())
		}
	}
}

// strikes tells which of the first requests a fault strikes.
func strikes(seed uint64, f fault.Fault, requests int) string {
	injector := fault.Injector{Seed: seed}
	f.Action = fault.Hold
	injector.Add(f)
	var struck strings.Builder
	for range requests {
		struck.WriteString(strconv.Itoa(len(injector.Request(fault.Request{}))))
	}
	return struck.String()
}

func TestTurns(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]fault.Fault{
		"1111111111": {},
		"0001111111": {After: 3},
		"1100000000": {Times: 2},
		"0010010010": {Every: 3},
		"0000100100": {After: 2, Every: 3, Times: 2},
	} {
		if got := strikes(0, f, 10); got != want {
			t.Errorf("%+v: got %s, want %s", f, got, want)
		}
	}
}

func TestChanceIsRepeatable(t *testing.T) {
	t.Parallel()
	const requests = 1_000
	some := fault.Fault{Percent: 20}
	got := strikes(1, some, requests)
	if n := strings.Count(got, "1"); n < 150 || n > 250 {
		t.Errorf("%d of %d requests were struck, want some 200", n, requests)
	}
	if strikes(1, some, requests) != got || strikes(2, some, requests) == got {
		t.Error("the seed does not decide")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	var injector fault.Injector
	ctx, cancel := context.WithCancelCause(t.Context())
	want := errors.New("enough")
	cancel(want)
	if err := injector.Add(fault.Fault{Action: fault.Hold}).Wait(ctx); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	want := fault.Fault{Action: fault.Delay, Delay: fault.Duration(1500 * time.Millisecond), IDs: []string{"x"}}
	text, err := json.Marshal(want)
	if err != nil || string(text) != `{"action":"delay","delay":"1.5s","ids":["x"]}` {
		t.Fatalf("got %s, %v", text, err)
	}
	var got fault.Fault
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if json.Unmarshal([]byte(`{"delay":"soon"}`), &got) == nil {
		t.Error("a duration of words was taken")
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	for _, name := range fault.Presets() {
		f := fault.Fault{Preset: name}
		if name == "row_error" {
			f.Code = "INVALID_FIELD"
		}
		settled, err := f.Settled()
		if err != nil || settled.Name != name || settled.Action == fault.RowError && settled.Message == "" {
			t.Errorf("%s: %+v, %v", name, settled, err)
		}
	}
	narrowed, err := fault.Fault{Name: "busy", Preset: "html_503", Path: "/a", Times: 2, RetryAfter: 9, Status: 599}.Settled()
	if err != nil {
		t.Fatal(err)
	}
	want := fault.Unavailable()
	want.Name, want.Preset, want.Path, want.Times, want.RetryAfter, want.Status = "busy", "html_503", "/a", 2, 9, 599
	if diff := cmp.Diff(want, narrowed); diff != "" {
		t.Error(diff)
	}
	if _, err := (fault.Fault{Preset: "html_504"}).Settled(); err == nil || !strings.Contains(err.Error(), `did you mean "html_50`) {
		t.Errorf("got %v", err)
	}
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"action":"hold","tims":2}`:    `a fault has no property "tims"; did you mean "times"?`,
		`{"action":"hold","times":"2"}`: "times cannot be a JSON string",
		`{"action":"hold"} {}`:          "text after the end",
		`{"delay":"soon"}`:              "want a duration such as 1.5s",
		`{`:                             "parse fault: ",
	} {
		if _, err := fault.ParseJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
	f, err := fault.ParseJSON([]byte(`{"preset":"row_error","code":"NOT_FOUND","where":{"Title":"x"}}`))
	if diff := cmp.Diff(fault.Fault{Preset: "row_error", Code: "NOT_FOUND", Where: map[string]string{"Title": "x"}}, f); diff != "" || err != nil {
		t.Errorf("%s%v", diff, err)
	}
}
