package bulkcsv_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulkcsv"
)

var comma = bulkcsv.Dialect{Delimiter: ','}

// read returns all rows, or those before the error.
func read(data string, d bulkcsv.Dialect) ([][]string, error) {
	r, err := bulkcsv.NewReader(data, d)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for {
		fields, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, slices.Clone(fields))
	}
}

func TestReader(t *testing.T) {
	t.Parallel()
	crlf := bulkcsv.Dialect{Delimiter: ',', CRLF: true}
	for name, test := range map[string]struct {
		dialect bulkcsv.Dialect
		data    string
		want    [][]string
	}{
		"nothing":               {comma, "", nil},
		"blank lines alone":     {comma, "\n\n", nil},
		"one line":              {comma, "a,b", [][]string{{"a", "b"}}},
		"a last line break":     {comma, "a,b\nc,d\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"blank lines at an end": {comma, "a\nb\n\n\n", [][]string{{"a"}, {"b"}}},
		"a blank line between":  {comma, "a\n\nb\n", [][]string{{"a"}, {""}, {"b"}}},
		"empty values":          {comma, ",\n\"\",", [][]string{{"", ""}, {"", ""}}},
		"blanks are kept":       {comma, " a , b \n", [][]string{{" a ", " b "}}},
		"quoted":                {comma, "\"a,b\",\"c \"\"d\"\"\",\"e\nf\"\n", [][]string{{"a,b", `c "d"`, "e\nf"}}},
		"CRLF":                  {crlf, "a,b\r\n\"c\r\nd\",e\r\n", [][]string{{"a", "b"}, {"c\r\nd", "e"}}},
		"semicolons":            {bulkcsv.Dialect{Delimiter: ';'}, "a,b;c\n", [][]string{{"a,b", "c"}}},
		"a mark is a value":     {comma, "\ufeffId\n", [][]string{{"\ufeffId"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(test.data, test.dialect)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	const (
		lf   = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is LF"
		crlf = "ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is CRLF"
		csv  = "InvalidBatch : Failed to parse CSV. Due to, "
	)
	for name, test := range map[string]struct {
		crlf bool
		data string
		want string
	}{
		"CRLF where LF is declared":   {false, "a\r\nb\r\n", lf},
		"CRLF in a quoted value":      {false, "a\n\"b\r\nc\"\n", lf},
		"CR in a quoted value":        {false, "a\n\"b\rc\"\n", lf},
		"LF where CRLF is declared":   {true, "a\nb\n", crlf},
		"LF in a quoted value":        {true, "a\r\n\"b\nc\"\r\n", crlf},
		"a blank before a quote":      {false, "a,b\nc, \"d\"\n", csv + "row 2: field 2 has characters before a quote"},
		"a blank after a quote":       {false, "a,b\n\"c\" ,d\n", csv + "row 2: field 1 has characters after a closing quote"},
		"a quote within a bare value": {false, "5\" disk\n", csv + "row 1: field 1 has characters before a quote"},
		"no closing quote":            {false, "a\n\"b\nc\n", csv + "row 2: field 1 has an opening quote and no closing one"},
		"a field that is too long":    {false, "a\n" + strings.Repeat("é", bulkcsv.MaxField+1), csv + "row 2: field 1 has more than 131072 characters"},
		"a header that is too long":   {false, strings.Repeat("a", bulkcsv.MaxHeader+1) + "\n", csv + "row 1 has more than 32000 characters"},
		"a row that is too long":      {false, "a,b,c,d\n" + strings.Repeat(strings.Repeat("x", 110_000)+",", 4) + "\n", csv + "row 2 has more than 400000 characters"},
		"too many fields":             {false, strings.Repeat(",", bulkcsv.MaxFields), csv + "row 1 has more than 5000 fields"},
		"bytes that are not UTF-8":    {false, "a\nb\xff\n", csv + "the data is not valid UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(test.data, bulkcsv.Dialect{Delimiter: ',', CRLF: test.crlf})
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestSeekReadsARowAgain(t *testing.T) {
	t.Parallel()
	const data = "h\n\"a\nb\"\nc\n"
	r, err := bulkcsv.NewReader(data, comma)
	if err != nil {
		t.Fatal(err)
	}
	if n := r.Lines(); n < 3 {
		t.Errorf("%d lines", n)
	}
	var offsets []int
	for range 3 {
		offsets = append(offsets, r.Offset())
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	again := bulkcsv.Scanned(data, comma)
	for _, i := range []int{2, 0, 1} {
		again.Seek(offsets[i])
		got, err := again.Next()
		if want := []string{"h", "a\nb", "c"}[i]; err != nil || !slices.Equal(got, []string{want}) {
			t.Errorf("row %d is %q, %v; want %q", i, got, err, want)
		}
	}
}
