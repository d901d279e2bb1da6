package sync_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var bothRoutes = map[string]sync.Routes{
	"collections": {Write: reportsync.RouteCollections},
	"bulk":        {Write: reportsync.RouteBulk},
}

// Rows that are locked for a moment are sent again until they are taken; the others are not touched twice.
func TestLockedRowsAreSentAgain(t *testing.T) {
	t.Parallel()
	for name, routes := range bothRoutes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 450, routes)
				b.org.Faults().Add(fault.Fault{Action: fault.LockRows, Object: "Contact", Times: 60})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 450, Updated: 450}, result.Counts)
				if n := b.org.Writes("Contact"); n != 450 || result.Status != reportsync.RunCompleted {
					t.Errorf("%s, %d rows were written\n%s", result.Status, n, b.log(id))
				}
			})
		})
	}
}

// A row that stays locked ends as failed with Salesforce's code, by either route.
func TestRowStaysLocked(t *testing.T) {
	t.Parallel()
	for name, routes := range bothRoutes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 5, routes)
				locked := b.insert(map[string]string{"Email": "user5@x.example"})
				b.write("report.csv", "Email,Title\nuser1@x.example,x\nuser5@x.example,x\n")
				rule := b.refuse(locked)
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 2, Updated: 1, Failed: 1}, result.Counts)
				o := b.outcomes(id)[1]
				if o.Code != "UNABLE_TO_LOCK_ROW" || o.RecordID != locked || o.Message == "" {
					t.Errorf("outcome = %+v", o)
				}
				if rule.Hits() != 4 {
					t.Errorf("the row was sent %d times, want 4", rule.Hits())
				}
			})
		})
	}
}

// A job that fails midway keeps what it has committed; the few rows that it never came to are sent by collections.
func TestJobFailsMidway(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 700, sync.Routes{Write: reportsync.RouteBulk})
		b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Rows: 200})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 700, Updated: 700}, result.Counts)
		if n := b.org.Writes("Contact"); n != 700 {
			t.Errorf("%d rows were written", n)
		}
		if log := b.log(id); !strings.Contains(log, "is Failed: 200 of 700 rows updated, 0 failed, 0 to be sent again, 500 unprocessed") {
			t.Errorf("log:\n%s", log)
		}
	})
}

// What a job that fails early leaves goes by a further job, when there are too many rows for collections. After a few
// of those that fail as well the run fails and says so, row by row.
func TestJobFailsWithManyRowsLeft(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		message string
		times   int
		jobs    int
		want    reportsync.Counts
	}{
		"once":        {"TooManyLockFailure : Too many lock failures", 1, 2, reportsync.Counts{Read: 4000, Updated: 4000}},
		"always":      {"TooManyLockFailure : Too many lock failures", 0, 3, reportsync.Counts{Read: 4000, Updated: 600, Unprocessed: 3400}},
		"for a cause": {"InvalidBatch : Field name not found : X", 0, 1, reportsync.Counts{Read: 4000, Updated: 200, Unprocessed: 3800}},
		"day is over": {"ExceededQuota : ApiBatchItems Limit exceeded.", 0, 1, reportsync.Counts{Read: 4000, Updated: 200, Unprocessed: 3800}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 4000, sync.Routes{Read: "bulk", Write: reportsync.RouteBulk})
				b.org.Faults().Add(fault.Fault{Action: fault.FailJob, Rows: 200, Times: tc.times, Message: tc.message})
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, tc.want, result.Counts)
				if n := b.calls()["ingest create"]; n != tc.jobs || b.org.Writes("Contact") != int(tc.want.Updated) {
					t.Errorf("%d jobs, %d writes\n%s", n, b.org.Writes("Contact"), b.log(id))
				}
				if tc.want.Unprocessed == 0 {
					return
				}
				code := reportsync.CodeSalesforce
				if name == "day is over" {
					code = reportsync.CodeSalesforceLimit
				}
				if result.Status != reportsync.RunFailed || result.Err.Code != code || !strings.Contains(result.Err.Message, tc.message) {
					t.Errorf("error = %+v", result.Err)
				}
				if o := lastOf(b.outcomes(id), reportsync.Unprocessed); o.Code != reportsync.RowNotSent || !strings.Contains(o.Message, tc.message) {
					t.Errorf("outcome = %+v", o)
				}
			})
		})
	}
}

