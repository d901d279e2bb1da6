package sync_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// oneThrough is how errors say that a run can be let through.
const oneThrough = ", or let one run through: reportsyncd run integration --ignore-guards (in Terraform and the API: ignore_guards)"

// A limit that is broken stops the run before its first write, and says which number was against which limit.
func TestGuards(t *testing.T) {
	t.Parallel()
	const report = "Email,Title\nuser0@x.example,new\nuser1@x.example,\nuser2@x.example,Boss\nuser3@x.example,Boss\nnobody@x.example,x\n"
	for name, tc := range map[string]struct {
		guards    reportsync.Guards
		operation reportsync.Operation
		previous  int64
		says      string // empty where the run goes through
	}{
		"changed":          {reportsync.Guards{MaxChangedPercent: new(49.9)}, reportsync.OperationUpdate, 0, "2 of 4 matched records would change, 50.0 %, and guards.max_changed_percent is 49.9"},
		"changed, allowed": {reportsync.Guards{MaxChangedPercent: new(50.0)}, reportsync.OperationUpdate, 0, ""},
		"cleared":          {reportsync.Guards{MaxClearedPercent: new(20.0)}, reportsync.OperationUpdate, 0, "1 of 4 matched records would lose a value, 25.0 %"},
		"cleared, allowed": {reportsync.Guards{MaxClearedPercent: new(25.0)}, reportsync.OperationUpdate, 0, ""},
		"rejected":         {reportsync.Guards{MaxRejectedPercent: new(0.0)}, reportsync.OperationUpdate, 0, "1 of 5 rows would be rejected, 20.0 %, and guards.max_rejected_percent is 0"},
		"rejected, a bit":  {reportsync.Guards{MaxRejectedPercent: new(19.99)}, reportsync.OperationUpdate, 0, "1 of 5 rows would be rejected, 20.0 %, and guards.max_rejected_percent is 19.99"},
		"shrunk, a bit":    {reportsync.Guards{MinRowsPercent: new(55.6)}, reportsync.OperationUpdate, 9, "the report has 5 rows, 55.56 % of the 9 that the last run read, and guards.min_rows_percent is 55.6"},
		"created":          {reportsync.Guards{MaxCreatedPercent: new(10.0)}, reportsync.OperationUpsert, 0, "1 of 5 rows would create a record, 20.0 %"},
		"shrunk":           {reportsync.Guards{MinRowsPercent: new(80.0)}, reportsync.OperationUpdate, 7, "the report has 5 rows, 71.4 % of the 7 that the last run read, and guards.min_rows_percent is 80"},
		"first of all":     {reportsync.Guards{MinRowsPercent: new(80.0)}, reportsync.OperationUpdate, 0, ""},
		"none broken": {reportsync.Guards{
			MaxChangedPercent: new(90.0), MaxClearedPercent: new(90.0), MaxRejectedPercent: new(90.0), MaxCreatedPercent: new(90.0), MinRowsPercent: new(50.0),
		}, reportsync.OperationUpdate, 7, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				spec := byEmail(map[string]reportsync.Mapping{"Title": {Column: new("Title"), OnNull: new(reportsync.OnNullClear)}, "LastName": {Constant: new("Doe")}})
				spec.Operation, spec.Guards = &tc.operation, &tc.guards
				b := setup(t, spec, report)
				b.previous.Read = tc.previous
				for i := range 4 {
					b.insert(map[string]string{"Email": fmt.Sprintf("user%d@x.example", i), "Title": "Boss"})
				}
				loaded := b.org.Writes("Contact")
				result, _ := b.run(reportsync.NewRun{})
				if tc.says == "" {
					if _, id := b.run(reportsync.NewRun{DryRun: true}); b.wouldStop(id) != nil {
						t.Errorf("a dry run would be stopped: %+v", b.wouldStop(id))
					}
					if result.Err != nil || b.org.Writes("Contact") == loaded {
						t.Errorf("result %+v, error %+v", result, result.Err)
					}
					return
				}
				if result.Status != reportsync.RunFailed || result.Err.Code != reportsync.CodeGuard || !strings.Contains(result.Err.Message, tc.says) || !strings.Contains(result.Err.Hint, oneThrough) {
					t.Errorf("result %+v, error %+v", result, result.Err)
				}
				if n := b.org.Writes("Contact") - loaded; n != 0 {
					t.Errorf("%d writes", n)
				}
				dry, id := b.run(reportsync.NewRun{DryRun: true})
				if dry.Err != nil || dry.Counts.Updated+dry.Counts.Created == 0 {
					t.Errorf("a dry run shows %+v, error %+v", dry, dry.Err)
				}
				if diff := cmp.Diff(result.Err, b.wouldStop(id)); diff != "" {
					t.Errorf("a dry run would be stopped (-want +got):\n%s", diff)
				}
				if _, id = b.run(reportsync.NewRun{DryRun: true, IgnoreGuards: true}); b.wouldStop(id) != nil {
					t.Errorf("let through, a dry run would be stopped: %+v", b.wouldStop(id))
				}
				through, id := b.run(reportsync.NewRun{IgnoreGuards: true})
				if through.Err != nil || !strings.Contains(b.log(id), "ignore_guards lets the run through: "+tc.says) {
					t.Errorf("let through: %+v\n%s", through, b.log(id))
				}
			})
		})
	}
}

