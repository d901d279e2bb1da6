package value_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/transform"
)

// fatal is what tests, benchmarks and properties share.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func form(t fatal, field salesforce.Field, o value.Options) *value.Form {
	t.Helper()
	f, ok := value.New(field, o)
	if !ok {
		t.Fatalf("no form for type %s", field.Type)
	}
	return f
}

func zone(t fatal, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func chain(t fatal, steps ...string) transform.Chain {
	t.Helper()
	c, err := transform.Parse(steps)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// cell is a report's cell and what is expected of it: its canonical form, or words of the message that refuses it.
type cell struct {
	text, want string
	refused    string
}

func checkCells(t *testing.T, f *value.Form, cells []cell) {
	t.Helper()
	for _, c := range cells {
		got, err := f.FromReport(c.text)
		switch {
		case c.refused == "" && (err != nil || got != c.want):
			t.Errorf("%s %s = %s, %v; want %s", f.Type, value.Quote(c.text), value.Quote(got), err, value.Quote(c.want))
		case c.refused != "" && err == nil:
			t.Errorf("%s %s = %s; want it refused: %s", f.Type, value.Quote(c.text), value.Quote(got), c.refused)
		case c.refused != "" && (!strings.Contains(err.Error(), c.refused) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s %s is refused with %q; want %q in it", f.Type, value.Quote(c.text), err, c.refused)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, typ := range []salesforce.FieldType{salesforce.TypeString, salesforce.TypeTextArea, salesforce.TypePhone, salesforce.TypeURL, salesforce.TypeCombobox} {
		checkCells(t, form(t, salesforce.Field{Name: "T", Type: typ, Length: 5}, value.Options{}), []cell{
			{text: "ab", want: "ab"},
			{text: " a b\t\r\n\v\f", want: "a b"},
			{text: " \t ", want: ""},
			{text: "", want: ""},
			{text: "\u00a0a\u00a0", want: "\u00a0a\u00a0"},
			{text: "a\r\nb\rc", want: "a\nb\nc"},
			{text: "äöüßñ", want: "äöüßñ"},
			{text: "äöüßñ1", refused: "6 characters, T takes 5"},
			{text: "🙂🙂", want: "🙂🙂"},
			{text: "🙂🙂🙂", refused: "6 characters, T takes 5"},
			{text: "\x1b[0m", want: "\x1b[0m"},
			{text: "a\x00", refused: "NUL"},
		})
	}
}

func TestEmail(t *testing.T) {
	t.Parallel()
	checkCells(t, form(t, salesforce.Field{Name: "E", Type: salesforce.TypeEmail, Length: 30}, value.Options{}), []cell{
		{text: " Zoe.DAngelo1@ACME.example ", want: "zoe.dangelo1@acme.example"},
		{text: "ann.o'hara+x@sub.example.com", want: "ann.o'hara+x@sub.example.com"},
		{text: "ÉVA@Example.com", want: "éva@example.com"},
		{text: "\u212aate@Example.com", want: "\u212aate@example.com"},
		{text: "badone", refused: "has no @"},
		{text: "@example.com", refused: "both sides"},
		{text: "ann@", refused: "both sides"},
		{text: "a@b@example.com", refused: "more than one @"},
		{text: "a b@example.com", refused: "a blank inside"},
		{text: "ann@example", refused: "no dot after the @"},
		{text: "a..b@example.com", want: "a..b@example.com"},
		{text: "a..@example.com", want: "a..@example.com"},
		{text: ".a@example.com", refused: "starts with a dot"},
		{text: "a@example.com.", refused: "dot"},
		{text: "a@example..com", refused: "dot"},
		{text: "a@.example", refused: "dot"},
		{text: "averyveryverylongname@example.com", refused: "33 characters, E takes 30"},
	})
}

func TestCheckbox(t *testing.T) {
	t.Parallel()
	f := form(t, salesforce.Field{Name: "B", Type: salesforce.TypeBoolean}, value.Options{})
	checkCells(t, f, []cell{
		{text: "true", want: "true"},
		{text: " YES ", want: "true"},
		{text: "y", want: "true"},
		{text: "On", want: "true"},
		{text: "1", want: "true"},
		{text: "FALSE", want: "false"},
		{text: "no", want: "false"},
		{text: "N", want: "false"},
		{text: "off", want: "false"},
		{text: "0", want: "false"},
		{text: "", want: ""},
		{text: "2", refused: "neither true nor false"},
		{text: "wahr", refused: "neither true nor false"},
		{text: "falſe", refused: "neither true nor false"},
		{text: "trueish", refused: "neither true nor false"},
	})
	if f.Null() != "false" || f.FromOrg("") != "false" || f.Value("").String() != "false" {
		t.Error("an emptied checkbox is false")
	}
}

func TestPicklist(t *testing.T) {
	t.Parallel()
	field := salesforce.Field{
		Name: "P", Type: salesforce.TypePicklist, Length: 20, RestrictedPicklist: true,
		PicklistValues: []string{"in_progress", "Done", "1"}, PicklistLabels: []string{"In Progress", "Finished", "One"},
	}
	checkCells(t, form(t, field, value.Options{}), []cell{
		{text: " Done ", want: "Done"},
		{text: "in_progress", want: "in_progress"},
		{text: "DONE", refused: `did you mean "Done"?`},
		{text: "In progress", refused: `did you mean "in_progress"?`},
		{text: "Donne", refused: `did you mean "Done"?`},
		{text: "Stuck", refused: `"Stuck" is not one of the values that P takes: in_progress, Done, 1`},
	})
	field.PicklistValues = nil
	checkCells(t, form(t, field, value.Options{}), []cell{{text: "Done", refused: "none that is active"}})
	field.RestrictedPicklist = false
	checkCells(t, form(t, field, value.Options{}), []cell{
		{text: "done", want: "done"},
		{text: strings.Repeat("x", 21), refused: "21 characters"},
	})
}

func TestMultiPicklist(t *testing.T) {
	t.Parallel()
	field := salesforce.Field{
		Name: "S", Type: salesforce.TypeMultiPicklist, Length: 4099, RestrictedPicklist: true,
		PicklistValues: []string{"Web", "Api", "Mobile"},
	}
	checkCells(t, form(t, field, value.Options{}), []cell{
		{text: "Api", want: "Api"},
		{text: "Api;Web", want: "Api;Web"},
		{text: "Web; Mobile;;Web", want: "Mobile;Web"},
		{text: " ; ", want: ""},
		{text: "Web;Desktop", refused: `"Desktop" is not one of the values that S takes`},
		{text: "Web;mobile", refused: `did you mean "Mobile"?`},
	})
	field.RestrictedPicklist = false
	checkCells(t, form(t, field, value.Options{}), []cell{
		{text: "web;Web", want: "Web;web"},
		{text: "a\r\nb;c\rd", want: "a\nb;c\nd"},
		{text: manySelections(101), refused: "101 values, and a multi-select picklist takes 100"},
		{text: manySelections(100) + ";v007;v042", want: manySelections(100)},
	})
}

// manySelections are so many values in byte order.
func manySelections(n int) string {
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("v%03d", i)
	}
	return strings.Join(values, ";")
}

func TestReference(t *testing.T) {
	t.Parallel()
	for _, typ := range []salesforce.FieldType{salesforce.TypeReference, salesforce.TypeID} {
		checkCells(t, form(t, salesforce.Field{Name: "R", Type: typ, Length: 18}, value.Options{}), []cell{
			{text: " 001000000000001 ", want: "001000000000001AAA"},
			{text: "003ak00000luKU1AAM", want: "003ak00000luKU1AAM"},
			{text: "003AK00000LUKU1AAM", refused: "case of letters"},
			{text: "0010000000000", refused: "no Salesforce id of 15 or 18"},
			{text: "00100000000000-", refused: "no Salesforce id of 15 or 18"},
		})
	}
}

// The id of a standard object that a reference does not take is refused; of other ids nobody can tell. What is stored
// is not judged.
func TestReferenceToAnotherObject(t *testing.T) {
	t.Parallel()
	one := salesforce.Field{Name: "R", Type: salesforce.TypeReference, Length: 18, ReferenceTo: []string{"Account"}}
	several := one
	several.ReferenceTo = []string{"Contact", "Lead"}
	for _, tc := range []struct {
		field salesforce.Field
		cells []cell
	}{
		{one, []cell{
			{text: "001000000000001", want: "001000000000001AAA"},
			{text: "003000000000001", refused: `"003000000000001AAA" is the id of a record of Contact, and R takes those of Account`},
			{text: "00Q000000000001EAA", refused: "a record of Lead"},
			{text: "a00000000000001", want: "a00000000000001AAA"},
			{text: "0ZZ000000000001", want: "0ZZ000000000001GAA"},
		}},
		{several, []cell{
			{text: "003000000000001", want: "003000000000001AAA"},
			{text: "00Q000000000001EAA", want: "00Q000000000001EAA"},
			{text: "001000000000001", refused: "R takes those of Contact, Lead"},
		}},
		{salesforce.Field{Name: "R", Type: salesforce.TypeReference}, []cell{{text: "001000000000001", want: "001000000000001AAA"}}},
	} {
		f := form(t, tc.field, value.Options{})
		checkCells(t, f, tc.cells)
		if got := f.FromOrg("005000000000001"); got != "005000000000001AAA" {
			t.Errorf("the stored id of a user is read as %q", got)
		}
	}
}

func TestTransform(t *testing.T) {
	t.Parallel()
	field := salesforce.Field{Name: "T", Type: salesforce.TypeString, Length: 43}
	checkCells(t, form(t, field, value.Options{Transform: chain(t, "sha256_base64")}), []cell{
		{text: "adam.br", want: "LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"},
		{text: "  ", want: ""},
	})
	checkCells(t, form(t, field, value.Options{Transform: chain(t, "strip_prefix:id:")}), []cell{{text: "id: 7 ", want: "7"}, {text: "id: ", want: ""}})
	number := salesforce.Field{Name: "N", Type: salesforce.TypeDouble, Precision: 5, Scale: 1}
	checkCells(t, form(t, number, value.Options{Transform: chain(t, `regex:([\d.]+) *%`)}), []cell{
		{text: "12.50 %", want: "12.5"},
		{text: "12.5", want: ""},
	})
}

func TestFromOrg(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		field      salesforce.Field
		text, want string
	}{
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 18}, "5.0", "5"},
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 18, Scale: 1}, "9.12260031E8", "912260031"},
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 18, Scale: 6}, "1.0E-4", "0.0001"},
		{salesforce.Field{Type: salesforce.TypeBoolean}, "true", "true"},
		{salesforce.Field{Type: salesforce.TypeEmail}, "Ann@Example.com", "ann@example.com"},
		{salesforce.Field{Type: salesforce.TypeDate}, "2026-05-01", "2026-05-01"},
		{salesforce.Field{Type: salesforce.TypeDateTime}, "2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:37Z"},
		{salesforce.Field{Type: salesforce.TypeDateTime}, "2026-05-01T07:25:37.000Z", "2026-05-01T07:25:37Z"},
		{salesforce.Field{Type: salesforce.TypeTime}, "17:30:00.000Z", "17:30:00.000Z"},
		{salesforce.Field{Type: salesforce.TypeMultiPicklist}, "b;a", "a;b"},
		{salesforce.Field{Type: salesforce.TypeReference}, "001000000000001", "001000000000001AAA"},
		{salesforce.Field{Type: salesforce.TypeString}, "", ""},
		// What could not be written today may well be stored.
		{salesforce.Field{Type: salesforce.TypePicklist, RestrictedPicklist: true, PicklistValues: []string{"New"}}, "Old", "Old"},
		{salesforce.Field{Type: salesforce.TypeMultiPicklist, Length: 9, RestrictedPicklist: true, PicklistValues: []string{"New"}}, "Old;Elder", "Elder;Old"},
		{salesforce.Field{Type: salesforce.TypeString, Length: 3}, "12345", "12345"},
		{salesforce.Field{Type: salesforce.TypeEmail, Length: 2}, "Ann", "ann"},
		{salesforce.Field{Type: salesforce.TypeDouble, Precision: 3}, "12345", "12345"},
		{salesforce.Field{Type: salesforce.TypeReference}, "000", "000"},
	} {
		// How the report writes its values doesn't matter here.
		o := value.Options{Zone: zone(t, "Europe/Berlin"), Transform: chain(t, "upper", "regex:nothing")}
		if tc.field.Type == salesforce.TypeDate || tc.field.Type == salesforce.TypeDateTime {
			o.DateFormat = "DD.MM.YYYY"
		}
		if got := form(t, tc.field, o).FromOrg(tc.text); got != tc.want {
			t.Errorf("%s %q = %q, want %q", tc.field.Type, tc.text, got, tc.want)
		}
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		typ       salesforce.FieldType
		canonical string
		want      salesforce.Value
	}{
		{salesforce.TypeString, "a", salesforce.Text("a")},
		{salesforce.TypeString, "", salesforce.Null()},
		{salesforce.TypeInt, "5", salesforce.Number("5")},
		{salesforce.TypePercent, "", salesforce.Null()},
		{salesforce.TypeBoolean, "true", salesforce.Bool(true)},
		{salesforce.TypeBoolean, "false", salesforce.Bool(false)},
		{salesforce.TypeDateTime, "2026-05-01T07:25:37Z", salesforce.Text("2026-05-01T07:25:37Z")},
	} {
		if got := form(t, salesforce.Field{Type: tc.typ}, value.Options{}).Value(tc.canonical); got != tc.want {
			t.Errorf("%s %q is sent as %+v, want %+v", tc.typ, tc.canonical, got, tc.want)
		}
	}
}

func TestUnfed(t *testing.T) {
	t.Parallel()
	for typ, says := range map[salesforce.FieldType]string{
		salesforce.TypeAddress:   "parts",
		salesforce.TypeLocation:  "parts",
		salesforce.TypeEncrypted: "masked",
		salesforce.TypeBase64:    "file",
		salesforce.TypeAnyType:   "no type of their own",
		"json":                   "not known",
	} {
		if _, ok := value.New(salesforce.Field{Type: typ}, value.Options{}); ok {
			t.Errorf("a report feeds a field of type %s", typ)
		}
		if got := value.Unfed(typ); !strings.Contains(got, says) {
			t.Errorf("%s can't be fed because %s; want %q in it", typ, got, says)
		}
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`say "a"` + "\n":            `"say \"a\"\n"`,
		strings.Repeat("é", 80):     `"` + strings.Repeat("é", 80) + `"`,
		strings.Repeat("é", 81):     `"` + strings.Repeat("é", 80) + `…"`,
		strings.Repeat("\xff", 200): `"` + strings.Repeat(`\xff`, 80) + `…"`,
	} {
		if got := value.Quote(text); got != want {
			t.Errorf("Quote(%q) = %s, want %s", text, got, want)
		}
	}
}
