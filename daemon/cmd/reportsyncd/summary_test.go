package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What a person must not overlook of a run stands in its summary.
func TestSummary(t *testing.T) {
	t.Parallel()
	waiting := &reportsync.Waiting{Until: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), Reason: "it is 27h old"}
	stop := &reportsync.RunError{Code: reportsync.CodeGuard, Message: "stopped before the first write", Hint: "raise the limit"}
	for name, tc := range map[string]struct {
		run  reportsync.Run
		want []string
		not  []string
	}{
		"waits": {
			reportsync.Run{Status: reportsync.RunQueued, RunFacts: reportsync.RunFacts{Waiting: waiting}},
			[]string{"Status        queued (waits for a newer report until 2026-11-22 12:00 UTC)\n              it is 27h old\n", "Outcomes      partial: the run has not ended"}, nil,
		},
		"waits for calls": {
			reportsync.Run{Status: reportsync.RunQueued, RunFacts: reportsync.RunFacts{Waiting: waiting, UnansweredSince: &waiting.Until}},
			[]string{"Status        queued (waits for the org's answers until 2026-11-22 12:00 UTC)\n"}, nil,
		},
		"runs": {reportsync.Run{Status: reportsync.RunRunning}, []string{"Status        running\n", "Outcomes      partial: the run has not ended"}, []string{"waits"}},
		"kept nothing": {
			reportsync.Run{Status: reportsync.RunCompleted, RuntimeSeconds: new(4.1), Counts: reportsync.Counts{Read: 1, Updated: 1}},
			[]string{"Runtime       4.1s\n", "Outcomes      partial: the run ended without keeping"}, nil,
		},
		"looked parents up": {
			reportsync.Run{Status: reportsync.RunCompleted, RunFacts: reportsync.RunFacts{Forecast: &reportsync.Forecast{
				Parents: []reportsync.ParentChoice{{Field: "AccountId", Object: "Account", Choice: reportsync.Choice{
					Route: "lookups", Rows: 2, Why: "fewer calls", Routes: []reportsync.RouteCost{{Route: "lookups", APICalls: 1}, {Route: "bulk", APICalls: 4}},
				}}},
				Match: reportsync.Choice{Route: "lookups", Rows: 3, Why: "as few"},
			}}},
			[]string{"AccountId by  lookups, 2 Account keys: fewer calls\n              > lookups      1 API call, 0 bulk batches\n                bulk         4 API calls", "Match by      lookups, 3 keys"}, nil,
		},
		"would stop": {
			reportsync.Run{
				Status: reportsync.RunCompleted, DryRun: true, Artifact: &reportsync.Artifact{Key: "k"}, RunFacts: reportsync.RunFacts{WouldStop: stop},
			},
			[]string{"Would stop    stopped before the first write (guard)\n              raise the limit\n"}, []string{"Outcomes", "Error"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := &program{streams: streams{out: &out}}
			if err := p.printSummary(tc.run); err != nil {
				t.Fatal(err)
			}
			for _, want := range tc.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("misses %q in\n%s", want, out.String())
				}
			}
			for _, not := range tc.not {
				if strings.Contains(out.String(), not) {
					t.Errorf("has %q in\n%s", not, out.String())
				}
			}
		})
	}
}

// A list of outcomes that lacks rows says so beside it, in each format.
func TestPartialOutcomes(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	answer := func(path string, value any) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if err := json.NewEncoder(w).Encode(value); err != nil {
				t.Error(err)
			}
		})
	}
	rows := api.Page[reportsync.Outcome]{Items: []reportsync.Outcome{{Row: 1, Kind: reportsync.Updated}}}
	answer("/v1/runs/{id}", reportsync.Run{})
	answer("/v1/runs/part/outcomes", api.OutcomePage{Page: rows, Partial: true, PartialReason: "it goes on"})
	answer("/v1/runs/whole/outcomes", api.OutcomePage{Page: rows})
	daemon := httptest.NewServer(mux)
	t.Cleanup(daemon.Close)
	env := map[string]string{api.EnvEndpoint: daemon.URL, api.EnvToken: "secret"}
	for run, want := range map[string]string{"part": "These are not all rows: it goes on\n", "whole": ""} {
		for _, format := range outcomeFormats {
			var out, errs bytes.Buffer
			code := execute(t.Context(), []string{"outcomes", run, "--format", string(format)}, streams{out: &out, err: &errs}, func(name string) string { return env[name] })
			if code != 0 || errs.String() != want || !strings.Contains(out.String(), "updated") {
				t.Errorf("%s as %s: exit %d, standard error %q, output\n%s", run, format, code, errs.String(), out.String())
			}
		}
	}
}
