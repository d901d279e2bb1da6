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

func items(names ...string) []soql.Item {
	list := make([]soql.Item, 0, len(names))
	for _, text := range names {
		list = append(list, name(text))
	}
	return list
}

func str(text string) soql.Literal { return soql.Literal{Kind: soql.String, Text: text} }

// ignorePlaces leaves offsets and the statement itself out of a comparison.
var ignorePlaces = cmp.Options{
	cmpopts.IgnoreFields(soql.Name{}, "Pos"), cmpopts.IgnoreFields(soql.Literal{}, "Pos"), cmpopts.IgnoreFields(soql.Query{}, "Text"),
	cmpopts.IgnoreFields(soql.FieldSet{}, "Pos"), cmpopts.IgnoreFields(soql.FieldCount{}, "Pos"),
}

func TestParse(t *testing.T) {
	t.Parallel()
	equals := func(field, text string) soql.Expr {
		return soql.Compare{Field: name(field), Op: soql.Equal, Value: str(text)}
	}
	for text, want := range map[string]soql.Query{
		"SELECT Id FROM Contact":              {Select: items("Id"), Object: name("Contact"), Limit: -1},
		"select\n Id ,\tName\r\nfrom Contact": {Select: items("Id", "Name"), Object: name("Contact"), Limit: -1},
		"SELECT COUNT( ) FROM Contact":        {Count: true, Object: name("Contact"), Limit: -1},
		"SELECT Id FROM X__c ORDER BY A, B DESC NULLS LAST, C ASC NULLS FIRST LIMIT 5 OFFSET 10": {
			Select: items("Id"), Object: name("X__c"), Limit: 5, Offset: 10, Skips: true,
			Order: []soql.Order{{Field: name("A")}, {Field: name("B"), Descending: true, NullsLast: true}, {Field: name("C")}},
		},
		`SELECT Id FROM C WHERE A = 'x' AND (B = 'y' OR (NOT C = 'z'))`: {
			Select: items("Id"), Object: name("C"), Limit: -1,
			Where: soql.And{Terms: []soql.Expr{equals("A", "x"), soql.Or{Terms: []soql.Expr{equals("B", "y"), soql.Not{Term: equals("C", "z")}}}}},
		},
		`SELECT Id FROM C WHERE A NOT IN ('x', null, -1.5, TRUE, 2026-01-02, 2026-01-02T03:04:05Z, 03:04:05.6Z)`: {
			Select: items("Id"), Object: name("C"), Limit: -1,
			Where: soql.In{Field: name("A"), Negated: true, Values: []soql.Literal{
				str("x"), {Kind: soql.Null, Text: "null"}, {Kind: soql.Number, Text: "-1.5"}, {Kind: soql.Boolean, Text: "true"},
				{Kind: soql.Date, Text: "2026-01-02"}, {Kind: soql.DateTime, Text: "2026-01-02T03:04:05Z"}, {Kind: soql.TimeOfDay, Text: "03:04:05.6Z"},
			}},
		},
		"SELECT c.Id, Account.Name, My__r.Key__c FROM Contact c WHERE c.Email = 'x'": {
			Select: items("c.Id", "Account.Name", "My__r.Key__c"), Object: name("Contact"), Alias: "c", Where: equals("c.Email", "x"), Limit: -1,
		},
		"SELECT count(Id), Count(Email) emails FROM Group g": {
			Select: []soql.Item{soql.FieldCount{Field: name("Id")}, soql.FieldCount{Field: name("Email"), Alias: "emails"}}, Object: name("Group"), Alias: "g", Limit: -1,
		},
		"SELECT fields(all), Fields(Standard), Count, FIELDS FROM C LIMIT 200": {
			Select: []soql.Item{soql.FieldSet{Set: "ALL"}, soql.FieldSet{Set: "STANDARD"}, name("Count"), name("FIELDS")}, Object: name("C"), Limit: 200,
		},
		"SELECT Id FROM C WHERE A INCLUDES ('a;b','c') OR B EXCLUDES ('d')": {
			Select: items("Id"), Object: name("C"), Limit: -1, Where: soql.Or{Terms: []soql.Expr{
				soql.Includes{Field: name("A"), Values: []soql.Literal{str("a;b"), str("c")}}, soql.Includes{Field: name("B"), Negated: true, Values: []soql.Literal{str("d")}},
			}},
		},
		"SELECT Id FROM C WHERE A > last_n_days:30 AND A != Today": {
			Select: items("Id"), Object: name("C"), Limit: -1, Where: soql.And{Terms: []soql.Expr{
				soql.Compare{Field: name("A"), Op: soql.Greater, Value: soql.Literal{Kind: soql.Range, Text: "LAST_N_DAYS:30"}},
				soql.Compare{Field: name("A"), Op: soql.NotEqual, Value: soql.Literal{Kind: soql.Range, Text: "TODAY"}},
			}},
		},
		`SELECT Id FROM C WHERE A<>'x'`: {Select: items("Id"), Object: name("C"), Limit: -1, Where: soql.Compare{Field: name("A"), Op: soql.NotEqual, Value: str("x")}},
		`SELECT Id FROM C WHERE NOT A LIKE '\_%' AND (NOT (NOT B = 'y'))`: {
			Select: items("Id"), Object: name("C"), Limit: -1, Where: soql.And{Terms: []soql.Expr{
				soql.Not{Term: soql.Compare{Field: name("A"), Op: soql.Like, Value: str(`\_%`)}}, soql.Not{Term: soql.Not{Term: equals("B", "y")}},
			}},
		},
		`SELECT Id FROM C WHERE A LIKE 'x%'`: {Select: items("Id"), Object: name("C"), Limit: -1, Where: soql.Compare{Field: name("A"), Op: soql.Like, Value: str("x%")}},
		`SELECT Id FROM C WHERE A >= 2026-01-02T03:04:05+01:00`: {
			Select: items("Id"), Object: name("C"), Limit: -1,
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
		`50\\%_`:       `50\%_`,
		`\uD83D\uDE42`: "🙂",
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
		"":                                                   "unexpected token: '<EOF>'",
		"SELECT":                                             "unexpected token: '<EOF>'",
		"SELECT FROM C":                                      "unexpected token: 'FROM'",
		"SELECT Id Name FROM C":                              "unexpected token: 'Name'",
		"SELECT Id, FROM C":                                  "unexpected token: 'FROM'",
		"SELECT * FROM C":                                    "unexpected token: '*'",
		"SELECT Id FROM C;":                                  "unexpected token: ';'",
		"SELECT Id FROM C LIMIT -1":                          "unexpected token: '-1'",
		"SELECT Id FROM C LIMIT x":                           "unexpected token: 'x'",
		"SELECT Id FROM C OFFSET 2001":                       "Maximum SOQL offset allowed is 2000",
		"SELECT Id FROM C LIMIT +1":                          "unexpected token: '+1'",
		"SELECT Id FROM C LIMIT 1 ORDER BY Id":               "unexpected token: 'ORDER'",
		"SELECT Id FROM C c c":                               "unexpected token: 'c'",
		"SELECT Id FROM C c.d":                               "unexpected token: 'c.d'",
		"SELECT Id i FROM C":                                 "unexpected token: 'i'",
		"SELECT a..b FROM C":                                 "unexpected token: 'a..b'",
		"SELECT a:b FROM C":                                  "unexpected token: 'a:b'",
		"SELECT COUNT(), Id FROM C":                          "unexpected token: ','",
		"SELECT Id, COUNT() FROM C":                          "unexpected token: ')'",
		"SELECT FIELDS(MINE) FROM C":                         "unexpected token: 'MINE'",
		"SELECT FIELDS(ALL) FROM C":                          "The SOQL FIELDS function must have a LIMIT of at most 200",
		"SELECT FIELDS(CUSTOM) FROM C LIMIT 201":             "The SOQL FIELDS function must have a LIMIT of at most 200",
		"SELECT FIELDS(STANDARD), COUNT(A) FROM C":           "The SOQL FIELDS function cannot be used with aggregate functions",
		"SELECT Name, COUNT(Id) FROM C":                      "Field must be grouped or aggregated: Name",
		"SELECT COUNT(Id) FROM C ORDER BY A":                 "Ordered field must be grouped or aggregated: A",
		"SELECT COUNT() FROM C ORDER BY A":                   "Ordered field must be grouped or aggregated: A",
		"SELECT COUNT(Id) FROM C LIMIT 1":                    "Non-grouped query that uses overall aggregate functions cannot also use LIMIT",
		"SELECT COUNT(Id) FROM C OFFSET 1":                   "Non-grouped query that uses overall aggregate functions cannot also use OFFSET",
		"SELECT Id FROM C GROUP BY A":                        "not supported by the simulated org: GROUP BY",
		"SELECT Id FROM C c GROUP BY A":                      "not supported by the simulated org: GROUP BY",
		"SELECT Id FROM C USING SCOPE Mine":                  "not supported by the simulated org: USING SCOPE",
		"SELECT Id FROM C WITH SECURITY_ENFORCED":            "not supported by the simulated org: WITH",
		"SELECT Id FROM C WHERE A = 1 HAVING B":              "not supported by the simulated org: HAVING",
		"SELECT Id FROM C LIMIT 1 FOR UPDATE":                "not supported by the simulated org: FOR VIEW, FOR REFERENCE and FOR UPDATE",
		"SELECT Id FROM C ALL ROWS":                          "not supported by the simulated org: ALL ROWS",
		"SELECT Id FROM C UPDATE TRACKING":                   "not supported by the simulated org: UPDATE TRACKING and UPDATE VIEWSTAT",
		"SELECT a.Id FROM C c, c.D a":                        "not supported by the simulated org: FROM with several objects",
		"SELECT Id, (SELECT Id FROM Ds) FROM C":              "not supported by the simulated org: subqueries of child records",
		"SELECT TYPEOF What WHEN A THEN B END FROM C":        "not supported by the simulated org: TYPEOF",
		"SELECT MAX(A) FROM C":                               "not supported by the simulated org: the function MAX()",
		"SELECT COUNT(toLabel(A)) FROM C":                    "not supported by the simulated org: the function toLabel()",
		"SELECT Id FROM C ORDER BY COUNT(Id)":                "not supported by the simulated org: the function COUNT()",
		prefix + "CALENDAR_YEAR(A) = 2026":                   "not supported by the simulated org: the function CALENDAR_YEAR()",
		prefix + "A IN (SELECT Id FROM D)":                   "not supported by the simulated org: semi-joins and anti-joins (IN with a query)",
		prefix + "A = LAST_N_DAYS":                           "unexpected token: 'LAST_N_DAYS'",
		prefix + "A = LAST_N_DAYS:":                          "unexpected token: 'LAST_N_DAYS:'",
		prefix + "A = LAST_N_DAYS:-1":                        "unexpected token: 'LAST_N_DAYS:'",
		prefix + "A = LAST_N_DAYS: 1":                        "unexpected token: 'LAST_N_DAYS:'",
		prefix + "A = LAST_N_DAYS:1000000":                   "unexpected token: 'LAST_N_DAYS:1000000'",
		prefix + "A = TODAY:1":                               "unexpected token: 'TODAY:1'",
		prefix + "A = THIS_DAY":                              "unexpected token: 'THIS_DAY'",
		prefix + "A = N_WEEK_AGO:1":                          "unexpected token: 'N_WEEK_AGO:1'",
		prefix + "A = :bound":                                "unexpected token: ':'",
		prefix + "A INCLUDES 'x'":                            "unexpected token: 'x'",
		"SELECT Id FROM C ORDER A":                           "unexpected token: 'A'",
		prefix:                                               "unexpected token: '<EOF>'",
		prefix + "A":                                         "unexpected token: '<EOF>'",
		prefix + "A = ":                                      "unexpected token: '<EOF>'",
		prefix + "A == 'x'":                                  "unexpected token: '='",
		prefix + "A = x":                                     "unexpected token: 'x'",
		prefix + `A = "x"`:                                   "unexpected token: '\"'",
		prefix + "A = 'x":                                    "unterminated string literal",
		prefix + "A = 'x\n'":                                 "line breaks not allowed in string literals",
		prefix + `A = '\x'`:                                  `Invalid string literal ''\x'. Illegal character sequence in string literal.`,
		prefix + `A = '\u12g4'`:                              `Invalid string literal ''\u'. Illegal character sequence in string literal.`,
		prefix + "A = 1.2.3":                                 "unexpected token: '1.2.3'",
		prefix + "A IN ()":                                   "unexpected token: ')'",
		prefix + "A IN 'x'":                                  "unexpected token: 'x'",
		prefix + "A NOT 'x'":                                 "unexpected token: 'x'",
		prefix + "A = 'x' AND B = 'y' OR C = 'z'":            "unexpected token: 'OR'",
		prefix + "(A = 'x'":                                  "unexpected token: '<EOF>'",
		prefix + "A = '" + strings.Repeat("x", 4001) + "'":   "maximum string length of 4000 exceeded in WHERE clause",
		prefix + strings.Repeat("(", 300) + "A = 1":          "conditions are nested too deeply",
		prefix + strings.Repeat("(NOT ", 300) + "A = 1":      "conditions are nested too deeply",
		prefix + "NOT" + " NOT A = 1":                        "unexpected token: 'NOT'",
		prefix + "A = 1 AND NOT (B = 2)":                     "unexpected token: 'NOT'",
		prefix + "NOT A LIKE 'x' AND NOT B LIKE 'y'":         "unexpected token: 'NOT'",
		prefix + "(NOT A = 1) OR (B = 2 OR NOT C = 3)":       "unexpected token: 'NOT'",
		prefix + `A = 'D\_'`:                                 `Invalid string literal 'D\_'. Illegal character sequence in string literal.`,
		prefix + `A IN ('x', '50\%')`:                        `Invalid string literal '50\%'. Illegal character sequence in string literal.`,
		prefix + `A = '\uD83D'`:                              `Invalid string literal ''\u'. Illegal character sequence in string literal.`,
		prefix + `A = '\uD83D\u0041'`:                        `Invalid string literal ''\u'. Illegal character sequence in string literal.`,
		prefix + `A = '\u0000'`:                              `Invalid string literal ''\u'. Illegal character sequence in string literal.`,
		prefix + "A = 'x\x00'":                               "Illegal character NUL in string literal.",
		prefix + "A = 'x\xff'":                               "the statement is not UTF-8 text",
		"SELECT " + strings.Repeat("A", 100_000) + " FROM C": "SOQL statements cannot be longer than 100000 characters.",
	} {
		_, err := soql.Parse(text)
		refused, ok := errors.AsType[*soql.Error](err)
		if !ok || refused.Message != want {
			t.Errorf("%.80s: got %v, want %q", text, err, want)
		}
	}
}
