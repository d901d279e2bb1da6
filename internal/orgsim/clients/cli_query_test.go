//go:build clients

package clients_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// cliPage is the result of data query.
type cliPage struct {
	Total   int              `json:"totalSize"`
	Done    bool             `json:"done"`
	Records []map[string]any `json:"records"`
}

func (c *cli) query(soql string) cliPage {
	c.t.Helper()
	var page cliPage
	c.onOrg(&page, "data", "query", "--query", soql)
	return page
}

func TestCLIQueries(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	account := c.insert("Account", map[string]string{"Name": "Acme, \"Inc\"", "Ext__c": "acme"})
	c.insert("Contact", map[string]string{"LastName": "A", "Email": "a@x.example", "AccountId": account, "Score__c": "1.25", "Active__c": "true"})
	c.insert("Contact", map[string]string{"LastName": "B", "Note__c": "two\nlines"})

	got := c.query("SELECT LastName, Account.Name, Account.Ext__c, Owner.Email, Score__c, Active__c FROM Contact WHERE CreatedDate = TODAY OR CreatedDate = YESTERDAY ORDER BY LastName")
	if got.Total != 2 || !got.Done || len(got.Records) != 2 {
		t.Fatalf("data query gave %+v", got)
	}
	for _, r := range got.Records {
		delete(r, "attributes")
		if parent, ok := r["Account"].(map[string]any); ok {
			delete(parent, "attributes")
		}
		if parent, ok := r["Owner"].(map[string]any); ok {
			delete(parent, "attributes")
		}
	}
	owner := map[string]any{"Email": orgsim.DefaultUsername}
	if diff := cmp.Diff([]map[string]any{
		{"LastName": "A", "Account": map[string]any{"Name": "Acme, \"Inc\"", "Ext__c": "acme"}, "Owner": owner, "Score__c": 1.25, "Active__c": true},
		{"LastName": "B", "Account": nil, "Owner": owner, "Score__c": nil, "Active__c": false},
	}, got.Records); diff != "" {
		t.Error(diff)
	}

	if got := c.query("SELECT Id FROM Contact WHERE Account.Ext__c IN ('acme','x') AND LastModifiedDate = LAST_N_DAYS:2"); got.Total != 1 {
		t.Errorf("by the parent's key: %+v", got)
	}
	if got := c.query("SELECT COUNT() FROM Contact"); got.Total != 2 {
		t.Errorf("COUNT() gave %+v", got)
	}
	if got := c.query("SELECT COUNT(Id) n FROM Contact WHERE Email != null"); len(got.Records) != 1 || got.Records[0]["n"] != 1.0 {
		t.Errorf("COUNT(Id) gave %+v", got)
	}
	if got := c.query("SELECT QualifiedApiName FROM EntityDefinition WHERE QualifiedApiName = 'Subscription__c'"); got.Total != 1 {
		t.Errorf("EntityDefinition gave %+v", got)
	}
	if refusal := c.refused("INVALID_FIELD", "data", "query", "--query", "SELECT Id, Nothing__c FROM Contact"); !strings.Contains(refusal.Message, "ERROR at Row:1:Column:12") {
		t.Errorf("the place of the mistake is not told: %s", refusal.Message)
	}
	c.refused("INVALID_TYPE", "data", "query", "--query", "SELECT Id FROM Nothing__c")
	c.refused("MALFORMED_QUERY", "data", "query", "--query", "SELECT Id FORM Contact")
}

func TestCLIWalksPages(t *testing.T) {
	t.Parallel()
	const n = 2500
	c := setupCLI(t, orgsim.Config{})
	ids := c.contacts(n)
	if err := c.org.Update("Contact", ids[0], map[string]string{"AccountId": c.insert("Account", map[string]string{"Name": "Acme"})}); err != nil {
		t.Fatal(err)
	}
	c.org.Journal().Reset()

	got := c.query("SELECT Id, Key__c FROM Contact ORDER BY Key__c")
	if got.Total != n || !got.Done || len(got.Records) != n {
		t.Fatalf("got %d of %d records, done %t", len(got.Records), got.Total, got.Done)
	}
	for i, r := range got.Records {
		if r["Id"] != ids[i] {
			t.Fatalf("record %d is %v, want %s", i, r, ids[i])
		}
	}
	if more := c.kind("query more"); more.Requests != 1 || more.Rows != n-2000 {
		t.Errorf("the rest was fetched by %+v, want one request for 500 rows", more)
	}

	// The CLI learns the columns of a table from a second question.
	path := filepath.Join(t.TempDir(), "out.csv")
	c.onOrg(nil, "data", "query", "--query", "SELECT Key__c, Account.Name FROM Contact ORDER BY Key__c", "--result-format", "csv", "--output-file", path)
	rows := readCSV(t, path)
	if len(rows) != n+1 {
		t.Fatalf("%d lines of CSV, want %d", len(rows), n+1)
	}
	want := [][]string{{"Key__c", "Account.Name"}, {"k0000", "Acme"}, {fmt.Sprintf("k%04d", n-1), ""}}
	if diff := cmp.Diff(want, [][]string{rows[0], rows[1], rows[n]}); diff != "" {
		t.Error(diff)
	}
}

