package sync_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// onFakeTime runs a test whose pauses, those of polling above all, take no time.
func onFakeTime(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

func TestEveryOutcome(t *testing.T) {
	t.Parallel()
	onFakeTime(t, everyOutcome)
}

func everyOutcome(t *testing.T) {
	b := setup(t, byEmail(map[string]reportsync.Mapping{
		"Sessions_30d__c": column("Sessions"),
		"Title":           column("Title"),
	}), strings.Join([]string{
		"Email,Sessions,Title",
		"a@x.example,5,Boss",      // 1 updated
		"B@X.example ,7,",         // 2 unchanged
		"nobody@x.example,1,x",    // 3 unmatched
		"twice@x.example,1,x",     // 4 ambiguous
		"dup@x.example,1,x",       // 5 duplicate
		"DUP@x.example,2,x",       // 6 duplicate
		"c@x.example,many,x",      // 7 invalid value
		",1,x",                    // 8 invalid: no key
		"d@x.example,1",           // 9 invalid: ragged
		"locked@x.example,1,Boss", // 10 failed
		"dup@x.example,none,x",    // 11 duplicate, whatever else is wrong with it
	}, "\n"))
	a := b.insert(map[string]string{"Email": "A@x.example", "Sessions_30d__c": "4"})
	same := b.insert(map[string]string{"Email": "b@x.example", "Sessions_30d__c": "7", "Title": "kept"})
	t1 := b.insert(map[string]string{"Email": "twice@x.example"})
	t2 := b.insert(map[string]string{"Email": "Twice@x.example"})
	refused := b.insert(map[string]string{"Email": "locked@x.example"})
	b.insert(map[string]string{"Email": "dup@x.example"})
	b.insert(map[string]string{"Email": "c@x.example"})
	b.insert(map[string]string{"Email": "d@x.example"})
	b.refuse(refused)

	result, id := b.run(reportsync.NewRun{})
	if result.Status != reportsync.RunCompletedWithErrors || result.Err != nil {
		t.Errorf("result = %+v", result)
	}
	wantCounts(t, reportsync.Counts{Read: 11, Updated: 1, Unchanged: 1, Unmatched: 1, Ambiguous: 1, Duplicate: 3, Invalid: 3, Failed: 1}, result.Counts)

	want := []reportsync.Outcome{
		{Row: 1, Line: 2, Key: "a@x.example", Kind: "updated", RecordID: a, Changes: []reportsync.Change{
			{Field: "Sessions_30d__c", Before: new("4"), After: new("5")}, {Field: "Title", After: new("Boss")},
		}},
		{Row: 2, Line: 3, Key: "b@x.example", Kind: "unchanged", RecordID: same},
		{Row: 3, Line: 4, Key: "nobody@x.example", Kind: "unmatched", Code: "no_record", Message: "no record has this key"},
		{Row: 4, Line: 5, Key: "twice@x.example", Kind: "ambiguous", Code: "several_records", Message: fmt.Sprintf("2 records have this key: %s, %s", t1, t2)},
		{Row: 5, Line: 6, Key: "dup@x.example", Kind: "duplicate", Code: "key_duplicate", Message: "the same key stands with other values on lines 7, 12"},
		{Row: 6, Line: 7, Key: "dup@x.example", Kind: "duplicate", Code: "key_duplicate", Message: "the same key stands with other values on lines 6, 12"},
		{Row: 7, Line: 8, Key: "c@x.example", Kind: "invalid", Code: "value_invalid", Message: `column "Sessions" for Sessions_30d__c: "many" is no number: use digits with a decimal point, such as -1234.5, without thousands separators, currency or percent signs`},
		{Row: 8, Line: 9, Kind: "invalid", Code: "key_empty", Message: `key column "Email" is empty`},
		{Row: 9, Line: 10, Kind: "invalid", Code: "ragged_row", Message: "the row has 2 cells, but the header has 3 columns"},
		{Row: 10, Line: 11, Key: "locked@x.example", Kind: "failed", RecordID: refused, Code: "UNABLE_TO_LOCK_ROW", Changes: []reportsync.Change{
			{Field: "Sessions_30d__c", After: new("1")}, {Field: "Title", After: new("Boss")},
		}},
		{Row: 11, Line: 12, Key: "dup@x.example", Kind: "duplicate", Code: "key_duplicate", Message: "the same key stands with other values on lines 6, 7"},
	}
	got := b.outcomes(id)
	got[9].Message = "" // Salesforce's own words
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if b.field(a, "Sessions_30d__c") != "5" || b.field(a, "Title") != "Boss" || b.field(same, "Title") != "kept" {
		t.Error("the org does not hold what the outcomes say")
	}
	if n := b.org.Writes("Contact"); n != 1 {
		t.Errorf("%d rows were written, want 1", n)
	}
	if b.logged.Len() > 0 {
		t.Errorf("the daemon's log got:\n%s", b.logged.String())
	}
}

func TestSkipClearAndConstant(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{
		"Title":           {Column: new("Title")},
		"Department":      {Column: new("Department"), OnNull: new(reportsync.OnNullClear)},
		"Sessions_30d__c": {Column: new("Sessions"), OnNull: new(reportsync.OnNullClear)},
		"Active__c":       {Column: new("Active"), OnNull: new(reportsync.OnNullClear)},
		"Usage_Source__c": {Constant: new("WalkMe")},
		"Last_Seen__c":    {Column: new("Seen"), TimeZone: new("Europe/Berlin")},
		"MobilePhone":     {Constant: new(""), OnNull: new(reportsync.OnNullClear)},
	}), "Email,Title,Department,Sessions,Active,Seen\na@x.example, ,, ,,2026-07-01 12:00:00.5\n")
	id := b.insert(map[string]string{
		"Email": "a@x.example", "Title": "Boss", "Department": "Sales", "Sessions_30d__c": "3", "Active__c": "true", "MobilePhone": "1",
	})
	result, _ := b.run(reportsync.NewRun{})
	wantCounts(t, reportsync.Counts{Read: 1, Updated: 1}, result.Counts)
	record, _ := b.org.Record("Contact", id)
	got := map[string]string{}
	for _, name := range []string{"Title", "Department", "Sessions_30d__c", "Active__c", "Usage_Source__c", "Last_Seen__c", "MobilePhone"} {
		got[name] = record[name]
	}
	want := map[string]string{
		"Title": "Boss", "Department": "", "Sessions_30d__c": "", "Active__c": "false", "Usage_Source__c": "WalkMe", "MobilePhone": "",
		"Last_Seen__c": "2026-07-01T10:00:00.000+0000",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if again, _ := b.run(reportsync.NewRun{}); again.Counts.Unchanged != 1 || again.Status != reportsync.RunCompleted {
		t.Errorf("second run = %+v", again)
	}
}

func TestDryRunSaysTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\na@x.example,Boss\nb@x.example,x\nc@x.example,y\n")
	b.insert(map[string]string{"Email": "a@x.example"})
	b.insert(map[string]string{"Email": "b@x.example", "Title": "x"})
	dry, dryID := b.run(reportsync.NewRun{DryRun: true})
	if n := b.org.Writes("Contact"); n != 0 {
		t.Errorf("the dry run wrote %d rows", n)
	}
	planned := b.outcomes(dryID)
	full, fullID := b.run(reportsync.NewRun{})
	wantCounts(t, full.Counts, dry.Counts)
	if diff := cmp.Diff(b.outcomes(fullID), planned); diff != "" {
		t.Errorf("outcomes (-real +dry):\n%s", diff)
	}
}

func TestFullResyncWritesAll(t *testing.T) {
	t.Parallel()
	b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title"), "Department": column("Department")}), "Email,Title,Department\na@x.example,Boss,\n")
	id := b.insert(map[string]string{"Email": "a@x.example", "Title": "Boss", "Department": "Sales"})
	result, _ := b.run(reportsync.NewRun{FullResync: true})
	wantCounts(t, reportsync.Counts{Read: 1, Updated: 1}, result.Counts)
	if n := b.org.Writes("Contact"); n != 1 || b.field(id, "Department") != "Sales" {
		t.Errorf("%d writes, department %q", n, b.field(id, "Department"))
	}
}

// onboarding is the integration of the design's example.
func onboarding() reportsync.IntegrationSpec {
	return reportsync.IntegrationSpec{
		Report: "onboarding.csv",
		Match:  reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{
			"Onboarding_Status__c": column("Onboarding Status"),
			"Sessions_30d__c":      {Column: new("Sessions (30d)"), OnNull: new(reportsync.OnNullClear)},
			"Last_Seen__c":         column("Last Seen (UTC)"),
			"NPS__c":               column("NPS Answer"),
			"Feature_Tags__c":      column("Feature Tags"),
			"Usage_Source__c":      {Constant: new("WalkMe")},
		},
	}
}

// Records come in any order; what is said about them has one of its own.
func TestRivalsAreNamedInTheOrderOfTheirIDs(t *testing.T) {
	t.Parallel()
	for _, read := range []string{"lookups", "bulk"} {
		onFakeTime(t, func(t *testing.T) {
			b := setup(t, byEmail(map[string]reportsync.Mapping{"Title": column("Title")}), "Email,Title\nmany@x.example,x\n")
			var ids []string
			for range 8 {
				ids = append(ids, b.insert(map[string]string{"Email": "many@x.example"}))
			}
			b.routes.Read = read
			_, id := b.run(reportsync.NewRun{})
			if got, want := b.outcomes(id)[0].Message, "8 records have this key: "+strings.Join(ids, ", "); got != want {
				t.Errorf("%s: message %q, want %q", read, got, want)
			}
		})
	}
}

