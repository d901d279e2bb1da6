package store_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// Whatever is asked is refused with a message or answered, and an answer does
// not depend on whether an index helps.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"SELECT Id, Account.Name, FIELDS(STANDARD) FROM Contact ORDER BY Account.Score__c DESC, LastName LIMIT 3 OFFSET 1",
		"SELECT Name FROM Contact WHERE Account.Ext__c IN ('K1','k2') OR Ext__c = 'c1' OR Email = 'a@x.example'",
		"SELECT Name FROM Contact c WHERE c.Tags__c INCLUDES ('a;b') AND Moment__c < LAST_N_WEEKS:2 AND (NOT Account.Flag__c = true)",
		"SELECT COUNT(Id), COUNT(Account.Name) n FROM Contact WHERE Id != '003' AND Name LIKE '%\\_%'",
		"SELECT COUNT() FROM Account WHERE Score__c >= 2.5 AND CreatedDate = TODAY LIMIT 2",
		"SELECT Owner.Name FROM Account WHERE Owner.Id != null AND ParentId = null AND NumberOfEmployees > 1",
	} {
		f.Add(seed)
	}
	q := ask(f)
	var account string
	for i, name := range []string{"Acme", "Zeta", "Ümlaut"} {
		account = q.insert("Account", map[string]string{"Name": name, "Ext__c": "K" + strconv.Itoa(i), "Score__c": strconv.Itoa(5 * i), "ParentId": account})
		for _, parent := range []string{account, ""} {
			q.insert("Contact", map[string]string{
				"LastName": name, "AccountId": parent, "Ext__c": "c" + strconv.Itoa(i), "Tags__c": "a;b",
				"Email": "n" + strconv.Itoa(i) + "@x.example", "Moment__c": "2026-05-0" + strconv.Itoa(i+4) + "T00:00:00.000+0000",
			})
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := soql.Parse(text)
		if err != nil {
			t.Skip("not SOQL: the parser has a target of its own")
		}
		result, err := q.db.Select(parsed, store.Scope{})
		if err != nil {
			if refused, ok := err.(*soql.Error); !ok || refused.Message == "" || refused.Code == "" { //nolint:errorlint // the contract is this very type
				t.Fatalf("%q is refused with %#v", text, err)
			}
			return
		}
		for row := range result.Rows {
			for column := range result.Columns() {
				if f, _ := result.Value(row, column); f == nil {
					t.Fatalf("%q: column %d has no field", text, column)
				}
			}
		}
		if parsed.Where == nil {
			return
		}
		parsed.Where = soql.Not{Term: soql.Not{Term: parsed.Where}}
		scanned, err := q.db.Select(parsed, store.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(result.Rows, scanned.Rows) || !slices.Equal(result.Counts, scanned.Counts) || result.Total != scanned.Total {
			t.Fatalf("%q: %d rows, scanned %d", text, result.Total, scanned.Total)
		}
	})
}
