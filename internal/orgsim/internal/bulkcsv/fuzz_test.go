package bulkcsv_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
)

// Whatever the strict reader takes, it reads again from what it has read, and a
// lenient reader reads in the same way.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\"\"b\",\"c\nd\"\n", "a\n\nb", "\ufeffId\n", "a, \"b\"\n", "\"", ",\n,", "a\r\nb\r\n", "\"\r\n\",b\r\n"} {
		f.Add(seed, byte(','), false)
		f.Add(strings.ReplaceAll(seed, ",", ";"), byte(';'), true)
	}
	f.Fuzz(func(t *testing.T, data string, delimiter byte, crlf bool) {
		if len(data) > 10_000 || !strings.ContainsRune(",;|\t^`", rune(delimiter)) {
			t.Skip("no delimiter of Bulk API 2.0, or so long that quotes break a limit")
		}
		d := bulkcsv.Dialect{Delimiter: delimiter, CRLF: crlf}
		got, err := read(data, d)
		if err != nil {
			if _, ok := errors.AsType[*bulkcsv.Error](err); !ok {
				t.Fatalf("%q is refused with %#v", data, err)
			}
			return
		}
		again, err := read(printed(got, d), d)
		if err != nil || !slices.EqualFunc(got, again, slices.Equal) {
			t.Fatalf("%q is read as %q, and that as %q, %v", data, got, again, err)
		}
		agrees(t, data, got, d)
	})
}

// printed is the rows as CSV, every value quoted.
func printed(rows [][]string, d bulkcsv.Dialect) string {
	var text strings.Builder
	for _, row := range rows {
		for i, value := range row {
			if i > 0 {
				text.WriteByte(d.Delimiter)
			}
			text.WriteString(`"` + strings.ReplaceAll(value, `"`, `""`) + `"`)
		}
		if d.CRLF {
			text.WriteByte('\r')
		}
		text.WriteByte('\n')
	}
	return text.String()
}

// agrees compares with encoding/csv, which leaves out blank lines and reads a
// line break within quotes as LF.
func agrees(t *testing.T, data string, got [][]string, d bulkcsv.Dialect) {
	t.Helper()
	lenient := csv.NewReader(strings.NewReader(data))
	lenient.FieldsPerRecord = -1
	lenient.Comma = rune(d.Delimiter)
	want, err := lenient.ReadAll()
	if err != nil {
		t.Fatalf("%q was taken, but %v", data, err)
	}
	plain := func(rows [][]string) [][]string {
		var full [][]string
		for _, row := range rows {
			if len(row) == 1 && row[0] == "" {
				continue
			}
			row = slices.Clone(row)
			for i := range row {
				row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
			}
			full = append(full, row)
		}
		return full
	}
	if !slices.EqualFunc(plain(got), plain(want), slices.Equal) {
		t.Fatalf("%q is read as %q, want %q", data, got, want)
	}
}