// The real reports, by every pair of routes: the outcomes are the same, and a second run writes nothing.
func TestOnboardingOntoContacts(t *testing.T) {
	t.Parallel()
	reports := testenv.Reports(t)
	content, err := os.ReadFile(filepath.Join(reports, "onboarding.csv"))
	noError(t, err)
	var first []reportsync.Outcome
	for _, read := range []string{"", "lookups", "bulk"} {
		for _, write := range []reportsync.WriteRoute{reportsync.RouteCollections, reportsync.RouteBulk} {
			t.Run(read+"+"+string(write), func(t *testing.T) {
				onFakeTime(t, func(t *testing.T) {
					b := setup(t, onboarding(), "")
					b.write("onboarding.csv", string(content))
					b.load("Contact", filepath.Join(reports, "contacts.csv"))
					b.routes.Read, b.routes.Write = read, write
					result, id := b.run(reportsync.NewRun{})
					t.Logf("%+v\n%v\n%s", result, b.calls(), b.log(id))
					outcomes := b.outcomes(id)
					if first == nil {
						first = outcomes
					}
					if diff := cmp.Diff(anonymous(first), anonymous(outcomes)); diff != "" {
						t.Errorf("outcomes differ by route:\n%s", diff)
					}
					writes := b.org.Writes("Contact")
					if int64(writes) != result.Counts.Updated || result.Counts.Failed > 0 {
						t.Errorf("%d writes, counts %+v", writes, result.Counts)
					}
					again, _ := b.run(reportsync.NewRun{})
					if n := b.org.Writes("Contact"); n != writes || again.Counts.Updated != 0 || again.Counts.Unchanged != result.Counts.Updated+result.Counts.Unchanged {
						t.Errorf("second run wrote %d rows: %+v", n-writes, again.Counts)
					}
				})
			})
		}
	}
}

// anonymous takes out record ids, which differ from org to org.
func anonymous(outcomes []reportsync.Outcome) []reportsync.Outcome {
	out := append([]reportsync.Outcome(nil), outcomes...)
	for i := range out {
		out[i].RecordID = ""
		if out[i].Kind == reportsync.Ambiguous {
			out[i].Message, _, _ = strings.Cut(out[i].Message, ":")
		}
	}
	return out
}

func TestTelcoOntoCustomObject(t *testing.T) {
	t.Parallel()
	reports := testenv.Reports(t)
	content, err := os.ReadFile(filepath.Join(reports, "telco-customer-churn.csv"))
	noError(t, err)
	onFakeTime(t, func(t *testing.T) {
		s := schema.Standard()
		noError(t, s.Add(schema.Object{Name: "Customer__c", Fields: []schema.Field{
			{Name: "Customer_Number__c", Type: schema.Text, Length: 20, ExternalID: true, Unique: true},
			{Name: "Senior__c", Type: schema.Checkbox},
			{Name: "Tenure__c", Type: schema.Number, Precision: 4},
			{Name: "Contract__c", Type: schema.Picklist, Values: []string{"Month-to-month", "One year", "Two year"}, Restricted: true},
			{Name: "Monthly__c", Type: schema.Currency, Precision: 8, Scale: 2},
			{Name: "Total__c", Type: schema.Currency, Precision: 10, Scale: 2},
			{Name: "Churn__c", Type: schema.Checkbox},
		}}))
		b := setupOrg(t, s, reportsync.IntegrationSpec{
			Object: "Customer__c",
			Match:  reportsync.Match{Column: "customerID", Field: "Customer_Number__c"},
			Mappings: map[string]reportsync.Mapping{
				"Senior__c": column("SeniorCitizen"), "Tenure__c": column("tenure"), "Contract__c": column("Contract"),
				"Monthly__c": column("MonthlyCharges"), "Total__c": column("TotalCharges"), "Churn__c": column("Churn"),
			},
		}, string(content))
		for i, line := range strings.Split(strings.TrimSpace(string(content)), "\n")[1:] {
			key, _, _ := strings.Cut(line, ",")
			if i%2 == 0 {
				key = strings.ToLower(key)
			}
			_, err := b.org.Insert("Customer__c", map[string]string{"Name": key, "Customer_Number__c": key})
			noError(t, err)
		}
		result, id := b.run(reportsync.NewRun{})
		t.Logf("%+v\n%v\n%s", result, b.calls(), b.log(id))
		wantCounts(t, reportsync.Counts{Read: 7043, Updated: 7043}, result.Counts)
		if got := b.org.Journal().Summary().Total.Calls; int64(got) != result.APICalls {
			t.Errorf("the run counts %d API calls, Salesforce %d", result.APICalls, got)
		}
		if result.Status != reportsync.RunCompleted || b.org.Writes("Customer__c") != 7043 {
			t.Errorf("%s, %d writes", result.Status, b.org.Writes("Customer__c"))
		}
		again, _ := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: 7043, Unchanged: 7043}, again.Counts)
		if n := b.org.Writes("Customer__c"); n != 7043 {
			t.Errorf("the second run wrote %d rows", n-7043)
		}
	})
}
