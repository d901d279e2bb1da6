package soql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

func name(text string) soql.Name { return soql.Name{Text: text} }

func str(text string) soql.Literal { return soql.Literal{Kind: soql.String, Text: text} }

// ignorePlaces leaves offsets and the statement itself out of a comparison.
var ignorePlaces = cmp.Options{
	cmpopts.IgnoreFields(soql.Name{}, "Pos"), cmpopts.IgnoreFields(soql.Literal{}, "Pos"), cmpopts.IgnoreFields(soql.Query{}, "Text"),
}

func TestParse(t *testing.T) {
	t.Parallel()
	equals := func(field, text string) soql.Expr {
		return soql.Compare{Field: name(field), Op: soql.Equal, Value: str(text)}
	}
	for text, want := range map[string]soql.Query{
		"SELECT Id FROM Contact":              {Fields: []soql.Name{name("Id")}, Object: name("Contact"), Limit: -1},
		"select\n Id ,\tName\r\nfrom Contact": {Fields: []soql.Name{name("Id"), name("Name")}, Object: name("Contact"), Limit: -1},
		"SELECT COUNT( ) FROM Contact":        {Count: true, Object: name("Contact"), Limit: -1},
		"SELECT Id FROM X__c ORDER BY A, B DESC NULLS LAST, C ASC NULLS FIRST LIMIT 5 OFFSET 10": {
			Fields: []soql.Name{name("Id")}, Object: name("X__c"), Limit: 5, Offset: 10,
			Order: []soql.Order{{Field: name("A")}, {Field: name("B"), Descending: true, NullsLast: true}, {Field: name("C")}},
		},
		`SELECT Id FROM C WHERE A = 'x' AND (B = 'y' OR NOT C = 'z')`: {
			Fields: []soql.Name{name("Id")}, Object: name("C"), Limit: -1,
			Where: soql.And{Terms: []soql.Expr{equals("A", "x"), soql.Or{Terms: []soql.Expr{equals("B", "y"), soql.Not{Term: equals("C", "z")}}}}},
		},
		`SELECT Id FROM C WHERE A NOT IN ('x', null, -1.5, TRUE, 2026-01-02, 2026-01-02T03:04:05Z)`: {
			Fields: []soql.Name{name("Id")}, Object: name("C"), Limit: -1,
			Where: soql.In{Field: name("A"), Negated: true, Values: []soql.Literal{
				str("x"), {Kind: soql.Null, Text: "null"}, {Kind: soql.Number, Text: "-1.5"}, {Kind: soql.Boolean, Text: "true"},
				{Kind: soql.Date, Text: "2026-01-02"}, {Kind: soql.DateTime, Text: "2026-01-02T03:04:05Z"},
			}},
		},
		`SELECT Id FROM C WHERE A<>'x'`:      {Fields: []soql.Name{name("Id")}, Object: name("C"), Limit: -1, Where: soql.Compare{Field: name("A"), Op: soql.NotEqual, Value: str("x")}},
		`SELECT Id FROM C WHERE A LIKE 'x%'`: {Fields: []soql.Name{name("Id")}, Object: name("C"), Limit: -1, Where: soql.Compare{Field: name("A"), Op: soql.Like, Value: str("x%")}},
		`SELECT Id FROM C WHERE A >= 2026-01-02T03:04:05+01:00`: {
			Fields: []soql.Name{name("Id")}, Object: name("C"), Limit: -1,
			Where: soql.Compare{Field: name("A"), Op: soql.GreaterEqual, Value: soql.Literal{Kind: soql.DateTime, Text: "2026-01-02T03:04:05+01:00"}},
		},
	} {
		got, err := soql.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(&want, got, ignorePlaces); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
}

func TestEscapes(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`O\'Neil`:      "O'Neil",
		`\"a\"`:        `"a"`,
		`a\\b`:         `a\b`,
		`\n\r\t`:       "\n\r\t",
		`\b\f`:         "\b\f",
		`\u00e9\u4E2D`: "é中",
		`\u005c`:       `\`,
		`50\%\_`:       "50%_",
		`Zoë 🙂`:        "Zoë 🙂",
	} {
		q, err := soql.Parse("SELECT Id FROM C WHERE A = '" + written + "'")
		if err != nil {
			t.Errorf("%s: %v", written, err)
			continue
		}
		if got := q.Where.(soql.Compare).Value.Plain(); got != want { //nolint:forcetypeassert // it panics, and the test fails
			t.Errorf("%s is %q, want %q", written, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const prefix = "SELECT Id FROM C WHERE "
	for text, want := range map[string]string{
		"":                                        "unexpected token: '<EOF>'",
		"SELECT":                                  "unexpected token: '<EOF>'",
		"SELECT FROM C":                           "unexpected token: 'FROM'",
		"SELECT Id Name FROM C":                   "unexpected token: 'Name'",
		"SELECT Id, FROM C":                       "unexpected token: 'FROM'",
		"SELECT * FROM C":                         "unexpected token: '*'",
		"SELECT Id FROM C;":                       "unexpected token: ';'",
		"SELECT Id FROM C LIMIT -1":               "unexpected token: '-1'",
		"SELECT Id FROM C LIMIT x":                "unexpected token: 'x'",
		"SELECT Id FROM C OFFSET 2001":            "Maximum SOQL offset allowed is 2000",
		"SELECT Id FROM C GROUP BY A":             "unexpected token: 'GROUP'",
		"SELECT MAX(A) FROM C":                    "unexpected token: '('",
		"SELECT Id FROM C ORDER A":                "unexpected token: 'A'",
		prefix:                                    "unexpected token: '<EOF>'",
		prefix + "A":                              "unexpected token: '<EOF>'",
		prefix + "A = ":                           "unexpected token: '<EOF>'",
		prefix + "A == 'x'":                       "unexpected token: '='",
		prefix + "A = x":                          "unexpected token: 'x'",
		prefix + `A = "x"`:                        "unexpected token: '\"'",
		prefix + "A = 'x":                         "unterminated string literal",
		prefix + "A = 'x\n'":                      "line breaks not allowed in string literals",
		prefix + `A = '\x'`:                       `Invalid string literal ''\x'. Illegal character sequence in string literal.`,
		prefix + `A = '\u12g4'`:                   `Invalid string literal ''\u'. Illegal character sequence in string literal.`,
		prefix + "A = 1.2.3":                      "unexpected token: '1.2.3'",
		prefix + "A IN ()":                        "unexpected token: ')'",
		prefix + "A IN 'x'":                       "unexpected token: 'x'",
		prefix + "A NOT 'x'":                      "unexpected token: 'x'",
		prefix + "A = 'x' AND B = 'y' OR C = 'z'": "unexpected token: 'OR'",
		prefix + "(A = 'x'":                       "unexpected token: '<EOF>'",
		prefix + "A = '" + strings.Repeat("x", 4001) + "'":   "maximum string length of 4000 exceeded in WHERE clause",
		prefix + strings.Repeat("(", 300) + "A = 1":          "conditions are nested too deeply",
		prefix + strings.Repeat("NOT ", 300) + "A = 1":       "conditions are nested too deeply",
		"SELECT " + strings.Repeat("A", 100_000) + " FROM C": "SOQL statements cannot be longer than 100000 characters.",
	} {
		_, err := soql.Parse(text)
		refused, ok := errors.AsType[*soql.Error](err)
		if !ok || refused.Message != want {
			t.Errorf("%.80s: got %v, want %q", text, err, want)
		}
	}
}

