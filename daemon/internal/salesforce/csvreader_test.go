package salesforce_test

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

func TestReadCSV(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 700_000)
	for name, tc := range map[string]struct {
		body string
		want [][]string
	}{
		"nothing":               {"", nil},
		"blank lines":           {"\n\r\n\n", nil},
		"a lone CR":             {"\r", nil},
		"quoted":                {"\"a\",\"b\"\n\"c\",\"\"\n", [][]string{{"a", "b"}, {"c", ""}}},
		"bare":                  {"a,b\n,\n", [][]string{{"a", "b"}, {"", ""}}},
		"mixed":                 {"\"sf__Id\",Name\n\"1\",\"x\"\n2,y\n", [][]string{{"sf__Id", "Name"}, {"1", "x"}, {"2", "y"}}},
		"CRLF":                  {"\"a\",b\r\n\"c\",d\r\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"no last line break":    {"\"a\"\n\"b\"", [][]string{{"a"}, {"b"}}},
		"CR for a line break":   {"a\nb\r", [][]string{{"a"}, {"b"}}},
		"blank line between":    {"a\n\nb\n", [][]string{{"a"}, {"b"}}},
		"an empty value alone":  {"a\n\"\"\n", [][]string{{"a"}, {""}}},
		"doubled quotes":        {"\"\"\"\",\"a\"\"b\"\n", [][]string{{`"`, `a"b`}}},
		"line breaks in values": {"\"a\nb\",\"c\r\nd\",\"e\rf\"\n", [][]string{{"a\nb", "c\nd", "e\nf"}}},
		"a CR before a CRLF":    {"\"a\r\r\nb\"\n", [][]string{{"a\n\nb"}}},
		"CR in a bare value":    {"a\rb,c\n", [][]string{{"a\nb", "c"}}},
		"commas in values":      {"\"a,b\",c\n", [][]string{{"a,b", "c"}}},
		"longer than a buffer":  {"\"a\"\n\"" + long + "\"\n\"b\"\n", [][]string{{"a"}, {long}, {"b"}}},
		"a mark is a value":     {"\ufeffId\n", [][]string{{"\ufeffId"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, source := range map[string]io.Reader{
				"whole": strings.NewReader(tc.body), "by bytes": iotest.OneByteReader(strings.NewReader(tc.body)),
				"with its end": iotest.DataErrReader(strings.NewReader(tc.body)),
			} {
				got, err := salesforce.ReadCSV(source)
				if err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%s:\n%s", kind, diff)
				}
			}
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	for name, tc := range map[string]struct {
		source io.Reader
		rows   int
		says   string
	}{
		"quote in a bare value": {strings.NewReader("a\nb\"c\n"), 1, "not quoted"},
		"text behind a quote":   {strings.NewReader("a\n\"b\"c\n"), 1, "has to end"},
		"CR behind a quote":     {strings.NewReader("a\n\"b\"\rc\n"), 1, "has to end"},
		"no end":                {strings.NewReader("a\n\"b\n"), 1, "no end"},
		"no end at all":         {strings.NewReader("a\n\""), 1, "no end"},
		"a value more":          {strings.NewReader("a\nb,c\n"), 1, "another number"},
		"a value less":          {strings.NewReader("\"a\",\"b\"\n\"c\"\n"), 1, "another number"},
		"endless row":           {io.MultiReader(strings.NewReader("a\n\""), endless{}), 1, "longer than any"},
		"never anything":        {idle{}, 0, io.ErrNoProgress.Error()},
		"broken off":            {io.MultiReader(strings.NewReader("a\nb\nc"), iotest.ErrReader(broken)), 2, "reset"},
		"broken in quotes":      {io.MultiReader(strings.NewReader("a\nb\n\"c"), iotest.ErrReader(broken)), 2, "reset"},
		"broken behind a quote": {io.MultiReader(strings.NewReader("a\n\"b\""), iotest.ErrReader(broken)), 1, "reset"},
		"broken behind a comma": {io.MultiReader(strings.NewReader("a,b\n\"b\","), iotest.ErrReader(broken)), 1, "reset"},
		"broken between rows":   {io.MultiReader(strings.NewReader("a\nb\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), 2, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := salesforce.ReadCSV(tc.source)
			if err == nil || !strings.Contains(err.Error(), tc.says) || len(rows) != tc.rows {
				t.Errorf("%d rows and %v, want %d and %q", len(rows), err, tc.rows, tc.says)
			}
		})
	}
}

// endless is a value without an end, and idle a body that neither comes nor ends.
type (
	endless struct{}
	idle    struct{}
)

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (idle) Read([]byte) (int, error) { return 0, nil }

// FuzzCSV holds the reader against encoding/csv, whose rows it must yield with LF for every line break, and
// whose refusals it must share.
func FuzzCSV(f *testing.F) {
	for _, body := range []string{
		"\"Id\",\"Name\"\n\"1\",\"a\"\n", "a,b\r\nc,\"d\"\"\r\n\"\r\n", "\n\n\"\"\n", "a\n\"b", "\"a\"b\n", "a\rb\r", "\"a\"\r", ",\n,", "a\"\n", "a\nb,c\n",
	} {
		f.Add(body, 3)
	}
	f.Fuzz(func(t *testing.T, body string, piece int) {
		if strings.Contains(body, "\r\r\n") {
			t.Skip("encoding/csv makes one line break of a CR before a CRLF, REST two")
		}
		want, wantErr := csv.NewReader(strings.NewReader(body)).ReadAll()
		for _, row := range want {
			for i, cell := range row {
				row[i] = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(cell)
			}
		}
		got, err := salesforce.ReadCSV(pieces{strings.NewReader(body), max(1, piece)})
		if (err != nil) != (wantErr != nil) {
			t.Fatalf("%q: got the error %v, encoding/csv %v", body, err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Errorf("%q (-encoding/csv +got):\n%s", body, diff)
		}
	})
}

// pieces hands out a few bytes at a time.
type pieces struct {
	io.Reader
	most int
}

func (p pieces) Read(buf []byte) (int, error) { return p.Reader.Read(buf[:min(len(buf), p.most)]) }
