package orgsim_test

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// many is a file of contacts; wrong stands in the place of the row with its number.
func many(rows, at int, wrong string) io.Reader {
	var text strings.Builder
	text.WriteString("LastName,Number__c\n")
	for n := range rows {
		if n == at {
			text.WriteString(wrong + "\n")
			continue
		}
		fmt.Fprintf(&text, "Doe %d,%d\n", n, n)
	}
	return strings.NewReader(text.String())
}

func TestLoadCSVInOrder(t *testing.T) {
	t.Parallel()
	const rows = 5_500
	b := setup(t, orgsim.Config{})
	if n, err := b.org.LoadCSV("Contact", many(rows, -1, "")); n != rows || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	for n, record := range slices.Collect(b.org.Records("Contact")) {
		if record["LastName"] != fmt.Sprint("Doe ", n) || record["Number__c"] != strconv.Itoa(n) {
			t.Fatalf("record %d is %v", n, record)
		}
	}
}

// Rows are read ahead of those that are written. Yet what is told is the first row
// that is wrong, and nothing behind its thousand is written.
func TestLoadCSVStopsAtTheFirstMistake(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		at            int
		wrong, want   string
		loaded, exist int
	}{
		"a row that is no CSV":          {at: 2_500, wrong: `Doe,1,2`, want: "read row: record on line 2502: wrong number of fields", loaded: 2_500, exist: 2_500},
		"a row that cannot be read":     {at: 2_500, wrong: "Doe,many", want: "line 2502: INVALID_FIELD", loaded: 2_500, exist: 2_500},
		"a row that the store refuses":  {at: 2_500, wrong: ",1", want: "line 2502: REQUIRED_FIELD_MISSING", loaded: 2_500, exist: 2_999},
		"a row in the first thousand":   {at: 10, wrong: ",1", want: "line 12: REQUIRED_FIELD_MISSING", loaded: 10, exist: 999},
		"the last row of a thousand":    {at: 999, wrong: ",1", want: "line 1001: REQUIRED_FIELD_MISSING", loaded: 999, exist: 999},
		"the first row of the next one": {at: 1_000, wrong: "Doe,many", want: "line 1002: INVALID_FIELD", loaded: 1_000, exist: 1_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, orgsim.Config{})
			n, err := b.org.LoadCSV("Contact", many(20_000, test.at, test.wrong))
			if n != test.loaded || err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%d, %v; want %d, %s", n, err, test.loaded, test.want)
			}
			if got := len(slices.Collect(b.org.Records("Contact"))); got != test.exist {
				t.Errorf("%d records; want %d", got, test.exist)
			}
		})
	}
}

// A row that is refused and one behind it that cannot be read are told both, as
// they are when they are looked at in turn.
func TestLoadCSVTellsBothMistakes(t *testing.T) {
	t.Parallel()
	b := setup(t, orgsim.Config{})
	n, err := b.org.LoadCSV("Contact", strings.NewReader("LastName,Number__c\nDoe,1\n,2\nRoe,many\n"))
	if n != 1 || err == nil || !strings.Contains(err.Error(), "line 3: REQUIRED_FIELD_MISSING") || !strings.Contains(err.Error(), "line 4: INVALID_FIELD") {
		t.Errorf("%d, %v", n, err)
	}
}