// wouldStop returns what a dry run tells that it would have been stopped by.
func (b *bundle) wouldStop(runID string) *reportsync.RunError {
	b.t.Helper()
	run, err := b.store.Run(b.t.Context(), runID)
	noError(b.t, err)
	return run.WouldStop
}

// An empty report is stopped, unless it may be one.
func TestGuardAgainstEmptyReport(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
		b := setup(t, spec, "Email,Title\n")
		if result, _ := b.run(reportsync.NewRun{}); result.Err == nil || result.Err.Code != reportsync.CodeGuard || !strings.Contains(result.Err.Message, "the report has no rows") {
			t.Errorf("without a guard: %+v, error %+v", result, result.Err)
		}
		if result, _ := b.run(reportsync.NewRun{IgnoreGuards: true}); result.Status != reportsync.RunCompleted {
			t.Errorf("let through: %+v, error %+v", result, result.Err)
		}
		spec.Name, spec.Guards = "lenient", &reportsync.Guards{MinRowsPercent: new(0.0)}
		b = setup(t, spec, "Email,Title\n")
		if result, _ := b.run(reportsync.NewRun{}); result.Status != reportsync.RunCompleted {
			t.Errorf("where it may be empty: %+v, error %+v", result, result.Err)
		}
	})
}

// A report that is too old is waited for, for a while, without anything being written.
func TestFreshness(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := byEmail(map[string]reportsync.Mapping{"Title": column("Title")})
		spec.Freshness = &reportsync.Freshness{MaxAge: "26h", Wait: new("1h")}
		b := setup(t, spec, "Email,Title\na@x.example,Boss\n")
		a := b.insert(map[string]string{"Email": "a@x.example"})
		path := filepath.Join(b.folder, "report.csv")
		age := func(age time.Duration) { noError(t, os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age))) }

		age(27 * time.Hour)
		id := b.queue(reportsync.NewRun{})
		claim, err := b.store.ClaimRun(t.Context(), id, node, longLease)
		noError(t, err)
		started := time.Now()
		claim.Run.StartedAt = &started
		job := sync.Job{
			Run: claim.Run, Integration: claim.Integration, Reports: b.reports, Org: b.client.Metered(),
			Journal: b.store.Journal(id, node, claim.Run.Attempt), Evidence: &b.evidence,
		}
		_, err = sync.Execute(t.Context(), job)
		waiting, ok := errors.AsType[*sync.PostponedError](err)
		if !ok || !waiting.Until.After(started) || waiting.Until.After(started.Add(time.Hour)) {
			t.Fatalf("error = %v", err)
		}
		noError(t, b.store.PostponeRun(t.Context(), id, node, claim.Run.Attempt, time.Now()))
		queued, err := b.store.Run(t.Context(), id)
		noError(t, err)
		if w := queued.Waiting; w == nil || !w.Until.Equal(started.Add(time.Hour)) || !strings.Contains(w.Reason, "27h0m0s ago, and freshness.max_age is 26h0m0s") {
			t.Errorf("in the queue it waits for %+v", w)
		}
		_, err = b.store.ClaimRun(t.Context(), id, node, longLease)
		noError(t, err)
		time.Sleep(61 * time.Minute)
		age(27 * time.Hour)
		result, err := sync.Execute(t.Context(), job)
		noError(t, err)
		if result.Err == nil || result.Err.Code != reportsync.CodeReportStale || !strings.Contains(result.Err.Message, "freshness.max_age is 26h0m0s, also after a wait of 1h0m0s") || b.field(a, "Title") != "" {
			t.Errorf("result %+v, error %+v", result, result.Err)
		}
		age(25 * time.Hour)
		if result, err = sync.Execute(t.Context(), job); err != nil || result.Counts.Updated != 1 {
			t.Errorf("a fresh report: %+v, error %v %+v", result, err, result.Err)
		}
		noError(t, b.store.ReleaseRun(t.Context(), id, node, claim.Run.Attempt))
		if queued, err = b.store.Run(t.Context(), id); err != nil || queued.Waiting != nil {
			t.Errorf("in the queue again it waits for %+v, error %v", queued.Waiting, err)
		}
	})
}

