package soql_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/soql"
)

// Recorded answers show 32 characters on either side, and the rest of the words
// that they cut. Where a record lacks the start of its statement, another start
// stands here, and the column is that of the statement as it stands here.
func TestErrorsPointAsRecorded(t *testing.T) {
	t.Parallel()
	const message = "No such column"
	for _, c := range []struct{ text, place, want string }{
		{"select count() from XYZZY", "XYZZY", "\nselect count() from XYZZY\n                    ^\nERROR at Row:1:Column:21\n"},
		{
			"SELECT Id,Name,BillingCity,IsDeleted FROM Accout", "Accout",
			"\nName,BillingCity,IsDeleted FROM Accout\n                                ^\nERROR at Row:1:Column:43\n",
		},
		{
			"Select Id, Status, Location, Body from ApexLog", "Body",
			"\nSelect Id, Status, Location, Body from ApexLog\n                             ^\nERROR at Row:1:Column:30\n",
		},
		{
			"SELECT Id, LastViewedDate, LastReferencedDate, Jigsaw, JigsawCompanyId, CleanStatus, AccountSource, DunsNumber, Tradestyle FROM Account", "CleanStatus",
			"\nLastReferencedDate, Jigsaw, JigsawCompanyId, CleanStatus, AccountSource, DunsNumber\n                                             ^\nERROR at Row:1:Column:73\n",
		},
		{"SELECT Id\nFROM Accout", "Accout", "\nFROM Accout\n     ^\nERROR at Row:2:Column:6\n"},
	} {
		q, err := soql.Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want+message, q.At(strings.Index(c.text, c.place), "INVALID_FIELD", message).Error()); diff != "" {
			t.Error(diff)
		}
	}
}

// A place next to a character of several bytes never cuts it.
func TestErrorsKeepCharactersWhole(t *testing.T) {
	t.Parallel()
	_, err := soql.Parse("SELECT Id FROM C WHERE A = '" + strings.Repeat("é", 30) + "' AND B ! '" + strings.Repeat("é", 30) + "'")
	refused, ok := errors.AsType[*soql.Error](err)
	if !ok || strings.ToValidUTF8(refused.Error(), "?") != refused.Error() || !strings.HasSuffix(refused.Error(), "unexpected token: '!'") {
		t.Errorf("got %q", err)
	}
}
