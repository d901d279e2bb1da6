package sync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
)

func form(t testing.TB, field salesforce.Field, zone string) *sync.Form {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := sync.NewForm(field, loc)
	if !ok {
		t.Fatalf("no form for type %s", field.Type)
	}
	return f
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	const refused = "\x00"
	text := salesforce.Field{Name: "T", Type: salesforce.TypeString, Length: 5}
	email := salesforce.Field{Name: "E", Type: salesforce.TypeEmail, Length: 80}
	money := salesforce.Field{Name: "M", Type: salesforce.TypeCurrency, Precision: 5, Scale: 2}
	count := salesforce.Field{Name: "N", Type: salesforce.TypeInt, Digits: 8}
	box := salesforce.Field{Name: "B", Type: salesforce.TypeBoolean}
	date := salesforce.Field{Name: "D", Type: salesforce.TypeDate}
	at := salesforce.Field{Name: "A", Type: salesforce.TypeDateTime}
	pick := salesforce.Field{Name: "P", Type: salesforce.TypePicklist, Length: 40, RestrictedPicklist: true, PicklistValues: []string{"In Progress", "Done"}}
	loose := salesforce.Field{Name: "P", Type: salesforce.TypePicklist, Length: 40, PicklistValues: []string{"Done"}}
	multi := salesforce.Field{Name: "S", Type: salesforce.TypeMultiPicklist, Length: 4099, RestrictedPicklist: true, PicklistValues: []string{"Mobile", "Api", "Web"}}
	ref := salesforce.Field{Name: "R", Type: salesforce.TypeReference, Length: 18}
	for _, tc := range []struct {
		field      salesforce.Field
		zone       string
		text, want string
	}{
		{text, "UTC", " ab\t\r\n", "ab"},
		{text, "UTC", " \t ", ""},
		{text, "UTC", "\u00a0a\u00a0", "\u00a0a\u00a0"},
		{text, "UTC", "a\r\nb\rc", "a\nb\nc"},
		{text, "UTC", "äöüßñ", "äöüßñ"},
		{text, "UTC", "abcdef", refused},
		{email, "UTC", " Zoe.DAngelo1@ACME.example ", "zoe.dangelo1@acme.example"},
		{money, "UTC", "29.85", "29.85"},
		{money, "UTC", " +007.50 ", "7.5"},
		{money, "UTC", "1.005", "1.01"},
		{money, "UTC", "-1.005", "-1.01"},
		{money, "UTC", "-0.001", "0"},
		{money, "UTC", ".5", "0.5"},
		{money, "UTC", "5.", "5"},
		{money, "UTC", "9.9999E2", "999.99"},
		{money, "UTC", "1e-999", "0"},
		{money, "UTC", "0e9999", "0"},
		{money, "UTC", "999.994", "999.99"},
		{money, "UTC", "999.995", refused},
		{money, "UTC", "1000", refused},
		{money, "UTC", "1e9999", refused},
		{money, "UTC", "1,000", refused},
		{money, "UTC", "12 %", refused},
		{money, "UTC", "$12", refused},
		{money, "UTC", "NaN", refused},
		{money, "UTC", "Infinity", refused},
		{money, "UTC", "0x10", refused},
		{money, "UTC", "1_0", refused},
		{money, "UTC", "1e", refused},
		{money, "UTC", ".", refused},
		{money, "UTC", "--1", refused},
		{count, "UTC", "12345678", "12345678"},
		{count, "UTC", "2.5", "3"},
		{count, "UTC", "123456789", refused},
		{box, "UTC", "YES", "true"},
		{box, "UTC", "off", "false"},
		{box, "UTC", "1", "true"},
		{box, "UTC", "N", "false"},
		{box, "UTC", "2", refused},
		{box, "UTC", "wahr", refused},
		{date, "UTC", "2026-02-28", "2026-02-28"},
		{date, "UTC", "2026-02-29", refused},
		{date, "UTC", "2026-2-8", refused},
		{date, "UTC", "1699-12-31", refused},
		{date, "UTC", "1700-01-01", "1700-01-01"},
		{date, "UTC", "4000-12-31", "4000-12-31"},
		{date, "UTC", "4001-01-01", refused},
		{date, "UTC", "0001-01-01", refused},
		{at, "UTC", "1699-12-31 23:59:59", refused},
		{at, "UTC", "1700-01-01 00:00:00", "1700-01-01T00:00:00Z"},
		{at, "UTC", "4000-12-31T23:59:59Z", "4000-12-31T23:59:59Z"},
		{at, "UTC", "4000-12-31T23:59:59-01:00", refused},
		{at, "UTC", "9999-12-31 00:00:00", refused},
		{at, "Europe/Berlin", "4001-01-01 00:30:00", "4000-12-31T23:30:00Z"},
		{date, "UTC", "21/11/2026", refused},
		{date, "UTC", "2026-02-28T00:00:00Z", refused},
		{at, "UTC", "2026-10-25 11:33:00", "2026-10-25T11:33:00Z"},
		{at, "UTC", "2026-11-10 08:50:00.836030", "2026-11-10T08:50:00Z"},
		{at, "UTC", "2026-11-10T08:50:00.999+02:00", "2026-11-10T06:50:00Z"},
		{at, "UTC", "2026-11-10T08:50:00.000+0000", "2026-11-10T08:50:00Z"},
		{at, "Europe/Berlin", "2026-07-01 12:00:00", "2026-07-01T10:00:00Z"},
		{at, "Europe/Berlin", "2026-07-01 12:00:00Z", "2026-07-01T12:00:00Z"},
		{at, "Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"}, // shown twice: the earlier
		{at, "Europe/Berlin", "2026-03-29 02:30:00", refused},                // skipped
		{at, "America/New_York", "2026-11-01 01:30:00", "2026-11-01T05:30:00Z"},
		{at, "Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"},
		{at, "UTC", "2026-10-25", refused},
		{at, "UTC", "2026-10-25 11:33", refused},
		{at, "UTC", "25.10.2026 11:33:00", refused},
		{at, "UTC", "2026-10-25 24:00:00", refused},
		{pick, "UTC", "in progress", "In Progress"},
		{pick, "UTC", "Stuck", refused},
		{loose, "UTC", "done", "done"},
		{multi, "UTC", "Web; Mobile;;web", "Mobile;Web"},
		{multi, "UTC", "Web;Desktop", refused},
		{multi, "UTC", " ; ", ""},
		{ref, "UTC", "001000000000001", "001000000000001AAA"},
		{ref, "UTC", "0010000000000", refused},
	} {
		got, err := form(t, tc.field, tc.zone).FromReport(tc.text)
		if err != nil {
			got = refused
			if strings.Contains(err.Error(), "\n") || err.Error() == "" {
				t.Errorf("%s %q: the message is not a sentence: %q", tc.field.Type, tc.text, err)
			}
		}
		if got != tc.want {
			t.Errorf("%s %q in %s = %q (%v), want %q", tc.field.Type, tc.text, tc.zone, got, err, tc.want)
		}
	}
}

