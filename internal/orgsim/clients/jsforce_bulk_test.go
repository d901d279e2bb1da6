//go:build clients

package clients_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

func TestJSforceLoadsBulk(t *testing.T) {
	t.Parallel()
	const n = 1500
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme", "Ext__c": "acme"})
	type rows []map[string]string
	var got struct {
		Inserted, Updated, Deleted                                  int
		InsertFailures, UpdateFailures, UpsertFailures, CSVFailures rows
		Unprocessed, Upserted, CSV                                  rows
		Sample                                                      map[string]string
		Failed                                                      refusal
	}
	b.jsforce("bulk.mjs", &got, "ORG_TOKEN="+b.token())

	if got.Inserted != n-1 || len(got.InsertFailures) != 1 || got.InsertFailures[0]["Key__c"] != "k0007" || !strings.HasPrefix(got.InsertFailures[0]["sf__Error"], "INVALID_EMAIL_ADDRESS:") || len(got.Unprocessed) != 0 {
		t.Fatalf("%d inserted, failures %v, unprocessed %v", got.Inserted, got.InsertFailures, got.Unprocessed)
	}
	if got.Sample["LastName"] != `Last, "0001"` || got.Sample["Note__c"] != "two\nlines" || got.Sample["sf__Created"] != "true" {
		t.Errorf("a row came back as %v", got.Sample)
	}
	if got.Updated != n-1 || len(got.UpdateFailures) != 0 || got.Deleted != 10 {
		t.Errorf("%d updated, failures %v; %d deleted", got.Updated, got.UpdateFailures, got.Deleted)
	}
	created := map[string]string{}
	for _, r := range got.Upserted {
		created[r["Key__c"]] = r["sf__Created"]
	}
	if diff := cmp.Diff(map[string]string{"k0000": "false", "new": "true"}, created); diff != "" || len(got.UpsertFailures) != 0 {
		t.Errorf("upserted: %s failures %v", diff, got.UpsertFailures)
	}
	if len(got.CSV) != 1 || len(got.CSVFailures) != 1 || !strings.Contains(got.CSVFailures[0]["sf__Error"], "Foreign key external ID: nobody not found") {
		t.Errorf("CSV text gave %v and %v", got.CSV, got.CSVFailures)
	}
	if !strings.Contains(got.Failed.Message, "InvalidBatch : Field name not found : Nothing__c") {
		t.Errorf("the wrong column ended with %+v", got.Failed)
	}

	sample := b.found("Contact", fmt.Sprintf("Key__c = 'k%04d'", n-1), "Title", "Email", "Note__c")
	if sample["Title"] != "Boss" || sample["Email"] != "" || sample["Note__c"] != "two\nlines" {
		t.Errorf("the last contact is %v", sample)
	}
	if by := b.found("Contact", "LastName = 'By CSV'", "AccountId"); by["AccountId"] != account {
		t.Errorf("the contact of the CSV text is %v", by)
	}
	if left := len(slices.Collect(b.org.Records("Contact"))); left != n-1-10+1+1 {
		t.Errorf("%d contacts are left", left)
	}
}

// All on one page: at a second one jsforce breaks off with "write after end"
// (jsforce/jsforce#1546).
func TestJSforceQueriesBulk(t *testing.T) {
	t.Parallel()
	const n = 2500
	b := setup(t, orgsim.Config{})
	account := b.insert("Account", map[string]string{"Name": "Acme"})
	b.contacts(n)
	id := b.insert("Contact", map[string]string{"LastName": "Z", "Key__c": "zz", "Note__c": "two\n\"lines\"", "AccountId": account})
	var got struct {
		Got, Distinct int
		Special       map[string]any
		Refused       refusal
	}
	b.jsforce("bulkquery.mjs", &got, "ORG_TOKEN="+b.token())
	if got.Got != n+1 || got.Distinct != n+1 {
		t.Errorf("%d records with %d ids, want %d", got.Got, got.Distinct, n+1)
	}
	if diff := cmp.Diff(map[string]any{"Id": id, "Key__c": "zz", "Note__c": "two\n\"lines\"", "Account.Name": "Acme", "Score__c": ""}, got.Special); diff != "" {
		t.Error(diff)
	}
	if pages := b.kind("bulk query results"); pages.Requests != 1 || pages.Rows != n+1 {
		t.Errorf("fetched by %+v", pages)
	}
	if got.Refused.Code == "" || got.Refused.Code == "Error" {
		t.Errorf("COUNT() in a Bulk query was refused with %+v", got.Refused)
	}
}
