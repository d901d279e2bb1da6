package orgsim_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// withParent is an org with two contacts, one of which has an account.
func withParent(t *testing.T) (b *testBundle, account, child, orphan string) {
	t.Helper()
	b = setup(t, orgsim.Config{})
	account, err := b.org.Insert("Account", map[string]string{"Name": `Acme "1"`, "AnnualRevenue": "5"})
	if err != nil {
		t.Fatal(err)
	}
	child = b.insert(map[string]string{"LastName": "A", "AccountId": account})
	orphan = b.insert(map[string]string{"LastName": "B"})
	return b, account, child, orphan
}

func TestQueryNestsParents(t *testing.T) {
	t.Parallel()
	b, account, child, orphan := withParent(t)
	got := b.query("SELECT Account.Name, LastName, account.annualrevenue FROM Contact c ORDER BY c.Account.Name NULLS LAST").want(http.StatusOK)
	attributes := func(object, id string) string {
		return `{"attributes":{"type":"` + object + `","url":"` + data + `/sobjects/` + object + `/` + id + `"},`
	}
	want := `{"totalSize":2,"done":true,"records":[` +
		attributes("Contact", child) + `"Account":` + attributes("Account", account) + `"Name":"Acme \"1\"","AnnualRevenue":5.0},"LastName":"A"},` +
		attributes("Contact", orphan) + `"Account":null,"LastName":"B"}]}`
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}

func TestQueryCounts(t *testing.T) {
	t.Parallel()
	b, _, _, _ := withParent(t)
	want := `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"AggregateResult"},"expr0":2,"parents":1}]}`
	if got := b.query("SELECT COUNT(Id), COUNT(AccountId) parents FROM Contact").want(http.StatusOK).body; got != want {
		t.Errorf("got %s", got)
	}
}

// The keys of a column are those in the own tests of the Salesforce CLI.
func TestQueryColumns(t *testing.T) {
	t.Parallel()
	b, _, _, _ := withParent(t)
	column := func(name, apex, settable, kind string) string {
		is := func(what string) string { return strconv.FormatBool(kind == what) }
		return `{"aggregate":false,"apexType":` + apex + `,"booleanType":` + is("boolean") + `,"columnName":"` + name + `","custom":` + strconv.FormatBool(strings.HasSuffix(name, "__c")) +
			`,"displayName":"` + name + `","foreignKeyName":null,"insertable":` + settable + `,"joinColumns":[],"numberType":` + is("number") + `,"textType":` + is("text") + `,"updatable":` + settable + `}`
	}
	for soql, want := range map[string]string{
		"SELECT Id, Flag__c, Number__c, Name FROM Contact": `{"columnMetadata":[` + column("Id", `"Id"`, "false", "") + "," +
			column("Flag__c", `"Boolean"`, "true", "boolean") + "," + column("Number__c", `"Double"`, "true", "number") + "," + column("Name", `"String"`, "false", "text") +
			`],"entityName":"Contact","groupBy":false,"idSelected":true,"keyPrefix":"003"}`,
		"SELECT Account.Name FROM Contact": `{"columnMetadata":[{"aggregate":false,"apexType":null,"booleanType":false,"columnName":"Account","custom":false,"displayName":"Account",` +
			`"foreignKeyName":"AccountId","insertable":false,"joinColumns":[` + column("Name", `"String"`, "true", "text") +
			`],"numberType":false,"textType":false,"updatable":false}],"entityName":"Contact","groupBy":false,"idSelected":false,"keyPrefix":"003"}`,
		"SELECT COUNT(Id) n FROM Contact": `{"columnMetadata":[{"aggregate":true,"apexType":null,"booleanType":false,"columnName":"n","custom":false,"displayName":"count(Id)",` +
			`"foreignKeyName":null,"insertable":false,"joinColumns":[],"numberType":true,"textType":false,"updatable":false}],"entityName":"Contact","groupBy":false,"idSelected":false,"keyPrefix":"003"}`,
		"SELECT COUNT() FROM Contact": `{"columnMetadata":[],"entityName":"Contact","groupBy":false,"idSelected":false,"keyPrefix":"003"}`,
	} {
		got := b.get(data + "/query?columns=true&q=" + url.QueryEscape(soql)).want(http.StatusOK)
		if diff := cmp.Diff(want, strings.TrimSpace(got.body)); diff != "" {
			t.Errorf("%s:\n%s", soql, diff)
		}
	}
	b.get(data+"/query?columns=true&q=SELECT+Nope+FROM+Contact").refused(http.StatusBadRequest, "INVALID_FIELD")
}

func TestBulkQueryFlattensParents(t *testing.T) {
	t.Parallel()
	b, account, child, orphan := withParent(t)
	job := b.bulkQuery("SELECT Id, Account.Id, ACCOUNT.Name, Account.AnnualRevenue FROM Contact ORDER BY LastName")
	want := `"Id","Account.Id","Account.Name","Account.AnnualRevenue"` + "\n" +
		`"` + child + `","` + account + `","Acme ""1""","5.0"` + "\n" +
		`"` + orphan + `","","",""` + "\n"
	if diff := cmp.Diff(want, b.get(queryJobs+"/"+job.ID+"/results").want(http.StatusOK).body); diff != "" {
		t.Error(diff)
	}
}

func TestBulkQueryRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for soql, want := range map[string]string{
		"SELECT COUNT() FROM Contact":                    "Aggregate functions are not supported in Bulk Query: COUNT()",
		"SELECT COUNT(Id) FROM Contact":                  "Aggregate functions are not supported in Bulk Query: COUNT(Id)",
		"SELECT Id FROM Contact OFFSET 1":                "OFFSET is not supported in Bulk Query",
		"SELECT FIELDS(ALL) FROM Contact LIMIT 1":        "not supported with an unbounded set of fields in this API",
		"SELECT TYPEOF Owner WHEN User THEN Id END":      "TYPEOF",
		"SELECT Id, (SELECT Id FROM Cases) FROM Contact": "subqueries of child records",
	} {
		refused := b.do(http.MethodPost, queryJobs, map[string]string{"operation": "query", "query": soql}).refused(http.StatusBadRequest, "API_ERROR")
		if !strings.Contains(refused.Message, want) {
			t.Errorf("%s gave %q, want %q", soql, refused.Message, want)
		}
	}
}

// What a program in the same process and whoever holds the control port see is
// the same, parents by their path or nested.
func TestAdministratorsQueryParents(t *testing.T) {
	t.Parallel()
	b, _, _, _ := withParent(t)
	const soql = "SELECT LastName, Account.Name, Secret__c FROM Contact ORDER BY LastName"
	records, err := b.org.Query(soql)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]map[string]string{{"LastName": "A", "Account.Name": `Acme "1"`}, {"LastName": "B"}}, records); diff != "" {
		t.Error(diff)
	}
	counts, err := b.org.Query("SELECT COUNT(Account.Name) FROM Contact")
	if diff := cmp.Diff([]map[string]string{{"expr0": "1"}}, counts); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for soql, want := range map[string]string{
		soql: `[{"LastName":"A","Account":{"Name":"Acme \"1\""},"Secret__c":null},` + "\n" + `{"LastName":"B","Account":null,"Secret__c":null}]` + "\n",
		"SELECT COUNT(Account.Name) n FROM Contact": `[{"n":1}]` + "\n",
		"SELECT COUNT() FROM Contact":               `{"totalSize":2}` + "\n",
	} {
		if got := b.get("/orgsim/query?q=" + url.QueryEscape(soql)).want(http.StatusOK).body; got != want {
			t.Errorf("%s gave %s", soql, got)
		}
	}
}