// What a run is to use must be left, of the connection's own allowance and of the org's.
func TestBudgets(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 450, sync.Routes{})
		loaded := b.org.Writes("Contact")
		b.limits.DailyAPICalls = new(int64(6)) // describe, two look-ups, three calls: one too few with two made before
		b.usedToday = 1
		result, id := b.run(reportsync.NewRun{})
		if result.Err == nil || result.Err.Code != reportsync.CodeCallBudget || b.org.Writes("Contact") != loaded {
			t.Errorf("allowance: %+v, error %+v\n%s", result, result.Err, b.log(id))
		}
		if _, dry := b.run(reportsync.NewRun{DryRun: true}); !cmp.Equal(result.Err, b.wouldStop(dry)) {
			t.Errorf("a dry run would be stopped by %+v", b.wouldStop(dry))
		}
		b.usedToday = 0
		if result, id = b.run(reportsync.NewRun{}); result.Err != nil {
			t.Errorf("allowance: %+v, error %+v\n%s", result, result.Err, b.log(id))
		}
		if facts, err := b.store.Run(t.Context(), id); err != nil || facts.Forecast == nil || facts.Forecast.Write == nil || facts.Forecast.APICalls != result.APICalls || facts.Org == nil {
			t.Errorf("forecast %+v, %d calls, error %v", facts.Forecast, result.APICalls, err)
		}
	})
}

// Where the connection allows few rows a call, the choice of the route tells what that costs.
func TestRouteMindsRowsPerCall(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 150, sync.Routes{})
		for rows, want := range map[int64]string{
			10:  "update of 150 records by Bulk jobs, about 6 API calls and 4 looks rather than 15 API calls by sObject Collections (fewer API calls, with 10 rows a call by the connection's limits.batch_rows; with 200 it would be 1 rather than 15 by sObject Collections)",
			15:  "update of 150 records by sObject Collections, about 10 API calls rather than 6 API calls and 4 looks by Bulk jobs (fewer API calls, with 15 rows a call by the connection's limits.batch_rows)",
			100: "update of 150 records by sObject Collections, about 2 API calls rather than 6 API calls and 4 looks by Bulk jobs (fewer API calls, with 100 rows a call by the connection's limits.batch_rows)",
			200: "update of 150 records by sObject Collections, about 1 API call rather than 6 API calls and 4 looks by Bulk jobs (fewer API calls)",
		} {
			b.limits.BatchRows = &rows
			_, id := b.run(reportsync.NewRun{DryRun: true})
			run, err := b.store.Run(t.Context(), id)
			noError(t, err)
			if run.Forecast == nil || run.Forecast.Write == nil || run.Forecast.Write.Why != want || !strings.Contains(b.log(id), want) {
				t.Errorf("for %d rows: %+v", rows, run.Forecast.Write)
			}
		}
	})
}

// A value that Salesforce changes after each write is noticed and left alone, until something else changes.
func TestValueThatNeverSettles(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		s := schema.Standard()
		noError(t, s.Add(schema.Object{Name: "Contact", Fields: contactFields, Rules: schema.Rules{Automations: []schema.Automation{{Name: "shout", Field: "Title", Transform: schema.Upper}}}}))
		b := setupOrg(t, s, byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "Score__c": column("Score")}), "Email,Title,Score\na@x.example,chief,1\n")
		b.insert(map[string]string{"Email": "a@x.example"})
		var last string
		next := func(report string) []string {
			b.write("report.csv", report)
			b.previous = sync.Previous{Outcomes: b.evidence.reader(last)}
			_, last = b.run(reportsync.NewRun{})
			return b.kinds(last)
		}
		const same = "Email,Title,Score\na@x.example,chief,1\n"
		for i, want := range []string{"updated", "updated", "unchanged never_settles", "unchanged never_settles"} {
			if got := next(same); len(got) != 1 || got[0] != want {
				t.Errorf("run %d: %v, want %s: %+v\n%s", i+1, got, want, b.outcomes(last), b.log(last))
			}
		}
		if !strings.Contains(b.log(last), "Title: of the values that the run before wrote, 1 are not there any more") {
			t.Errorf("log:\n%s", b.log(last))
		}
		if got := next("Email,Title,Score\na@x.example,chief,2\n"); got[0] != "updated never_settles" {
			t.Errorf("another value: %v", got)
		}
		if got := next("Email,Title,Score\na@x.example,boss,2\n"); got[0] != "updated" {
			t.Errorf("a new value: %v", got)
		}
	})
}