func lastOf(outcomes []reportsync.Outcome, kind reportsync.OutcomeKind) (last reportsync.Outcome) {
	for _, o := range outcomes {
		if o.Kind == kind {
			last = o
		}
	}
	return last
}

// When the org goes away in the middle, the run waits for it where rows may have been written. Where it is there and won't
// do it, what was answered stays, what may have been written says so, and the rest was not sent.
func TestOrgGoesAway(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault fault.Fault
		back  bool // the org comes back, which the run waits for
		code  reportsync.Code
		lost  string
	}{
		"no answer":   {fault: fault.Fault{Action: fault.ResetBefore}, back: true},
		"HTML 503":    {fault: fault.Unavailable(), back: true},
		"daily limit": {fault: fault.DailyLimit(), code: reportsync.CodeSalesforceLimit, lost: reportsync.RowNotSent},
		"wrong answer": {
			fault: fault.Fault{Action: fault.Respond, Status: http.StatusOK, Body: `[{"id":"x","success":true,"errors":[]}]`},
			code:  reportsync.CodeSalesforce, lost: reportsync.RowNoAnswer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 3000, sync.Routes{Read: "bulk", Write: reportsync.RouteCollections})
				tc.fault.Path, tc.fault.After = collectionsPath, 3
				b.org.Faults().Add(tc.fault)
				id := b.queue(reportsync.NewRun{})
				if tc.back {
					time.Sleep(time.Until(b.suspended(id)))
					b.org.Faults().Clear()
				}
				result, err := b.attempt(t.Context(), id, nil)
				noError(t, err)
				if tc.back {
					wantCounts(t, reportsync.Counts{Read: 3000, Updated: 3000}, result.Counts)
					if n := b.org.Writes("Contact"); n != 3000 {
						t.Errorf("%d writes", n)
					}
					return
				}
				if result.Status != reportsync.RunFailed || result.Err.Code != tc.code {
					t.Errorf("result = %+v, error %+v", result, result.Err)
				}
				if result.Counts.Read != 3000 || result.Counts.Updated != 600 || result.Counts.Unprocessed != 2400 {
					t.Errorf("counts = %+v", result.Counts)
				}
				codes := map[string]int{}
				for _, o := range b.outcomes(id) {
					codes[o.Code]++
				}
				if codes[tc.lost] == 0 || codes[reportsync.RowNotSent] == 0 || codes[""] != 600 {
					t.Errorf("codes = %v", codes)
				}
			})
		})
	}
}

// One session that ends, one page that is HTML: nothing that a run should notice.
func TestPassingTrouble(t *testing.T) {
	t.Parallel()
	for name, routes := range bothRoutes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				b := titles(t, 450, routes)
				for after := range 12 {
					f := []fault.Fault{fault.Unavailable(), {Action: fault.ExpireSession}, fault.ServerError(), {Action: fault.ResetBefore}}[after%4]
					f.Path, f.After, f.Times = "/services/data/v*/**", 2*after, 1
					b.org.Faults().Add(f)
				}
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: 450, Updated: 450}, result.Counts)
				if n := b.org.Writes("Contact"); n != 450 {
					t.Errorf("%d rows were written\n%s", n, b.log(id))
				}
			})
		})
	}
}

