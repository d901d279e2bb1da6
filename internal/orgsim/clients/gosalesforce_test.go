//go:build clients

package clients_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// goResults is what go-salesforce tells about collections.
type goResults struct {
	Results             []saved
	HasSalesforceErrors bool
}

// goJob is what go-salesforce tells about a Bulk job.
type goJob struct {
	State             string `json:"state"`
	Failed            int    `json:"numberRecordsFailed"`
	SuccessfulRecords []map[string]string
	FailedRecords     []map[string]string
}

// goSalesforce runs a scenario of the program gosalesforce and decodes its outcome.
func (b *testBundle) goSalesforce(scenario string, into any, env ...string) {
	b.t.Helper()
	stdout, stderr, code := b.program(env...).run(filepath.Join(b.clients, "gosalesforce"), scenario)
	if code != 0 {
		b.t.Fatalf("gosalesforce %s ended with %d: %s\nrequests: %q", scenario, code, stderr, b.requests())
	}
	b.decode(stdout, into)
}

func TestGoSalesforceRenewsSession(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Sessions: orgsim.SessionPolicy{MaxCalls: 5}})
	var got struct{ Instance, Flow string }
	b.goSalesforce("sessions", &got)
	if got.Instance != b.url || got.Flow != "Client Credentials" {
		t.Errorf("logged in as %+v", got)
	}
	if q := b.kind("query"); q.Requests-q.Failures != 12 || q.Failures != 2 || b.kind("oauth").Requests != 3 {
		t.Errorf("queries %+v after %d logins", q, b.kind("oauth").Requests)
	}
}

func TestGoSalesforceQueries(t *testing.T) {
	t.Parallel()
	const n = 2500
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	ids := b.contacts(n)
	if err := b.org.Update("Contact", ids[3], map[string]string{"AccountId": account, "Score__c": "2.5"}); err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID, Key string
		Score   float64
		Account *struct{ Name string }
	}
	var got struct {
		All, Parents []row
		Built        []struct{ ID, LastName string }
		Refused      string
	}
	// Both with and without compression, the client's own switch.
	for _, gzip := range []string{"", "yes"} {
		b.goSalesforce("query", &got, "ORG_GZIP="+gzip)
		if len(got.All) != n {
			t.Errorf("%d rows, want %d", len(got.All), n)
		}
		if diff := cmp.Diff([]row{{ID: ids[3], Key: "k0003", Score: 2.5, Account: &struct{ Name string }{"Acme"}}}, got.Parents); diff != "" {
			t.Error(diff)
		}
		if len(got.Built) != 1 || got.Built[0].ID != ids[3] || got.Built[0].LastName != "Last 0003" {
			t.Errorf("the built query gave %+v", got.Built)
		}
		if !strings.Contains(got.Refused, `"errorCode":"INVALID_FIELD"`) {
			t.Errorf("a wrong query was refused with %s", got.Refused)
		}
	}
}

func TestGoSalesforceWritesRecords(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var got struct {
		Made, Updated, Created saved
		Missing, Gone          string
	}
	b.goSalesforce("record", &got)
	b.holds(got.Made.ID, map[string]string{"LastName": "O'Brien", "FirstName": "Ann", "Key__c": "k1", "Email": "", "Title": "Boss"})
	if got.Updated.ID != got.Made.ID || !got.Created.Success {
		t.Errorf("the upserts gave %+v and %+v", got.Updated, got.Created)
	}
	if _, ok := b.org.Record("Contact", got.Created.ID); ok {
		t.Error("the second contact is still there")
	}
	if !strings.Contains(got.Missing, "REQUIRED_FIELD_MISSING") || !strings.Contains(got.Gone, "ENTITY_IS_DELETED") {
		t.Errorf("refused with %s and %s", got.Missing, got.Gone)
	}
}

func TestGoSalesforceWritesCollections(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gzip     string
		requests int
	}{{"", 3}, {"yes", 3}} {
		b := setup(t, orgsim.Config{})
		var got struct {
			Made, Updated, Upserted, Deleted goResults
			IDs                              []string
		}
		b.goSalesforce("collections", &got, "ORG_GZIP="+c.gzip)
		b.wroteRows(got.Made, got.Updated, got.IDs)
		if up := got.Upserted.Results; len(up) != 3 || !up[0].Success || !up[1].Success || up[2].code() != "REQUIRED_FIELD_MISSING" {
			t.Errorf("upserted: %+v", up)
		}
		if len(got.Deleted.Results) != 250 || got.Deleted.HasSalesforceErrors {
			t.Errorf("deleted: %+v", got.Deleted)
		}
		if left := len(slices.Collect(b.org.Records("Contact"))); left != 449-250+1 {
			t.Errorf("%d contacts are left", left)
		}
		if made := b.kind("collections create"); made.Requests != c.requests || made.Failures != 0 {
			t.Errorf("collections create: %+v", made)
		}
	}
}

