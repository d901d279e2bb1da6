package soql_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

// Any text is refused with a message or gives a tree; a tree that is printed
// and parsed again is the same tree.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"SELECT Id, Email FROM Contact WHERE Email IN ('a@b.de','c\\'d') ORDER BY Id DESC NULLS LAST, Account.Name LIMIT 10 OFFSET 5",
		"SELECT COUNT() FROM X__c WHERE NOT (A = 1.5 OR B <> null AND C)",
		"SELECT COUNT(Id) n, COUNT(Email) FROM Contact c WHERE (A = 1 AND (B = 2 OR (NOT (C = 3 OR D = 4))))",
		"SELECT FIELDS(STANDARD), X__c FROM Contact", "SELECT FIELDS(ALL) FROM Contact LIMIT 200",
		"SELECT Id FROM C WHERE D >= 2026-01-02T03:04:05+01:00 AND E LIKE '%\\_\\u00e9\\\\' AND F = LAST_N_DAYS:7 AND (NOT (NOT G EXCLUDES ('a;b','')))",
		"select id from c where a = '\\", "SELECT é FROM C", "SELECT Id FROM C WHERE A = 2026-", "\n\n\nSELECT", "SELECT Id FROM C FOR VIEW", "SELECT COUNT(A)FROM A WHERE =0",
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
		if q.Object.Text == "" || q.Count != (len(q.Select) == 0) || q.Text != text {
			t.Fatalf("%q parses to %+v", text, q)
		}
		if !strings.HasPrefix(text[q.Object.Pos:], q.Object.Text) {
			t.Fatalf("%q: the object is not at %d", text, q.Object.Pos)
		}
		printed := q.String()
		if utf8.RuneCountInString(printed) > soql.MaxQuery {
			return
		}
		again, err := soql.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints as %q, which is refused: %v", text, printed, err)
		}
		if diff := cmp.Diff(q, again, ignorePlaces); diff != "" {
			t.Fatalf("%q prints as %q:\n%s", text, printed, diff)
		}
	})
}