func TestCanonicalFromOrg(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		field      salesforce.Field
		text, want string
	}{
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 18}, "5.0", "5"},
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 18, Scale: 1}, "9.12260031E8", "912260031"},
		{salesforce.Field{Type: salesforce.TypeBoolean}, "", "false"},
		{salesforce.Field{Type: salesforce.TypeDateTime}, "2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:37Z"},
		{salesforce.Field{Type: salesforce.TypeMultiPicklist}, "b;a", "a;b"},
		// What could not be written today may well be stored.
		{salesforce.Field{Type: salesforce.TypePicklist, RestrictedPicklist: true, PicklistValues: []string{"New"}}, "Old", "Old"},
		{salesforce.Field{Type: salesforce.TypeString, Length: 3}, "12345", "12345"},
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 3}, "12345", "12345"},
	} {
		if got := form(t, tc.field, "UTC").FromOrg(tc.text); got != tc.want {
			t.Errorf("%s %q = %q, want %q", tc.field.Type, tc.text, got, tc.want)
		}
	}
}

// anyField draws a field of every kind with sizes of every kind.
func anyField(t *rapid.T) salesforce.Field {
	f := salesforce.Field{Name: "F", Type: rapid.SampledFrom([]salesforce.FieldType{
		salesforce.TypeString, salesforce.TypeTextArea, salesforce.TypeEmail, salesforce.TypeDouble, salesforce.TypeInt, salesforce.TypeCurrency,
		salesforce.TypePercent, salesforce.TypeBoolean, salesforce.TypeDate, salesforce.TypeDateTime, salesforce.TypePicklist,
		salesforce.TypeMultiPicklist, salesforce.TypeReference,
	}).Draw(t, "type")}
	f.Length = rapid.IntRange(0, 20).Draw(t, "length")
	f.Precision = rapid.IntRange(1, 18).Draw(t, "precision")
	f.Scale = rapid.IntRange(0, f.Precision).Draw(t, "scale")
	f.Digits = rapid.IntRange(1, 9).Draw(t, "digits")
	if f.RestrictedPicklist = rapid.Bool().Draw(t, "restricted"); f.RestrictedPicklist {
		f.PicklistValues = []string{"a", "In Progress", "1"}
	}
	return f
}

func anyCell(t *rapid.T) string {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`[ \t]?[+-]?\d{0,20}(\.\d{0,20})?([eE][+-]?\d{1,3})?[ \n]?`),
		rapid.StringMatching(`(19|20)\d\d-(0[1-9]|1[0-2])-[0-2]\d([ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]0\d:?00)?)?`),
		rapid.SampledFrom([]string{"yes", "NO", "True", "0", "on", "a;b;A", "In progress;1", "003000000000001", "001000000000001AAA"}),
	).Draw(t, "cell")
}

