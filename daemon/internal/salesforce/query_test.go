package salesforce_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

const queryRoute = "GET " + data + "/query"

func TestQueryFollowsPages(t *testing.T) {
	t.Parallel()
	next := func(locator string) string { return data + "/query/" + locator }
	records := func(ids ...string) string {
		var parts []string
		for _, id := range ids {
			parts = append(parts, `{"attributes":{"type":"Contact","url":"/x"},"Id":"`+id+`"}`)
		}
		return strings.Join(parts, ",")
	}
	org := newOrg(t, map[string]handler{
		queryRoute:                 answer(200, `{"totalSize":4,"done":false,"nextRecordsUrl":"`+next("01gD-2000?x=%2F")+`","records":[`+records("a", "b")+`]}`),
		"GET " + next("01gD-2000"): answer(200, `{"totalSize":4,"done":false,"nextRecordsUrl":"`+next("0r8xx-3")+`","records":[`+records("c")+`]}`),
		"GET " + next("0r8xx-3"):   answer(200, `{"totalSize":4,"done":true,"records":[`+records("d")+`]}`),
	})
	const soql = "SELECT Id FROM Contact WHERE Email = 'a+b@x.example'"
	rows, err := collect(org.client(nil).Query(t.Context(), soql, []string{"Id"}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"a"}, {"b"}, {"c"}, {"d"}}, rows); diff != "" {
		t.Error(diff)
	}
	if got := org.seen(queryRoute)[0].Query.Get("q"); got != soql {
		t.Errorf("the org was asked %q", got)
	}
	if got := org.seen("GET " + next("01gD-2000"))[0].Query.Get("x"); got != "/" {
		t.Errorf("the next page's address was touched: x is %q", got)
	}
}

func TestQueryRowsAreText(t *testing.T) {
	t.Parallel()
	const body = `{"totalSize":2,"done":true,"records":[
		{"attributes":{"type":"Contact"},"Id":"003","Name":"Zo\u00eb \u0026 Co","Score__c":5.0,"Big__c":9.12260031E8,"Long__c":12345678901234567890.123,
		 "Active__c":false,"Notes":"a\r\nb\rc","Account":{"attributes":{"type":"Account"},"Name":"Acme","Owner":{"Email":"o@x"}},"Last__c":"2026-05-01T07:25:37.000+0000"},
		{"attributes":{"type":"Contact"},"Id":"004","Name":null,"Score__c":null,"Big__c":-0.5,"Long__c":0,"Active__c":true,"Notes":"","Account":null,"Last__c":null}]}`
	columns := []string{"ID", "name", "Score__c", "Big__c", "Long__c", "Active__c", "Notes", "account.name", "Account.Owner.Email", "Last__c"}
	rows, err := collect(newOrg(t, map[string]handler{queryRoute: answer(200, body)}).client(nil).Query(t.Context(), "SELECT", columns))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"003", "Zoë & Co", "5.0", "9.12260031E8", "12345678901234567890.123", "false", "a\nb\nc", "Acme", "o@x", "2026-05-01T07:25:37.000+0000"},
		{"004", "", "", "-0.5", "0", "true", "", "", "", ""},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
}

func TestQueryRefusesAnswersThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ columns, body, says string }{
		"too few rows":     {"Id", `{"totalSize":2,"done":true,"records":[{"Id":"a"}]}`, "1 rows came of the 2"},
		"no next page":     {"Id", `{"totalSize":2,"done":false,"records":[{"Id":"a"}]}`, "no next page"},
		"other host":       {"Id", `{"totalSize":2,"done":false,"nextRecordsUrl":"//evil.example/x","records":[]}`, "evil.example"},
		"column missing":   {"Id", `{"totalSize":1,"done":true,"records":[{"Name":"a"}]}`, "no member Id"},
		"not an answer":    {"Id", `[]`, "not the JSON"},
		"parent is a text": {"Id Account.Name", `{"totalSize":1,"done":true,"records":[{"Id":"x","Account":"y"}]}`, "not a parent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := newOrg(t, map[string]handler{queryRoute: answer(200, tc.body)})
			_, err := collect(org.client(nil).Query(t.Context(), "SELECT", strings.Fields(tc.columns)))
			wantError(t, err, salesforce.CodeUnexpectedAnswer, tc.says)
		})
	}
}

