package sync_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// ofCompanies links Contacts with Accounts by their name, and with other Contacts by their id.
func ofCompanies() reportsync.IntegrationSpec {
	return byEmail(map[string]reportsync.Mapping{
		"AccountId":   {Lookup: &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Company"}},
		"Mentor__c":   {Lookup: &reportsync.Lookup{Object: "Contact", Field: "Id", Column: "Mentor"}},
		"ReportsToId": {Lookup: &reportsync.Lookup{Object: "Contact", Field: "LastName", Column: "Boss"}},
	})
}

// The forecast shows how parents are found, and its calls are those of the whole run, theirs among them.
func TestForecastOfParents(t *testing.T) {
	t.Parallel()
	for _, dry := range []bool{false, true} {
		t.Run(fmt.Sprintf("dry %t", dry), func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				s := schema.Standard()
				noError(t, s.Add(schema.Object{Name: "Contact", Fields: []schema.Field{{Name: "Mentor__c", Type: schema.Reference, ReferenceTo: []string{"Contact"}}}}))
				b := setupOrg(t, s, ofCompanies(), "")
				_, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
				noError(t, err)
				mentor := b.insert(map[string]string{"Email": "a@x.example"})
				b.insert(map[string]string{"Email": "b@x.example"})
				b.write("report.csv", "Email,Company,Mentor,Boss\na@x.example,Acme,"+mentor+",\nb@x.example,ACME,"+mentor+",\nc@x.example,Other,"+mentor+",\n")
				result, id := b.run(reportsync.NewRun{DryRun: dry})
				run, err := b.store.Run(t.Context(), id)
				noError(t, err)
				var got []string
				for _, p := range run.Forecast.Parents {
					got = append(got, fmt.Sprintf("%s of %s by %s, %d keys", p.Field, p.Object, p.Choice.Route, p.Choice.Rows))
				}
				want := []string{"AccountId of Account by lookups, 2 keys", "Mentor__c of Contact by none, 0 keys", "ReportsToId of Contact by none, 0 keys"}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("parents (-want +got):\n%s%s", diff, b.log(id))
				}
				foreseen, made := run.Forecast.APICalls, result.APICalls
				if dry {
					made++ // the call that would have written
				}
				if foreseen != made || run.Forecast.Match.Route != "lookups" {
					t.Errorf("%d calls were foreseen, %d made; records by %s\n%s", foreseen, made, run.Forecast.Match.Route, b.log(id))
				}
			})
		})
	}
}

// Parents are found the same way whether their keys are looked up or all of them are read, however they are spelt and
// however many there are.
func TestManyParents(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"lookups", "pages", "bulk"} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			onFakeTime(t, func(t *testing.T) {
				const rows = 3000
				spec := byEmail(map[string]reportsync.Mapping{"AccountId": {Lookup: &reportsync.Lookup{Object: "Account", Field: "Name", Column: "Company"}}})
				b := setup(t, spec, "")
				b.routes = sync.Routes{Read: route}
				var report, accounts, contacts strings.Builder
				report.WriteString("Email,Company\n")
				accounts.WriteString("Name\n")
				contacts.WriteString("Email,LastName\n")
				for n := range rows {
					fmt.Fprintf(&report, "user%d@x.example,ACCOUNT %d\n", n, n)
					fmt.Fprintf(&contacts, "user%d@x.example,Doe\n", n)
					if n%3 > 0 { // every third account is not there, and another third three times
						fmt.Fprintf(&accounts, "Account %d\n", n)
					}
					if n%3 > 1 {
						fmt.Fprintf(&accounts, "Account %d\nACCOUNT %d\n", n, n)
					}
				}
				b.write("report.csv", report.String())
				for object, records := range map[string]*strings.Builder{"Account": &accounts, "Contact": &contacts} {
					_, err := b.org.LoadCSV(object, strings.NewReader(records.String()))
					noError(t, err)
				}
				result, id := b.run(reportsync.NewRun{})
				wantCounts(t, reportsync.Counts{Read: rows, Updated: rows / 3, Invalid: rows / 3, Ambiguous: rows / 3}, result.Counts)
				if log := b.log(id); !strings.Contains(log, "3000 parent keys of Account by Name: 1000 are not there, 1000 are there several times") {
					t.Errorf("log:\n%s", log)
				}
				for _, o := range b.outcomes(id) {
					if o.Row%3 != 2 {
						continue
					}
					account, _ := b.org.Record("Account", b.field(o.RecordID, "AccountId"))
					if want := fmt.Sprintf("Account %d", o.Row-1); account["Name"] != want {
						t.Fatalf("row %d is linked with %q, want %q", o.Row, account["Name"], want)
					}
				}
			})
		})
	}
}