// The two messages are recorded answers of real orgs.
func TestErrorsPointAsRecorded(t *testing.T) {
	t.Parallel()
	const message = "sObject type 'XYZZY' is not supported."
	for text, want := range map[string]string{
		"select count() from XYZZY":                        "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n" + message,
		"SELECT Id,Name,BillingCity,IsDeleted FROM Accout": "\nName,BillingCity,IsDeleted FROM Accout\n                                ^\nERROR at Row:1:Column:43\n" + message,
		"SELECT Id\nFROM Accout":                           "\nFROM Accout\n     ^\nERROR at Row:2:Column:6\n" + message,
	} {
		q, err := soql.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, q.At(q.Object.Pos, "INVALID_TYPE", message).Error()); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"SELECT Id, Email FROM Contact WHERE Email IN ('a@b.de','c\\'d') ORDER BY Id DESC NULLS LAST LIMIT 10 OFFSET 5",
		"SELECT COUNT() FROM X__c WHERE NOT (A = 1.5 OR B <> null AND C)",
		"SELECT Id FROM C WHERE D >= 2026-01-02T03:04:05+01:00 AND E LIKE '%\\_\\u00e9'",
		"select id from c where a = '\\", "SELECT é FROM C", "SELECT Id FROM C WHERE A = 2026-", "\n\n\nSELECT",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := soql.Parse(text)
		if err != nil {
			refused, ok := errors.AsType[*soql.Error](err)
			if !ok || refused.Code == "" || refused.Message == "" || refused.Error() == "" {
				t.Fatalf("%q is refused with %#v", text, err)
			}
			return
		}
		if q.Object.Text == "" || !q.Count && len(q.Fields) == 0 || q.Text != text {
			t.Fatalf("%q parses to %+v", text, q)
		}
		if !strings.HasPrefix(text[q.Object.Pos:], q.Object.Text) {
			t.Fatalf("%q: the object is not at %d", text, q.Object.Pos)
		}
	})
}
