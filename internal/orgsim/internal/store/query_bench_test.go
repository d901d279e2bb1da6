package store_test

import (
	"strconv"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// benchmarkContacts is how many contacts the benchmarks query, one parent for
// each hundred.
const benchmarkContacts = 200_000

func benchmarkQuery(b *testing.B, text string) {
	b.Helper()
	q := ask(b)
	object, _ := q.db.Schema().Object("Contact")
	place := func(name string) int {
		at, ok := object.Field(name)
		if !ok {
			b.Fatalf("no field %s", name)
		}
		return at
	}
	last, email, ext, parent := place("LastName"), place("Email"), place("Ext__c"), place("AccountId")
	var account string
	rows := make([]store.Mutation, 0, benchmarkContacts)
	for i := range benchmarkContacts {
		n := strconv.Itoa(i)
		if i%100 == 0 {
			account = q.insert("Account", map[string]string{"Name": "Account " + n, "Ext__c": "A" + n})
		}
		rows = append(rows, store.Mutation{Op: store.Insert, Object: object, Cells: []store.Cell{
			{Field: last, Text: "User " + n}, {Field: email, Text: "user" + n + "@acme.example"}, {Field: ext, Text: "K" + n}, {Field: parent, Text: account},
		}})
	}
	for _, outcome := range q.db.Apply(store.Actor{UserID: q.user, Loading: true}, false, rows) {
		if outcome.Err != nil {
			b.Fatal(outcome.Err)
		}
	}
	plan, err := q.db.Bind(parse(b, text), store.Scope{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		q.db.Run(plan)
	}
}

func BenchmarkQueryAll(b *testing.B) { benchmarkQuery(b, "SELECT Id, LastName FROM Contact") }

func BenchmarkQueryParents(b *testing.B) {
	benchmarkQuery(b, "SELECT Id, Account.Name FROM Contact")
}

func BenchmarkQueryOrdered(b *testing.B) {
	benchmarkQuery(b, "SELECT Id FROM Contact ORDER BY LastName")
}

func BenchmarkQueryScan(b *testing.B) {
	benchmarkQuery(b, "SELECT Id FROM Contact WHERE LastName LIKE '%99'")
}

func BenchmarkQueryScanParents(b *testing.B) {
	benchmarkQuery(b, "SELECT Id FROM Contact WHERE Account.Name LIKE '%500'")
}

func BenchmarkQueryByKey(b *testing.B) {
	benchmarkQuery(b, "SELECT Id FROM Contact WHERE Email = 'USER77@acme.example' OR Ext__c IN ('k78','k79')")
}

func BenchmarkQueryByParentKey(b *testing.B) {
	benchmarkQuery(b, "SELECT Id FROM Contact WHERE Account.Ext__c = 'a500'")
}

func BenchmarkQueryCount(b *testing.B) { benchmarkQuery(b, "SELECT COUNT() FROM Contact") }
