package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// usage feeds four fields of as many types.
func usage() reportsync.IntegrationSpec {
	return byEmail(map[string]reportsync.Mapping{
		"Onboarding_Status__c": column("Status"),
		"Sessions_30d__c":      column("Sessions"),
		"Last_Seen__c":         column("Last Seen"),
		"Usage_Source__c":      column("Source"),
	})
}

// usageRows is a report on users from first on, of which the given share, in thousandths, has changed. With the API
// names of the fields as header it is the org's side of it.
func usageRows(header string, first, rows, permille int) string {
	var text strings.Builder
	text.WriteString(header + "\n")
	for n := range rows {
		sessions := n % 500
		if n%1000 < permille {
			sessions += 1000 + permille // differs from the org, and from the reports before
		}
		fmt.Fprintf(&text, "user%07d@acme.example,%s,%d,2026-11-10T%02d:50:00Z,WalkMe,Doe\n",
			first+n, []string{"Not Started", "In Progress", "Stuck", "Completed"}[n%4], sessions, n%24)
	}
	return text.String()
}

const (
	usageHeader   = "Email,Status,Sessions,Last Seen,Source,Name"
	contactHeader = "Email,Onboarding_Status__c,Sessions_30d__c,Last_Seen__c,Usage_Source__c,LastName"
)

// loadContacts makes contacts as usageRows has them.
func (b *bundle) loadContacts(rows int) {
	b.t.Helper()
	loaded, err := b.org.LoadCSV("Contact", strings.NewReader(usageRows(contactHeader, 0, rows, 0)))
	noError(b.t, err)
	if loaded != rows {
		b.t.Fatalf("%d contacts were loaded, want %d", loaded, rows)
	}
}

// What a run may cost in API calls, by what changed, for 20,000 rows onto 20,000 Contacts that are matched by Email.
// The numbers are promised; the org counts as Salesforce does.
func TestCostOfReport(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		const rows = 20_000
		b := setup(t, usage(), usageRows(usageHeader, 0, rows, 0))
		b.loadContacts(rows)
		for _, c := range []struct {
			what     string
			permille int
			calls    int
			batches  int
		}{
			{"nothing", 0, 5, 0},
			{"1 %", 10, 6, 0},
			{"everything", 1000, 13, 2},
		} {
			b.write("report.csv", usageRows(usageHeader, 0, rows, c.permille))
			b.org.Journal().Reset()
			result, id := b.run(reportsync.NewRun{})
			updated := int64(rows * c.permille / 1000)
			wantCounts(t, reportsync.Counts{Read: rows, Updated: updated, Unchanged: rows - updated}, result.Counts)
			b.wantCost(c.what+" changed", c.calls, c.batches, result.APICalls, result.BulkBatches, id)
		}
	})
}

// A few rows cost a few calls, however large the org is.
func TestCostOfFewRows(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		const rows, contacts = 150, 200_000 // as many calls as with a million, which "make bench" loads
		b := setup(t, usage(), usageRows(usageHeader, contacts/2, rows, 1000))
		b.loadContacts(contacts)
		b.org.Journal().Reset()
		result, id := b.run(reportsync.NewRun{})
		wantCounts(t, reportsync.Counts{Read: rows, Updated: rows}, result.Counts)
		b.wantCost("150 rows", 3, 0, result.APICalls, result.BulkBatches, id)
	})
}

// A distant org is waited for only while a call is on its way: by the time that an answer is back, a job is worth a look.
func TestRunWaitsForNothingButCalls(t *testing.T) {
	t.Parallel()
	onFakeTime(t, func(t *testing.T) {
		const rows, latency = 20_000, 150 * time.Millisecond
		b := setup(t, usage(), usageRows(usageHeader, 0, rows, 0))
		b.loadContacts(rows)
		b.run(reportsync.NewRun{}) // logs in
		b.org.Faults().Add(fault.Fault{Preset: "latency", Delay: fault.Duration(latency)})
		b.write("report.csv", usageRows(usageHeader, 0, rows, 1000))
		began := time.Now()
		result, id := b.run(reportsync.NewRun{})
		if took := time.Since(began); took%latency != 0 || result.APICalls > 13 {
			t.Errorf("the run took %s for %d calls of %s each\n%s", took, result.APICalls, latency, b.log(id))
		}
	})
}

// wantCost compares what the org counted with what was promised, and with what the run says of itself.
func (b *bundle) wantCost(what string, calls, batches int, saidCalls, saidBatches int64, runID string) {
	b.t.Helper()
	counted := b.org.Journal().Summary()
	if counted.Total.Calls > calls || counted.Bulk > batches {
		b.t.Errorf("%s: %d API calls and %d bulk batches, want at most %d and %d: %v\n%s",
			what, counted.Total.Calls, counted.Bulk, calls, batches, b.calls(), b.log(runID))
	}
	if int64(counted.Total.Calls) != saidCalls || int64(counted.Bulk) != saidBatches {
		b.t.Errorf("%s: the run says %d API calls and %d bulk batches, the org counted %d and %d",
			what, saidCalls, saidBatches, counted.Total.Calls, counted.Bulk)
	}
}