func TestCLIExportsBulk(t *testing.T) {
	t.Parallel()
	const n = 2500
	c := setupCLI(t, orgsim.Config{BulkPageRows: 1000})
	account := c.insert("Account", map[string]string{"Name": "Acme"})
	ids := c.contacts(n)
	special := map[string]string{"LastName": "Ünï \"quoted\", comma", "Note__c": "two\nlines", "Key__c": "zz", "AccountId": account, "Score__c": "1.5", "Active__c": "true"}
	id := c.insert("Contact", special)

	const soql = "SELECT Id, LastName, Note__c, Key__c, Account.Name, Score__c, Active__c FROM Contact"
	path := filepath.Join(t.TempDir(), "out.csv")
	var exported struct {
		Total int    `json:"totalSize"`
		Path  string `json:"filePath"`
	}
	c.onOrg(&exported, "data", "export", "bulk", "--query", soql, "--output-file", path, "--wait", "2")
	if exported.Total != n+1 {
		t.Errorf("exported %d, want %d", exported.Total, n+1)
	}
	rows := readCSV(t, path)
	if diff := cmp.Diff([]string{"Id", "LastName", "Note__c", "Key__c", "Account.Name", "Score__c", "Active__c"}, rows[0]); diff != "" {
		t.Error(diff)
	}
	byID := map[string][]string{}
	for _, row := range rows[1:] {
		byID[row[0]] = row
	}
	if len(rows) != n+2 || len(byID) != n+1 {
		t.Errorf("%d lines with %d ids, want %d records", len(rows), len(byID), n+1)
	}
	for i, id := range ids {
		if row := byID[id]; len(row) != 7 || row[3] != fmt.Sprintf("k%04d", i) {
			t.Fatalf("record %d came as %q", i, row)
		}
	}
	if diff := cmp.Diff([]string{id, special["LastName"], special["Note__c"], "zz", "Acme", "1.5", "true"}, byID[id]); diff != "" {
		t.Error(diff)
	}
	if pages := c.kind("bulk query results"); pages.Requests != 3 || pages.Rows != n+1 {
		t.Errorf("results were fetched by %+v, want 3 pages", pages)
	}

	path = filepath.Join(t.TempDir(), "out.json")
	c.onOrg(nil, "data", "export", "bulk", "--query", "SELECT Id, Key__c FROM Contact WHERE Key__c = 'zz'", "--output-file", path, "--result-format", "json", "--wait", "2")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var records []map[string]string
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if diff := cmp.Diff([]map[string]string{{"Id": id, "Key__c": "zz"}}, records); diff != "" {
		t.Error(diff)
	}
}

// A job that nobody waits for goes on, and its results are fetched later.
func TestCLIResumesExport(t *testing.T) {
	t.Parallel()
	c := setupCLI(t, orgsim.Config{})
	c.contacts(3)
	path := filepath.Join(t.TempDir(), "out.csv")
	var started struct {
		Job string `json:"jobId"`
	}
	c.onOrg(&started, "data", "export", "bulk", "--query", "SELECT Key__c FROM Contact", "--output-file", path)
	var resumed struct {
		Total int `json:"totalSize"`
	}
	c.do(&resumed, "data", "export", "resume", "--job-id", started.Job)
	if rows := readCSV(t, path); resumed.Total != 3 || len(rows) != 4 {
		t.Errorf("resumed %+v with %d lines", resumed, len(rows))
	}
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	if len(rows) == 0 {
		t.Fatalf("%s is empty", path)
	}
	return rows
}