func TestQueryTooLongForAnAddress(t *testing.T) {
	t.Parallel()
	soql := "SELECT Id FROM Contact WHERE Email IN (" + strings.Repeat("'a@b.example',", 700) + "'z')"
	if n := salesforce.QueryLength(soql); n <= salesforce.MaxQueryLength {
		t.Fatalf("the query takes %d bytes, too few for this test", n)
	}
	org := newOrg(t, nil)
	_, err := collect(org.client(nil).Query(t.Context(), soql, []string{"Id"}))
	wantError(t, err, salesforce.CodeInvalidRequest, "Bulk query")
}

func TestQueryErrorsOfTheOrg(t *testing.T) {
	t.Parallel()
	for code, hint := range map[string]string{
		"INVALID_FIELD": "field-level security", "INVALID_TYPE": "__c", "QUERY_TIMEOUT": "indexed", "INVALID_QUERY_LOCATOR": "again",
	} {
		org := newOrg(t, map[string]handler{queryRoute: answer(400, refusal(code, "\nSELECT x\n       ^\nERROR at Row:1"))})
		_, err := collect(org.client(nil).Query(t.Context(), "SELECT x", []string{"x"}))
		wantError(t, err, code, hint, "HTTP 400")
		if strings.Contains(err.Error(), "q=") {
			t.Errorf("the error holds the query: %v", err)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	n, err := newOrg(t, map[string]handler{queryRoute: answer(200, `{"totalSize":7043,"done":true,"records":[]}`)}).client(nil).
		Count(t.Context(), "SELECT COUNT() FROM Contact")
	if err != nil || n != 7043 {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestQueryStopsWithItsReader(t *testing.T) {
	t.Parallel()
	org := newOrg(t, map[string]handler{queryRoute: func(w http.ResponseWriter, _ exchange) {
		reply(w, 200, `{"totalSize":9,"done":false,"nextRecordsUrl":"/more","records":[{"Id":"a"},{"Id":"b"}]}`)
	}})
	for row, err := range org.client(nil).Query(t.Context(), "SELECT", []string{"Id"}) {
		if err != nil || row[0] != "a" {
			t.Fatalf("got %v, %v", row, err)
		}
		break
	}
	if got := len(org.calls()); got != 1 {
		t.Errorf("%d calls, want 1", got)
	}
}

func TestQuoteSOQL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                  `''`,
		"plain":             `'plain'`,
		`O'Neil "Bob" \ `:   `'O\'Neil \"Bob\" \\ '`,
		"a\nb\rc\td\be\ff":  `'a\nb\rc\td\be\ff'`,
		"\x00\x1f":          `'\u0000\u001F'`,
		"Zoë 中 🙂 100%_":     `'Zoë 中 🙂 100%_'`,
		"' OR Name LIKE '%": `'\' OR Name LIKE \'%'`,
	} {
		if got := salesforce.QuoteSOQL(in); got != want {
			t.Errorf("QuoteSOQL(%q) is %s, want %s", in, got, want)
		}
	}
}

// No text may end its own literal: between the outer quotes every quote has a backslash before it
// that isn't itself escaped, and every escape is a documented one.
func TestQuoteSOQLIsClosed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		quoted := salesforce.QuoteSOQL(rapid.String().Draw(t, "text"))
		inner := quoted[1 : len(quoted)-1]
		for i := 0; i < len(inner); i++ {
			switch ch := inner[i]; {
			case ch == '\'' || ch < ' ':
				t.Fatalf("byte %q stands open in %s", ch, quoted)
			case ch == '\\':
				i++
				if i == len(inner) || !strings.ContainsRune(`'"\nrtbfu`, rune(inner[i])) {
					t.Fatalf("undocumented escape in %s", quoted)
				}
			}
		}
	})
}
