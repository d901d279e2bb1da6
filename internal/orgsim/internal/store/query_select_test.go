package store_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

func TestCounts(t *testing.T) {
	t.Parallel()
	q := ask(t)
	account := q.insert("Account", map[string]string{"Name": "Acme"})
	for name, email := range map[string]string{"A": "a@x.example", "B": "b@x.example", "C": ""} {
		q.insert("Contact", map[string]string{"LastName": name, "Email": email})
	}
	q.insert("Contact", map[string]string{"LastName": "D", "AccountId": account})
	for text, want := range map[string]int{
		"SELECT COUNT() FROM Contact":                          4,
		"SELECT COUNT() FROM Contact LIMIT 3":                  3,
		"SELECT COUNT() FROM Contact LIMIT 0":                  0,
		"SELECT COUNT() FROM Contact LIMIT 3 OFFSET 2":         2,
		"SELECT COUNT() FROM Contact OFFSET 9":                 0,
		"SELECT COUNT() FROM Contact WHERE Email != null":      2,
		"SELECT COUNT() FROM Contact WHERE Email = 'nobody'":   0,
		"SELECT count() FROM Contact c WHERE c.LastName = 'A'": 1,
	} {
		if result := q.run(text); result.Total != want || result.Rows != nil || result.Counts != nil || result.Columns() != nil {
			t.Errorf("%s gave %+v, want %d", text, result, want)
		}
	}
	result := q.run("SELECT COUNT(Id), COUNT(Email) emails, COUNT(Account.Name), COUNT(c.Title) FROM Contact c")
	want := []store.Count{
		{Name: "expr0", Of: "count(Id)", Count: 4}, {Name: "emails", Of: "count(Email)", Count: 2},
		{Name: "expr1", Of: "count(Account.Name)", Count: 1}, {Name: "expr2", Of: "count(Title)"},
	}
	if diff := cmp.Diff(want, result.Counts); diff != "" || result.Total != 1 || result.Rows != nil {
		t.Errorf("total %d:\n%s", result.Total, diff)
	}
	for text, want := range map[string]string{
		"SELECT COUNT(Id) n, COUNT(Email) N FROM Contact": "duplicate alias: N",
		"SELECT COUNT(HasOptedOutOfEmail) FROM Contact":   "field HasOptedOutOfEmail does not support aggregate operator COUNT",
		"SELECT COUNT(Nope) FROM Contact":                 "No such column 'Nope' on entity 'Contact'. ",
	} {
		if _, sentence := q.refused(text, store.Scope{}); !strings.HasPrefix(sentence, want) {
			t.Errorf("%s gave %q, want %q", text, sentence, want)
		}
	}
}

func TestFieldSets(t *testing.T) {
	t.Parallel()
	q := ask(t)
	view := store.Scope{View: q.db.View("005000000000000AAA")}
	selected := func(text string, scope store.Scope) []string {
		result, err := q.db.Query(text, scope)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return columns(result)
	}
	custom := []string{"Ext__c", "Flag__c", "Score__c"}
	if diff := cmp.Diff(custom, selected("SELECT FIELDS(CUSTOM) FROM Account LIMIT 1", view)); diff != "" {
		t.Error(diff)
	}
	all := selected("SELECT FIELDS(ALL) FROM Account LIMIT 200", view)
	standard := selected("SELECT FIELDS(STANDARD) FROM Account", view)
	if len(all) != len(standard)+len(custom) || all[0] != "Id" || strings.Contains(strings.Join(standard, " "), "__c") {
		t.Errorf("all %v, standard %v", all, standard)
	}
	if got := selected("SELECT FIELDS(STANDARD), Ext__c, Owner.Name FROM Account", view); len(got) != len(standard)+2 {
		t.Errorf("with more fields: %v", got)
	}
	if got := selected("SELECT FIELDS(ALL) FROM Account LIMIT 1", store.Scope{}); len(got) != len(all)+1 {
		t.Errorf("an administrator gets %v", got)
	}
	if _, sentence := q.refused("SELECT FIELDS(STANDARD), name FROM Account", view); sentence != "duplicate field selected: Name" {
		t.Errorf("got %q", sentence)
	}
	if code, sentence := q.refused("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 1", view); code != "MALFORMED_QUERY" || !strings.Contains(sentence, "'Lead' has none of this set") {
		t.Errorf("got %s %q", code, sentence)
	}
}

// The recorded answers are compared where their folder stands beside the
// checkout. Two forms of the one for an unknown field are on record: the folder's,
// without a place, and the one answered here, with place and hint. Only the code
// and the first words, which both share, are compared.
func TestRefusalsAreAsRecorded(t *testing.T) {
	t.Parallel()
	q := ask(t)
	for name, text := range map[string]string{
		"error-invalid-type-soql-400.json":  "SELECT Id,Name,BillingCity,IsDeleted FROM Accout",
		"error-invalid-field-soql-400.json": "SELECT Id, AccountNumer FROM Account",
	} {
		body, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "..", "shared", "salesforce-fixtures", name))
		if err != nil {
			t.Skip("the recorded payloads (shared/salesforce-fixtures) do not stand beside this checkout")
		}
		var recorded []struct {
			Message string `json:"message"`
			Code    string `json:"errorCode"`
		}
		if err := json.Unmarshal(body, &recorded); err != nil {
			t.Fatal(err)
		}
		_, err = q.db.Query(text, store.Scope{})
		refused := store.QueryRefusal(err)
		want, common := recorded[0].Message, refused.Message
		if refused.Code == "INVALID_FIELD" {
			want, _, _ = strings.Cut(want, " on sobject")
			common = common[strings.LastIndexByte(common, '\n')+1:][:len(want)]
		}
		if diff := cmp.Diff(want, common); diff != "" || refused.Code != recorded[0].Code {
			t.Errorf("%s: %s\n%s", name, refused.Code, diff)
		}
	}
}
