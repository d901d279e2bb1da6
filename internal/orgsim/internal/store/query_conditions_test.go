package store_test

import (
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

func TestDateLiterals(t *testing.T) {
	t.Parallel()
	q := ask(t)
	for name, at := range map[string][2]string{
		"A": {"2026-05-05", "2026-05-05T23:59:59.000+0000"},
		"B": {"2026-05-06", "2026-05-06T00:00:00.000+0000"},
		"C": {"2026-05-06", "2026-05-06T23:59:59.000+0000"},
		"D": {"2026-05-07", "2026-05-07T00:00:00.000+0000"},
		"E": {"", ""},
		"F": {"2024-02-29", "2024-02-29T12:00:00.000+0000"},
	} {
		q.insert("Contact", map[string]string{"LastName": name, "Birthdate": at[0], "Moment__c": at[1]})
	}
	for condition, want := range map[string]string{
		"= TODAY":           "B C",
		"!= TODAY":          "A D E F",
		"< TODAY":           "A F",
		"<= TODAY":          "A B C F",
		"> TODAY":           "D",
		">= TODAY":          "B C D",
		"= YESTERDAY":       "A",
		"= TOMORROW":        "D",
		"= LAST_N_DAYS:1":   "A B C",
		"> LAST_N_DAYS:1":   "D",
		"< LAST_N_DAYS:1":   "F",
		"= NEXT_N_DAYS:1":   "D",
		"= N_DAYS_AGO:0":    "B C",
		"= THIS_WEEK":       "A B C D",
		"< LAST_YEAR":       "F",
		"= LAST_N_YEARS:2":  "F",
		"= N_YEARS_AGO:2":   "F",
		"> NEXT_N_MONTHS:1": "",
	} {
		for _, field := range []string{"Birthdate", "Moment__c"} {
			if got := q.column("SELECT LastName FROM Contact WHERE " + field + " " + condition + " ORDER BY LastName"); got != want {
				t.Errorf("%s %s gave %q, want %q", field, condition, got, want)
			}
		}
	}
	if got := q.column("SELECT LastName FROM Contact WHERE NOT Birthdate < TODAY ORDER BY LastName"); got != "B C D E" {
		t.Errorf("NOT < gave %q", got)
	}
}

// Times of day stand without quotes and end in Z, to whatever part of a second.
func TestTimesOfDay(t *testing.T) {
	t.Parallel()
	q := ask(t)
	for name, at := range map[string]string{"A": "00:00:00.000Z", "B": "07:30:00.000Z", "C": "17:30:00.125Z", "D": ""} {
		q.insert("Contact", map[string]string{"LastName": name, "Clock__c": at})
	}
	for condition, want := range map[string]string{
		"= 07:30:00.000Z":                  "B",
		"= 07:30:00Z":                      "B",
		"IN (07:30:00.00Z, 17:30:00.125Z)": "B C",
		"!= 07:30:00Z":                     "A C D",
		"> 07:30:00Z":                      "C",
		"<= 07:30:00Z":                     "A B",
		"= null":                           "D",
	} {
		if got := q.column("SELECT LastName FROM Contact WHERE Clock__c " + condition + " ORDER BY LastName"); got != want {
			t.Errorf("Clock__c %s gave %q, want %q", condition, got, want)
		}
	}
	if got := q.column("SELECT LastName FROM Contact ORDER BY Clock__c DESC NULLS LAST"); got != "C B A D" {
		t.Errorf("ordered by time: %q", got)
	}
}

func TestMultiPicklists(t *testing.T) {
	t.Parallel()
	q := ask(t)
	for name, tags := range map[string]string{"A": "a", "B": "a;b", "C": "b;C", "D": "", "E": "a;b;C"} {
		q.insert("Contact", map[string]string{"LastName": name, "Tags__c": tags})
	}
	for condition, want := range map[string]string{
		"INCLUDES ('a')":       "A B E",
		"INCLUDES ('a;b')":     "B E",
		"INCLUDES ('b;A','c')": "B C E",
		"INCLUDES ('x')":       "",
		"EXCLUDES ('a')":       "C D",
		"EXCLUDES ('a;b','c')": "A D",
		"= 'a;b'":              "B",
		"!= 'a'":               "B C D E",
		"= null":               "D",
	} {
		if got := q.column("SELECT LastName FROM Contact WHERE Tags__c " + condition + " ORDER BY LastName"); got != want {
			t.Errorf("Tags__c %s gave %q, want %q", condition, got, want)
		}
	}
}

// The rules of comparison that lookups by key rely on, by index and without.
func TestComparisons(t *testing.T) {
	t.Parallel()
	q := ask(t)
	account := q.insert("Account", map[string]string{"Name": "Acme"})
	a := q.insert("Contact", map[string]string{"LastName": "A", "Email": "a@x.example", "Ext__c": "Key", "Exact__c": "Key", "AccountId": account, "Title": `50% _of\`})
	q.insert("Contact", map[string]string{"LastName": "B", "Ext__c": "KEY", "Exact__c": "KEY", "Title": "50 xof"})
	q.insert("Contact", map[string]string{"LastName": "C", "Title": "Ärzte"})
	for condition, want := range map[string]string{
		"Ext__c = 'key'":                              "A B",
		"Ext__c IN ('kEy')":                           "A B",
		"Ext__c NOT IN ('kEy')":                       "C",
		"Ext__c NOT IN ('kEy', null)":                 "",
		"Exact__c = 'Key'":                            "A",
		"Exact__c != 'Key'":                           "B C",
		"Exact__c = 'key'":                            "",
		"Exact__c IN ('KEY','key')":                   "B",
		"Email = 'A@X.EXAMPLE'":                       "A",
		"Email IN ('nobody@x.example','a@x.example')": "A",
		"Id = '" + a + "'":                            "A",
		"Id = '" + a[:15] + "'":                       "A",
		"Id != '" + a[:15] + "'":                      "B C",
		"Id IN ('" + a[:15] + "','" + a + "')":        "A",
		"AccountId = '" + account[:15] + "'":          "A",
		"AccountId = null":                            "B C",
		"AccountId != null":                           "A",
		`Title = '50% _of\\'`:                         "A",
		`Title LIKE '50\%%'`:                          "A",
		`Title LIKE '%\\'`:                            "A",
		"Title LIKE '50% _of%'":                       "A B",
		"Title LIKE 'ä%'":                             "C",
		"Title = 'ärzte'":                             "C",
		"Title = 'arzte'":                             "",
		"Title > '5'":                                 "A B C",
		"Title >= 'a'":                                "C",
		"Title < 'a'":                                 "A B",
		"Email > ''":                                  "",
		"NOT Email = 'a@x.example'":                   "B C",
		"NOT Email > 'a'":                             "B C",
		"NOT Email IN ('a@x.example')":                "B C",
		"Email != null":                               "A",
		"Email = ''":                                  "B C",
		"Ext__c = 'key' OR Email = 'a@x.example'":     "A B",
		"Ext__c = 'key' OR Title = 'ärzte'":           "A B C",
		"(Ext__c = 'key' OR Id = '" + a + "') AND Exact__c = 'KEY'": "B",
		"HasOptedOutOfEmail = false":                                "A B C",
		"HasOptedOutOfEmail = null":                                 "A B C",
		"HasOptedOutOfEmail != true":                                "A B C",
	} {
		text := "SELECT LastName FROM Contact WHERE " + condition
		if got := q.column(text + " ORDER BY LastName"); got != want {
			t.Errorf("%s gave %q, want %q", condition, got, want)
		}
		if got := q.column(scanned(text) + " ORDER BY LastName"); got != want {
			t.Errorf("%s, scanned, gave %q, want %q", condition, got, want)
		}
	}
}

func TestConditionsRefused(t *testing.T) {
	t.Parallel()
	q := ask(t)
	view := store.Scope{View: q.db.View("005000000000000AAA")}
	for condition, want := range map[string][2]string{
		"Tags__c IN ('a')":                 {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on multipicklist field"},
		"Tags__c LIKE 'a%'":                {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on multipicklist field"},
		"Tags__c < 'a'":                    {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on multipicklist field"},
		"Tags__c INCLUDES (null)":          {"INVALID_FIELD", "must be of type multipicklist and should be enclosed in quotes"},
		"Title INCLUDES ('a')":             {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on string field"},
		"Title LIKE null":                  {"INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		"Title LIKE 5":                     {"INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		"Title = TODAY":                    {"INVALID_FIELD", "must be of type string and should be enclosed in quotes"},
		"CreatedDate IN (TODAY)":           {"MALFORMED_QUERY", "not supported by the simulated org: date literals in IN"},
		"CreatedDate = 2026-05-06":         {"INVALID_FIELD", "must be of type dateTime and should not be enclosed in quotes"},
		"Birthdate = 2026-05-06T00:00:00Z": {"INVALID_FIELD", "must be of type date and should not be enclosed in quotes"},
		"Birthdate LIKE TODAY":             {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on date field"},
		"Clock__c = '17:30:00.000Z'":       {"INVALID_FIELD", "must be of type time and should not be enclosed in quotes"},
		"Clock__c = TODAY":                 {"INVALID_FIELD", "must be of type time and should not be enclosed in quotes"},
		"Clock__c = 17:30:00.000":          {"MALFORMED_QUERY", "unexpected token: '17:30:00.000'"},
		"Clock__c LIKE '17%'":              {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on time field"},
		"Long__c = 'x'":                    {"INVALID_FIELD", "field 'Long__c' can not be filtered in a query call"},
		"Hidden__c = 'x'":                  {"INVALID_FIELD", "No such column 'Hidden__c' on entity 'Contact'."},
		"Id LIKE '003%'":                   {"INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"},
		"Id = '003'":                       {"INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: 003"},
	} {
		code, sentence := q.refused("SELECT Id FROM Contact WHERE "+condition, view)
		if code != want[0] || !strings.Contains(sentence, want[1]) {
			t.Errorf("%s gave %s %q, want %q", condition, code, sentence, want)
		}
	}
	if code, sentence := q.refused("SELECT Id FROM Account WHERE NumberOfEmployees = 5.5", view); code != "INVALID_FIELD" || !strings.Contains(sentence, "must be of type int and") {
		t.Errorf("a fraction for a whole number gave %s %q", code, sentence)
	}
}
