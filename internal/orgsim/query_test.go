package orgsim_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// page is a query's answer.
type page struct {
	Total   int              `json:"totalSize"`
	Done    bool             `json:"done"`
	Next    string           `json:"nextRecordsUrl"`
	Records []map[string]any `json:"records"`
}

// rows runs a query that has one page.
func (b *testBundle) rows(soql string) []map[string]any {
	b.t.Helper()
	var p page
	b.query(soql).want(http.StatusOK).decode(&p)
	if !p.Done || p.Total != len(p.Records) {
		b.t.Fatalf("%s: %d of %d rows, done %t", soql, len(p.Records), p.Total, p.Done)
	}
	return p.Records
}

func TestQueryAnswer(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setup(t, orgsim.Config{Now: clock.now})
	id := b.insert(map[string]string{
		"FirstName": "Ann", "Number__c": "5", "Count__c": "912260031", "Flag__c": "true", "Day__c": "2026-05-01",
		"Moment__c": "2026-05-01T09:25:37.5+02:00", "Tags__c": "B;A", "Text__c": "a \"b\" <é>",
	})
	got := b.query("select id, name, number__c, COUNT__C, Flag__c, Day__c, Moment__c, Tags__c, Text__c, Email, CreatedDate, Serial__c, Region__c from contact").want(http.StatusOK)
	want := `{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact","url":"` + data + `/sobjects/Contact/` + id + `"},` +
		`"Id":"` + id + `","Name":"Ann Doe","Number__c":5.0,"Count__c":9.12260031E8,"Flag__c":true,"Day__c":"2026-05-01",` +
		`"Moment__c":"2026-05-01T07:25:37.000+0000","Tags__c":"A;B","Text__c":"a \"b\" <é>","Email":null,` +
		`"CreatedDate":"2026-05-01T07:25:37.000+0000","Serial__c":"C-0001","Region__c":"EMEA"}]}`
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
	if count := b.query("SELECT COUNT() FROM Contact").want(http.StatusOK).body; count != `{"totalSize":1,"done":true,"records":[]}` {
		t.Errorf("COUNT() gave %s", count)
	}
}

