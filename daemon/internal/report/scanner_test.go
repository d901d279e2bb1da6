package report //nolint:testpackage // the scanner is no one else's business, and needs its own fuzzing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// scan reads everything, or fails.
func scan(text []byte) (records [][]string, faults map[int64]bool, err error) {
	s := newScanner(bytes.NewReader(text))
	faults = map[int64]bool{}
	for {
		r, err := s.next()
		if errors.Is(err, io.EOF) {
			return records, faults, nil
		}
		if err != nil {
			return records, faults, err
		}
		if r.fault != "" {
			if faults[r.line] {
				return nil, nil, fmt.Errorf("line %d is at fault twice", r.line)
			}
			faults[r.line] = true
			continue
		}
		var cells []string
		for i := range r.ends {
			cells = append(cells, string(r.cell(i)))
		}
		records = append(records, cells)
	}
}

// FuzzScanner holds the scanner against encoding/csv: what that reads without complaint must read the same here, and
// what it complains about must show here too. It also checks that no line is lost or read twice.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "\ufeffa\r\n\"x\r\ny\"\r\n", "a,b\n\"1,2\n3,4\n5,\"6\"\n", "\"\"\"\"", "a\"b\n", "\"a\"b\n", ",\n,,\n\n \n", "\"\n\"", "\r\n\r", "\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		records, faults, err := scan(text)
		strict := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		strict.FieldsPerRecord = -1
		want, wantErr := strict.ReadAll()
		if wantErr != nil {
			if err == nil && len(faults) == 0 {
				t.Fatalf("encoding/csv says %v, the scanner nothing: %q", wantErr, records)
			}
		} else {
			// A line of nothing but white space is no row here, and a trailing CR is part of the line end.
			want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && strings.TrimSpace(r[0]) == "" })
			got := slices.DeleteFunc(slices.Clone(records), func(r []string) bool { return len(r) == 1 && strings.TrimSpace(r[0]) == "" })
			if err != nil || len(faults) > 0 || !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("got %q, %v, %v, want %q", got, faults, err, want)
			}
		}
		accountForLines(t, text)
	})
}

// accountForLines checks that records and faults cover all lines that are not blank, in order and once.
func accountForLines(t *testing.T, text []byte) {
	t.Helper()
	lines := bytes.Split(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n"))
	s, next := newScanner(bytes.NewReader(text)), int64(1)
	for {
		r, err := s.next()
		end := s.line
		if len(s.faulty) > 0 || r.fault != "" {
			end = r.line
		}
		if err != nil {
			end = int64(len(lines))
			if at, ok := errors.AsType[*scanError](err); ok {
				end = at.line - 1
			}
			r.line = end + 1
		}
		for ; next < r.line; next++ {
			if next <= int64(len(lines)) && len(bytes.TrimSpace(lines[next-1])) > 0 {
				t.Fatalf("line %d of %q is in no record", next, text)
			}
		}
		if err != nil {
			return
		}
		if r.line < next {
			t.Fatalf("line %d of %q comes again", r.line, text)
		}
		next = end + 1
	}
}

func BenchmarkScanner(b *testing.B) {
	text := []byte(strings.Repeat("7590-VHVEG,Female,0,Yes,No,1,\"No, phone\",29.85\n", 10_000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s := newScanner(bytes.NewReader(text))
		for {
			if _, err := s.next(); err != nil {
				break
			}
		}
	}
}