// An object that the Bulk API does not take goes by the other routes.
func TestBulkNotOffered(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := titles(t, 450, sync.Routes{Read: "bulk", Write: reportsync.RouteBulk, JobRows: 100})
		b.org.Faults().Add(fault.Fault{
			Method: http.MethodPost, Path: "/services/data/*/jobs/*", Action: fault.Respond, Status: http.StatusBadRequest,
			Body: `[{"errorCode":"INVALIDENTITY","message":"Entity 'Contact' is not supported by the Bulk API."}]`,
		})
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 450, Updated: 450}, result.Counts)
		if log := b.log(id); strings.Count(log, "by the Bulk API") < 2 || !strings.Contains(log, "using sObject Collections instead") {
			t.Errorf("log:\n%s", log)
		}
	})
}

// The text #N/A would empty a field in a Bulk job, so its row goes by collections.
func TestNullMarkerAsText(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\na@x.example,#N/A\nb@x.example,x\n")
		b.routes.Write = reportsync.RouteBulk
		a := b.insert(map[string]string{"Email": "a@x.example", "Title": "Boss"})
		b.insert(map[string]string{"Email": "b@x.example"})
		result, _ := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 2, Updated: 2}, result.Counts)
		if got := b.field(a, "Title"); got != "#N/A" {
			t.Errorf("title = %q", got)
		}
	})
}

// Keys of any characters are looked up within the length that a URL may have.
func TestKeysOfAllKinds(t *testing.T) {
	t.Parallel()
	for _, read := range []string{"lookups", "bulk"} {
		t.Run(read, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				var report strings.Builder
				report.WriteString("Key,Title\n")
				spec := reportsync.IntegrationSpec{
					Match:    reportsync.Match{Column: "Key", Field: "WalkMe_User_Id__c"},
					Mappings: map[string]reportsync.Mapping{"Title": column("Title")},
				}
				b := setup(t, spec, "")
				b.routes.Read = read
				const rows = 600
				for i := range rows {
					key := fmt.Sprintf("O'Brien \\%% \"q\"_&+=?#;,Ünïcödé-✅-%d", i)
					b.insert(map[string]string{"WalkMe_User_Id__c": key})
					fmt.Fprintf(&report, "\"  %s\",T%d\n", strings.ReplaceAll(strings.ToUpper(key), `"`, `""`), i)
				}
				b.write("report.csv", report.String())
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: rows, Updated: rows}, result.Counts)
				if n := b.calls()["query"]; read == "lookups" && n < 5 {
					t.Errorf("%d look-ups can't hold %d such keys\n%s", n, rows, b.log(id))
				}
			})
		})
	}
}

// A unique, case-sensitive field tells keys apart by case; numbers and ids match by value.
func TestKeyTypes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		field  string
		report string
		want   reportsync.Counts
	}{
		"case-sensitive": {"Login__c", "Key,Title\nabc,lower\nABC,upper\nAbc,none\n", reportsync.Counts{Read: 3, Updated: 2, Unmatched: 1}},
		"number":         {"Score__c", "Key,Title\n1.50,a\n+2,b\n1.505,c\n1.5,d\n3,e\n", reportsync.Counts{Read: 5, Updated: 1, Duplicate: 2, Invalid: 1, Unmatched: 1}},
		"id":             {"Id", "Key,Title\n%[1]s,a\n%[2]s,b\n%[1].15s,c\nrubbish,d\n001000000000001,e\n", reportsync.Counts{Read: 5, Updated: 1, Duplicate: 2, Invalid: 2}},
	} {
		for _, read := range []string{"lookups", "bulk"} {
			t.Run(name+" by "+read, func(t *testing.T) {
				t.Parallel()
				onFakeTime(t, func(t *testing.T) {
					b := setup(t, reportsync.IntegrationSpec{
						Match:    reportsync.Match{Column: "Key", Field: tc.field},
						Mappings: map[string]reportsync.Mapping{"Title": column("Title")},
					}, "")
					b.routes.Read = read
					a := b.insert(map[string]string{"Login__c": "abc", "Score__c": "1.5"})
					c := b.insert(map[string]string{"Login__c": "ABC", "Score__c": "2"})
					b.write("report.csv", strings.NewReplacer("%[1]s", a, "%[2]s", c, "%[1].15s", a[:15]).Replace(tc.report))
					result, id := b.run(reportsync.NewRun{})
					if diff := cmp.Diff(tc.want, result.Counts); diff != "" {
						t.Errorf("counts (-want +got):\n%s\n%s", diff, b.log(id))
					}
				})
			})
		}
	}
}