// A run in which Salesforce refuses the row neither adds to what was written in vain nor takes from it.
func TestValueThatNeverSettlesAndIsRefused(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		s := schema.Standard()
		noError(t, s.Add(schema.Object{Name: "Contact", Rules: schema.Rules{Automations: []schema.Automation{{Name: "shout", Field: "Title", Transform: schema.Upper}}}}))
		b := setupOrg(t, s, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\na@x.example,chief\n")
		contact := b.insert(map[string]string{"Email": "a@x.example"})
		var last string
		for i, want := range []string{"updated", "failed UNABLE_TO_LOCK_ROW", "failed UNABLE_TO_LOCK_ROW", "updated", "unchanged never_settles"} {
			if i == 1 || i == 2 {
				b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", IDs: []string{contact}, Times: 4}) // as often as it is sent
			}
			b.previous = sync.Previous{Outcomes: b.evidence.reader(last)}
			_, last = b.run(reportsync.NewRun{})
			if got := b.kinds(last); len(got) != 1 || got[0] != want {
				t.Errorf("run %d: %v, want %s: %+v", i+1, got, want, b.outcomes(last))
			}
		}
	})
}

// What automation makes of a value may be another thing each time; what counts is that ours does not stay.
func TestValueThatIsStamped(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		s := schema.Standard()
		noError(t, s.Add(schema.Object{Name: "Contact", Fields: contactFields, Rules: schema.Rules{Automations: []schema.Automation{{Name: "stamp", Field: "Last_Seen__c", Transform: schema.Now}}}}))
		b := setupOrg(t, s, byEmail(map[string]reportsync.Mapping{"Last_Seen__c": column("Seen")}), "Email,Seen\na@x.example,2026-01-01 00:00:00\n")
		b.insert(map[string]string{"Email": "a@x.example"})
		var last string
		for i, want := range []string{"updated", "updated", "unchanged never_settles", "unchanged never_settles"} {
			time.Sleep(time.Hour)
			b.previous = sync.Previous{Outcomes: b.evidence.reader(last)}
			_, last = b.run(reportsync.NewRun{})
			if got := b.kinds(last); len(got) != 1 || got[0] != want {
				t.Errorf("run %d: %v, want %s: %+v\n%s", i+1, got, want, b.outcomes(last), b.log(last))
			}
		}
	})
}

// A transform that leaves nothing of a cell does not make it an empty one.
func TestTransformThatLeavesNothing(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		spec := byEmail(map[string]reportsync.Mapping{"Score__c": {Column: new("Score"), Transform: []string{"regex:^v=(.*)$"}, OnNull: new(reportsync.OnNullClear)}})
		spec.Match.Transform = []string{"strip_prefix:acme_"}
		b := setup(t, spec, "Email,Score\nacme_a@x.example,garbled 99\nacme_a@y.example,\nacme_,v=1\n")
		a := b.insert(map[string]string{"Email": "a@x.example", "Score__c": "7"})
		empty := b.insert(map[string]string{"Email": "a@y.example", "Score__c": "7"})
		_, id := b.run(reportsync.NewRun{})
		wantKinds(t, b, id, "invalid value_invalid", "updated", "invalid key_invalid")
		if b.field(a, "Score__c") != "7" || b.field(empty, "Score__c") != "" {
			t.Errorf("scores %q and %q", b.field(a, "Score__c"), b.field(empty, "Score__c"))
		}
		if o := b.outcomes(id)[2]; !strings.Contains(o.Message, `match.transform leaves nothing of "acme_"`) {
			t.Errorf("message %q", o.Message)
		}
	})
}

// reader returns what was kept of a run, nil for none.
func (s *shelf) reader(runID string) func(context.Context) iter.Seq2[reportsync.Outcome, error] {
	if runID == "" {
		return nil
	}
	return func(context.Context) iter.Seq2[reportsync.Outcome, error] {
		return func(yield func(reportsync.Outcome, error) bool) {
			for _, o := range s.runs[runID] {
				if !yield(o, nil) {
					return
				}
			}
		}
	}
}