func TestGoSalesforceWritesComposite(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	var got struct {
		Made, Updated, Upserted, RolledBack, Deleted goResults
		IDs                                          []string
	}
	b.goSalesforce("composite", &got)
	b.wroteRows(got.Made, got.Updated, got.IDs)
	if up := got.Upserted.Results; len(up) != 2 || !up[0].Success || !up[1].Success {
		t.Errorf("upserted: %+v", up)
	}
	if !got.RolledBack.HasSalesforceErrors {
		t.Errorf("all or none gave %+v", got.RolledBack)
	}
	if records, err := b.org.Query("SELECT Id FROM Contact WHERE LastName = 'Undone'"); err != nil || len(records) != 0 {
		t.Errorf("a row of the request that was taken back is there: %v, %v", records, err)
	}
	if left := len(slices.Collect(b.org.Records("Contact"))); left != 449+1-2 {
		t.Errorf("%d contacts are left", left)
	}
}

// wroteRows wants that 450 rows were made, all but the one with a wrong address,
// and then updated.
func (b *testBundle) wroteRows(made, updated goResults, ids []string) {
	b.t.Helper()
	if len(made.Results) != 450 || len(ids) != 449 || made.Results[7].code() != "INVALID_EMAIL_ADDRESS" {
		b.t.Fatalf("%d rows made, %d ids, the wrong one: %+v", len(made.Results), len(ids), made.Results)
	}
	if len(updated.Results) != 449 || updated.HasSalesforceErrors {
		b.t.Errorf("%d rows updated, %t", len(updated.Results), updated.HasSalesforceErrors)
	}
	for i, id := range ids {
		if history := b.org.History("Contact", id); len(history) < 2 || history[1].Changes[0].After != fmt.Sprintf("Title %d", i) {
			b.t.Fatalf("contact %d has the history %+v", i, history)
		}
	}
}

func TestGoSalesforceLoadsBulk(t *testing.T) {
	t.Parallel()
	const n = 1500
	b := setup(t, orgsim.Config{})
	var got struct {
		Inserted, Updated, Upserted, Deleted goJob
		Failed                               string
	}
	b.goSalesforce("bulk", &got)
	if got.Inserted.State != "JobComplete" || len(got.Inserted.SuccessfulRecords) != n-1 || len(got.Inserted.FailedRecords) != 1 || got.Inserted.Failed != 1 ||
		got.Inserted.FailedRecords[0]["Key__c"] != "k0007" || !strings.HasPrefix(got.Inserted.FailedRecords[0]["sf__Error"], "INVALID_EMAIL_ADDRESS:") {
		t.Fatalf("inserted %d, failed %+v", len(got.Inserted.SuccessfulRecords), got.Inserted.FailedRecords)
	}
	if len(got.Updated.SuccessfulRecords) != n-1 || len(got.Upserted.SuccessfulRecords) != 2 || len(got.Deleted.SuccessfulRecords) != 10 {
		t.Errorf("updated %d, upserted %d, deleted %d", len(got.Updated.SuccessfulRecords), len(got.Upserted.SuccessfulRecords), len(got.Deleted.SuccessfulRecords))
	}
	if !strings.Contains(got.Failed, "InvalidBatch : Field name not found : Nothing__c") {
		t.Errorf("the wrong column ended with %s", got.Failed)
	}
	if last := b.found("Contact", "Key__c = 'k1499'", "LastName", "Title"); last["Title"] != "Boss" || last["LastName"] != `Last, "quoted" 1499` {
		t.Errorf("the last contact is %v", last)
	}
	if left := len(slices.Collect(b.org.Records("Contact"))); left != n-1-10+1 {
		t.Errorf("%d contacts are left", left)
	}
}

func TestGoSalesforceLoadsFile(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	var got struct{ Inserted goJob }
	b.goSalesforce("bulkfile", &got, "ORG_FILE="+b.file("in.csv", "LastName,Key__c,Account.Ext__c\r\n\"Last, \"\"one\"\"\",k1,acme\r\nTwo,k2,\r\n"))
	if len(got.Inserted.SuccessfulRecords) != 2 || len(got.Inserted.FailedRecords) != 0 {
		t.Fatalf("inserted: %+v", got.Inserted)
	}
	one := b.found("Contact", "Key__c = 'k1'", "LastName", "AccountId")
	if one["LastName"] != `Last, "one"` || one["AccountId"] != account {
		t.Errorf("the first contact is %v", one)
	}
}

func TestGoSalesforceExportsBulk(t *testing.T) {
	t.Parallel()
	const n = 2500
	b := setup(t, orgsim.Config{BulkPageRows: 1000})
	b.contacts(n)
	path := filepath.Join(t.TempDir(), "out.csv")
	var got struct {
		Keys  []string
		Pages int
	}
	b.goSalesforce("bulkquery", &got, "ORG_FILE="+path)
	rows := readCSV(t, path)
	if len(rows) != n+1 || !slices.Equal(rows[0], []string{"Id", "Key__c", "Note__c", "Account.Name"}) {
		t.Errorf("%d lines with header %q", len(rows), rows[0])
	}
	keys := map[string]bool{}
	for _, row := range rows[1:] {
		keys[row[1]] = true
	}
	if len(keys) != n || len(got.Keys) != n || got.Pages != 3 {
		t.Errorf("%d keys in the file, %d by %d pages", len(keys), len(got.Keys), got.Pages)
	}
}