// routeCases is how many reports and orgs the routes are compared on.
const routeCases = 25

// routeCase is a report and the contacts it meets: e-mail, title, score.
type routeCase struct {
	report   string
	contacts [][3]string
}

// Whatever stands in report and org, all routes lead to the same outcomes and the same records.
func TestRoutesAreEquivalent(t *testing.T) {
	t.Parallel()
	routes := []sync.Routes{
		{Read: "lookups", Write: reportsync.RouteCollections}, {Read: "bulk", Write: reportsync.RouteBulk, JobRows: 3},
		{Read: "bulk", Write: reportsync.RouteCollections}, {Read: "lookups", Write: reportsync.RouteBulk},
	}
	cases := rapid.Custom(func(t *rapid.T) routeCase {
		return routeCase{anyReport(t), rapid.SliceOfN(rapid.Custom(anyContact), 0, 15).Draw(t, "contacts")}
	})
	for n := range routeCases {
		c := cases.Example(n)
		var first *verdict
		for _, route := range routes {
			onFakeTime(t, func(t *testing.T) {
				v := c.run(t, route)
				if first == nil {
					first = &v
				}
				if diff := cmp.Diff(first, &v); diff != "" {
					t.Fatalf("report %q, contacts %q, %+v (-first +this):\n%s", c.report, c.contacts, route, diff)
				}
			})
		}
	}
}

func (c routeCase) run(t *testing.T, route sync.Routes) verdict {
	t.Helper()
	b := setup(t, byEmail(map[string]reportsync.Mapping{
		"Title": column("Title"), "Score__c": {Column: new("Score"), OnNull: new(reportsync.OnNullClear)}, "Active__c": column("Active"),
	}), c.report)
	b.routes = route
	for _, contact := range c.contacts {
		b.insert(map[string]string{"Email": contact[0], "Title": contact[1], "Score__c": contact[2]})
	}
	result, id := b.run(reportsync.NewRun{})
	v := b.verdict(id, result)
	if again, _ := b.run(reportsync.NewRun{DryRun: true}); again.Counts.Updated != 0 {
		t.Errorf("%+v: a second run would write %d rows", route, again.Counts.Updated)
	}
	return v
}

func anyKey(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"a@x.example", "B@X.example", "b@x.example", "c'd@x.example", "e+1@x.example", "", "f@x.example", "g@x.example", "h@x.example", "i@x.example", "j@x.example",
	}).Draw(t, "key")
}

func anyTitle(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "Boss", " Boss ", "a,b", "say \"hi\"", "two\nlines", "ünï ✅", "\u00a0", "=1+1", "#N/A", "null"}).Draw(t, "title")
}

func anyScore(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "0", "1.5", "1.50", "-2", "1e2"}).Draw(t, "score")
}

func anyContact(t *rapid.T) [3]string { return [3]string{anyKey(t), anyTitle(t), anyScore(t)} }

func anyReport(t *rapid.T) string {
	var report strings.Builder
	report.WriteString("Email,Title,Score,Active\n")
	for range rapid.IntRange(0, 15).Draw(t, "rows") {
		active := rapid.SampledFrom([]string{"", "yes", "0", "maybe"}).Draw(t, "active")
		for i, cell := range []string{anyKey(t), anyTitle(t), anyScore(t), active} {
			if i > 0 {
				report.WriteString(",")
			}
			report.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		report.WriteString("\n")
	}
	return report.String()
}
