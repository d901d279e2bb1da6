package store_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// All values of a row at once are those that are read one by one: of the record
// and of its parents, of addresses, and of fields that were not there when it was
// written.
func TestTextsAgreeWithValues(t *testing.T) {
	t.Parallel()
	q := family(t)
	q.insert("Account", map[string]string{"Name": "Placed", "BillingCity": "Graz"})
	lead := q.insert("Lead", map[string]string{"LastName": "Led", "Company": "Acme"})
	q.insert("Task", map[string]string{"Subject": "led", "WhoId": lead})
	q.insert("Task", map[string]string{"Subject": "alone"})
	if err := q.db.AddField("Account", schema.Field{Name: "Later__c", Type: schema.Text, Length: 10}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"SELECT Id, Name, BillingAddress, BillingCity, Score__c, Later__c FROM Account",
		"SELECT LastName, Account.Name, Account.BillingAddress, Owner.Email, Account.Later__c FROM Contact",
		"SELECT Subject, Who.Type, Who.Name FROM Task",
	} {
		result := q.run(text)
		for row := range result.Rows {
			var want, got []string
			for column := range result.Columns() {
				_, value := result.Value(row, column)
				want = append(want, value)
			}
			for column, text := range result.Texts(row) {
				if column == len(got) {
					got = append(got, text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", text, diff)
			}
		}
	}
}

// More matches than are expected at first come in their order, and no more of them
// than are asked for.
func TestManyMatches(t *testing.T) {
	t.Parallel()
	const rows = 5_000
	db, thing := open(t)
	key, _ := thing.Field("Key__c")
	user := addUser(t, db, "api@acme.example")
	var ids []string
	for n := range rows {
		m := store.Mutation{Op: store.Insert, Object: thing}
		if n%2 == 0 {
			m.Cells = []store.Cell{{Field: key, Text: "k" + strconv.Itoa(n)}}
		}
		outcome := db.Apply(store.Actor{UserID: user}, false, []store.Mutation{m})[0]
		if outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
		if n%2 == 0 {
			ids = append(ids, outcome.ID)
		}
	}
	for condition, want := range map[string][]string{
		"Key__c != null":                     ids,
		"Key__c LIKE '%' LIMIT 1500":         ids[:1500],
		"Key__c != '' LIMIT 10":              ids[:10],
		"NOT Key__c = null ORDER BY Id":      ids,
		"Key__c = null AND Key__c LIKE 'k%'": {},
	} {
		if diff := cmp.Diff(want, find(t, db, condition)); diff != "" {
			t.Errorf("%s: %s", condition, diff)
		}
	}
}