func TestQueryConditions(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	account, err := b.org.Insert("Account", map[string]string{"Name": "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for name, fields := range map[string]map[string]string{
		"A": {"Text__c": "alpha", "Number__c": "1", "Flag__c": "true", "Day__c": "2026-01-01", "Email": "a@x.example", "Exact__c": "Key", "AccountId": account},
		"B": {"Text__c": "ALPHA", "Number__c": "10", "Day__c": "2026-01-02", "Email": "b@x.example", "Exact__c": "key", "Moment__c": "2026-01-01T12:00:00Z"},
		"C": {"Text__c": "a_%b", "Number__c": "-2.5", "Key__c": "Gamma", "Moment__c": "2026-01-01T12:00:01Z"},
		"D": {},
	} {
		fields["LastName"] = name
		ids[name] = b.insert(fields)
	}
	gone := b.insert(map[string]string{"LastName": "Z", "Text__c": "alpha"})
	if err := b.org.Delete("Contact", gone); err != nil {
		t.Fatal(err)
	}
	for condition, want := range map[string]string{
		"Text__c = 'Alpha'":                                   "AB",
		"Text__c != 'alpha'":                                  "CD",
		"Text__c = null":                                      "D",
		"Text__c = ''":                                        "D",
		"Text__c != null":                                     "ABC",
		"Text__c < 'alpha'":                                   "C",
		"Text__c LIKE 'al%'":                                  "AB",
		"Text__c LIKE '%ph_'":                                 "AB",
		"Text__c LIKE '%l%h%'":                                "AB",
		`Text__c LIKE '_\_\%_'`:                               "C",
		"Text__c LIKE 'alph'":                                 "",
		"Text__c LIKE '%'":                                    "ABC",
		"NOT Text__c LIKE 'al%'":                              "CD",
		"Text__c IN ('ALPHA', null)":                          "ABD",
		"Text__c NOT IN ('alpha')":                            "CD",
		"Exact__c = 'Key'":                                    "A",
		"Exact__c IN ('key', 'KEY')":                          "B",
		"Key__c = 'gamma'":                                    "C",
		"Email IN ('A@X.example','b@x.example')":              "AB",
		"Number__c = 1.0":                                     "A",
		"Number__c > -3":                                      "ABC",
		"Number__c <= 1":                                      "AC",
		"Number__c < 10 AND Number__c > 0":                    "A",
		"Number__c = null":                                    "D",
		"Flag__c = true":                                      "A",
		"Flag__c != TRUE":                                     "BCD",
		"Day__c >= 2026-01-02":                                "B",
		"Moment__c > 2026-01-01T13:00:00+01:00":               "C",
		"Moment__c <= 2026-01-01T12:00:00Z":                   "B",
		"Id = '" + ids["A"] + "'":                             "A",
		"Id IN ('" + ids["A"][:15] + "','" + ids["B"] + "')":  "AB",
		"Id > '" + ids["A"] + "' AND Id = '" + ids["A"] + "'": "",
		"AccountId = '" + account + "'":                       "A",
		"Text__c = 'alpha' AND (Number__c = 1 OR Number__c = 10) AND (NOT Flag__c = true)": "B",
		"LastName = 'Z'": "",
		"Name = 'd'":     "D",
	} {
		var got []string
		for _, r := range b.rows("SELECT LastName FROM Contact WHERE " + condition) {
			got = append(got, r["LastName"].(string)) //nolint:forcetypeassert // it panics, and the test fails
		}
		slices.Sort(got)
		if strings.Join(got, "") != want {
			t.Errorf("%s gave %q, want %q", condition, strings.Join(got, ""), want)
		}
	}
	var all page
	b.get(data + "/queryAll?q=" + url.QueryEscape("SELECT Id, IsDeleted FROM Contact WHERE LastName = 'Z'")).want(http.StatusOK).decode(&all)
	if len(all.Records) != 1 || all.Records[0]["IsDeleted"] != true {
		t.Errorf("queryAll gave %v", all.Records)
	}
}

func TestQueryOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for name, n := range map[string]string{"a": "2", "B": "10", "c": "", "D": "2"} {
		b.insert(map[string]string{"LastName": name, "Number__c": n})
	}
	for order, want := range map[string]string{
		"ORDER BY LastName":                                 "aBcD",
		"ORDER BY LastName DESC":                            "DcBa",
		"ORDER BY Number__c, LastName":                      "caDB",
		"ORDER BY Number__c NULLS LAST, LastName":           "aDBc",
		"ORDER BY Number__c DESC, LastName DESC":            "cBDa",
		"ORDER BY Number__c DESC NULLS LAST, LastName DESC": "BDac",
		"ORDER BY LastName LIMIT 2":                         "aB",
		"ORDER BY LastName LIMIT 2 OFFSET 1":                "Bc",
		"ORDER BY LastName OFFSET 9":                        "",
		"ORDER BY LastName LIMIT 0":                         "",
	} {
		var got strings.Builder
		for _, r := range b.rows("SELECT LastName FROM Contact " + order) {
			got.WriteString(r["LastName"].(string)) //nolint:forcetypeassert // it panics, and the test fails
		}
		if got.String() != want {
			t.Errorf("%s gave %q, want %q", order, got.String(), want)
		}
	}
}

func TestQueryRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	for soql, want := range map[string][2]string{
		"SELECT Id FROM":                                      {"MALFORMED_QUERY", "unexpected token: '<EOF>'"},
		"SELECT Nope FROM Contact":                            {"INVALID_FIELD", "\nSELECT Nope FROM Contact\n       ^\nERROR at Row:1:Column:8\nNo such column 'Nope' on entity 'Contact'."},
		"SELECT Secret__c FROM Contact":                       {"INVALID_FIELD", "No such column 'Secret__c'"},
		"SELECT Id FROM Contact WHERE Secret__c = 'x'":        {"INVALID_FIELD", "No such column 'Secret__c'"},
		"SELECT Id FROM Contact ORDER BY Nope":                {"INVALID_FIELD", "No such column 'Nope'"},
		"SELECT Id, ID FROM Contact":                          {"INVALID_FIELD", "duplicate field selected: Id"},
		"SELECT Nope__r.Name FROM Contact":                    {"INVALID_FIELD", "Didn't understand relationship 'Nope__r' in field path"},
		"SELECT Id FROM Nope__c":                              {"INVALID_TYPE", "\nSELECT Id FROM Nope__c\n               ^\nERROR at Row:1:Column:16\nsObject type 'Nope__c' is not supported."},
		"SELECT Id FROM Contact WHERE Number__c = '5'":        {"INVALID_FIELD", "value of filter criterion for field 'Number__c' must be of type double and should not be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE Text__c = 5":            {"INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE Flag__c = 'true'":       {"INVALID_FIELD", "must be of type boolean and should not be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE Day__c = '2026-01-01'":  {"INVALID_FIELD", "must be of type date and should not be enclosed in quotes"},
		"SELECT Id FROM Contact WHERE Moment__c = 2026-01-01": {"INVALID_FIELD", "must be of type dateTime"},
		"SELECT Id FROM Contact WHERE Day__c = 2026-02-30":    {"MALFORMED_QUERY", "unexpected token: '2026-02-30'"},
		"SELECT Id FROM Contact WHERE Flag__c < true":         {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean field"},
		"SELECT Id FROM Contact WHERE Number__c LIKE '5'":     {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on double field"},
		"SELECT Id FROM Contact WHERE Id = 'abc'":             {"INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"},
		"SELECT Id FROM Contact WHERE AccountId IN ('')":      {"INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: "},
		"SELECT Id FROM Contact WHERE Long__c = 'x'":          {"INVALID_FIELD", "field 'Long__c' can not be filtered in a query call"},
		"SELECT Id FROM Contact ORDER BY Long__c":             {"INVALID_FIELD", "field 'Long__c' can not be sorted in a query call"},
		"SELECT Id FROM Contact OFFSET 2001":                  {"NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"},
	} {
		refused := b.query(soql).refused(http.StatusBadRequest, want[0])
		if !strings.Contains(refused.Message, want[1]) || refused.Fields != nil {
			t.Errorf("%s gave %+v, want %q", soql, refused, want[1])
		}
	}
	b.get(data+"/query").refused(http.StatusBadRequest, "MALFORMED_QUERY")
	b.get(data+"/query/01gxx0000000001-5").refused(http.StatusBadRequest, "INVALID_QUERY_LOCATOR")
}

func TestQueryPages(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{Seed: 5})
	for n := range 1_100 {
		b.insert(map[string]string{"LastName": strconv.Itoa(n)})
	}
	sizes, seen := map[int]bool{}, map[string]int{}
	for range 2 { // each query has pages of its own
		next := data + "/query?q=" + url.QueryEscape("SELECT LastName FROM Contact")
		for pages := 0; next != ""; pages++ {
			if pages > 1_100 {
				t.Fatalf("the pages do not end; the last is %s", next)
			}
			var p page
			b.get(next, "Sforce-Query-Options", "batchSize=200").want(http.StatusOK).decode(&p)
			if p.Total != 1_100 || p.Done != (p.Next == "") {
				t.Fatalf("total %d, done %t, next %q", p.Total, p.Done, p.Next)
			}
			if len(p.Records) > 200 || !p.Done && len(p.Records) < 100 {
				t.Fatalf("a page of %d", len(p.Records))
			}
			sizes[len(p.Records)] = true
			for _, r := range p.Records {
				seen[r["LastName"].(string)]++ //nolint:forcetypeassert // it panics, and the test fails
			}
			next = p.Next
		}
	}
	if len(seen) != 1_100 || len(sizes) < 3 {
		t.Errorf("%d rows in pages of sizes %v", len(seen), sizes)
	}
	for name, times := range seen {
		if times != 2 {
			t.Errorf("row %s came %d times", name, times)
		}
	}
}

// A result is what it was when the query ran, whatever is written meanwhile.
func TestQueryPagesAreASnapshot(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{PageSize: 2, SteadyPages: true})
	var ids []string
	for n := range 4 {
		ids = append(ids, b.insert(map[string]string{"Number__c": strconv.Itoa(n)}))
	}
	var first, second page
	b.query("SELECT Number__c FROM Contact WHERE Number__c < 4 ORDER BY Number__c").decode(&first)
	if err := b.org.Update("Contact", ids[2], map[string]string{"Number__c": "99"}); err != nil {
		t.Fatal(err)
	}
	if err := b.org.Delete("Contact", ids[3]); err != nil {
		t.Fatal(err)
	}
	b.get(first.Next).want(http.StatusOK).decode(&second)
	if len(second.Records) != 2 || second.Records[0]["Number__c"] != 2.0 || second.Records[1]["Number__c"] != 3.0 {
		t.Errorf("second page %v", second.Records)
	}
}

func TestURILimits(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	path := data + "/query?q=" + url.QueryEscape("SELECT Id FROM Contact WHERE LastName = '")
	fill := func(length int) string { return path + strings.Repeat("x", length-len(path)-len("%27")) + "%27" }
	// Of the longest URI there is no room left for headers.
	answer := b.get(fill(16_384)).want(http.StatusRequestHeaderFieldsTooLarge)
	if !strings.Contains(answer.body, "<h1>") {
		t.Errorf("body %q", answer.body)
	}
	answer = b.get(fill(16_385)).want(http.StatusRequestURITooLong)
	if !strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") {
		t.Errorf("type %q", answer.header.Get("Content-Type"))
	}
	b.get(fill(15_000)).refused(http.StatusBadRequest, "MALFORMED_QUERY") // the string is too long, the URI is not
}

func TestLimitHeader(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	missing, back, before, perApp := 0, 0, 0, 0
	for range 40 {
		text := b.get(data + "/limits").header.Get("Sforce-Limit-Info")
		if text == "" {
			missing++
			continue
		}
		text, app, found := strings.Cut(text, "; per-app-api-usage=")
		if found && strings.HasSuffix(app, "/15000(appName=orgsim)") {
			perApp++
		}
		used, ok := strings.CutSuffix(strings.TrimPrefix(text, "api-usage="), "/15000")
		n, err := strconv.Atoi(used)
		if !ok || err != nil {
			t.Fatalf("header %q", text)
		}
		if n < before {
			back++
		}
		before = n
	}
	if missing == 0 || back == 0 || perApp == 0 {
		t.Errorf("the header was missing %d times, went back %d times and told of the app %d times", missing, back, perApp)
	}
	var limits map[string]map[string]int
	b.get(data + "/limits").decode(&limits)
	if diff := cmp.Diff(map[string]int{"Max": 15_000, "Remaining": 15_000 - 41}, limits["DailyApiRequests"]); diff != "" {
		t.Error(diff)
	}
}

func TestDailyLimitIsEnforced(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{DailyCalls: 2})
	for range 2 {
		b.get(data + "/limits").want(http.StatusOK)
	}
	refused := b.get(data+"/limits").refused(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED")
	if !strings.HasPrefix(refused.Message, "TotalRequests") {
		t.Errorf("message %q", refused.Message)
	}
	if calls := b.org.Journal().Calls(); calls != 2 {
		t.Errorf("%d calls", calls)
	}
}

func TestAnswersRepeatBySeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) []string {
		b := setup(t, orgsim.Config{Seed: seed, PageSize: 20})
		for range 50 {
			b.insert(nil)
		}
		var p page
		answer := b.query("SELECT Id FROM Contact").decode(&p)
		return []string{b.token, answer.body, b.get(p.Next).body}
	}
	first, again, other := run(1), run(1), run(2)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("equal seeds differ:\n%s", diff)
	}
	for i := range first {
		if first[i] == other[i] {
			t.Errorf("different seeds agree on %s", first[i])
		}
	}
}