// Canonical values stay what they are when they are read once more from a report, and read back equal from
// Salesforce by its rules: otherwise a run would write the same rows for ever (invariant 8).
func TestCanonicalIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		field := anyField(t)
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/St_Johns"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		f, ok := sync.NewForm(field, zone)
		if !ok {
			t.Fatalf("no form for %s", field.Type)
		}
		cell := anyCell(t)
		once, err := f.FromReport(cell)
		if err != nil {
			t.Skip("not a value of the type")
		}
		if twice, err := f.FromReport(once); err != nil || twice != once {
			t.Fatalf("%s: %q became %q and then %q (%v)", field.Type, cell, once, twice, err)
		}
		if back := f.FromOrg(readBack(t, field, f.Value(once))); back != orNull(field, once) {
			t.Fatalf("%s: sent %q, compared with %q", field.Type, once, back)
		}
	})
}

func orNull(field salesforce.Field, canonical string) string {
	if canonical == "" && field.Type == salesforce.TypeBoolean {
		return "false"
	}
	return canonical
}

// readBack is what Salesforce's answers hold for a value that was sent: prints of its own for numbers and times.
func readBack(t *rapid.T, field salesforce.Field, sent salesforce.Value) string {
	text := sent.String()
	if sent.IsNull() {
		return ""
	}
	switch field.Type { //nolint:exhaustive // the others read back as text
	case salesforce.TypeDouble, salesforce.TypeCurrency, salesforce.TypePercent, salesforce.TypeInt:
		d, _, err := apd.NewFromString(text)
		if err != nil || !sent.IsNumber() {
			t.Fatalf("sent %q for a number", text)
		}
		return d.Text(rapid.SampledFrom([]byte("fEG")).Draw(t, "print"))
	case salesforce.TypeDateTime:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC().Format("2006-01-02T15:04:05.000-0700")
	case salesforce.TypeEmail:
		return strings.ToLower(text)
	case salesforce.TypeMultiPicklist:
		parts := rapid.Permutation(strings.Split(text, ";")).Draw(t, "order")
		return strings.Join(parts, ";")
	}
	return strings.Trim(text, " \t\n\v\f\r")
}

func TestKey(t *testing.T) {
	t.Parallel()
	text := salesforce.Field{Name: "K", Type: salesforce.TypeString, Length: 10}
	exact := text
	exact.Unique, exact.CaseSensitive = true, true
	number := salesforce.Field{Name: "K", Type: salesforce.TypeDouble, Precision: 6, Scale: 2}
	id := salesforce.Field{Name: "Id", Type: salesforce.TypeID, Length: 18}
	for _, tc := range []struct {
		field      salesforce.Field
		text, want string
		refused    bool
	}{
		{field: text, text: " Ab c ", want: "ab c"},
		{field: text, text: "  ", want: ""},
		{field: text, text: "longer than it", refused: true},
		{field: exact, text: " Ab ", want: "Ab"},
		{field: number, text: "1.50", want: "1.5"},
		{field: number, text: "1.505", refused: true},
		{field: number, text: "one", refused: true},
		{field: id, text: "003000000000001", want: "003000000000001AAA"},
		{field: id, text: "001000000000001", refused: true},
		{field: id, text: "nonsense", refused: true},
	} {
		got, err, ok := form(t, tc.field, "UTC").Key("003", tc.text)
		if !ok || got != tc.want || (err != nil) != tc.refused {
			t.Errorf("key %q of type %s = %q, %v, want %q", tc.text, tc.field.Type, got, err, tc.want)
		}
	}
	for _, typ := range []salesforce.FieldType{salesforce.TypeBoolean, salesforce.TypeDate, salesforce.TypePicklist, salesforce.TypeCurrency} {
		if _, _, ok := form(t, salesforce.Field{Type: typ}, "UTC").Key("", "x"); ok {
			t.Errorf("a field of type %s makes a key", typ)
		}
	}
}

// What is wrong with a value is said of the cell as it stands in the report.
func TestMessagesQuoteTheCell(t *testing.T) {
	t.Parallel()
	at := form(t, salesforce.Field{Name: "A", Type: salesforce.TypeDateTime}, "Europe/Berlin")
	for text, says := range map[string]string{
		"2026-03-29 02:30:00": `"2026-03-29 02:30:00" does not exist in Europe/Berlin`,
		"9999-01-01 12:00:00": `"9999-01-01 12:00:00" is in the year 9999, and Salesforce takes the years 1700 to 4000`,
	} {
		_, err := at.FromReport(text)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
	id := form(t, salesforce.Field{Name: "Id", Type: salesforce.TypeID}, "UTC")
	if _, err, _ := id.Key("003", "001000000000001"); err == nil || !strings.HasPrefix(err.Error(), `"001000000000001" is the id of another kind`) {
		t.Errorf("error = %v", err)
	}
}
