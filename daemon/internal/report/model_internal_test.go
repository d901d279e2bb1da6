package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scanned is a record as the model and the scanner are compared by.
type scanned struct {
	Line  int64
	Cells []string // nil where its quotes are at fault
}

// modelScan is what the scanner does, in as few words as possible: without a thought for speed, with the whole text at
// hand. end is where the rows end in a quote that is never closed, 0 if they don't.
func modelScan(text string) (records []scanned, end int64) {
	all := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1] // a line end at the end begins no line
	}
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], "\r")
	}
	for first := 0; first < len(all); {
		if strings.TrimSpace(all[first]) == "" {
			first++
			continue
		}
		lines := 1
		cells, verdict := modelCells(all[first])
		for verdict == open && first+lines < len(all) {
			lines++
			cells, verdict = modelCells(strings.Join(all[first:first+lines], "\n"))
		}
		switch {
		case verdict == open:
			return records, int64(first + 1)
		case verdict == closed:
			records = append(records, scanned{int64(first + 1), cells})
		case lines == 1:
			records = append(records, scanned{Line: int64(first + 1)})
		default:
			lines-- // the line where the fault showed is read again
			for i := range lines {
				if strings.TrimSpace(all[first+i]) != "" {
					records = append(records, scanned{Line: int64(first + i + 1)})
				}
			}
		}
		first += lines
	}
	return records, 0
}

// verdict says how a text ends as a record.
type verdict int

const (
	closed verdict = iota // as one
	open                  // within quotes
	broken                // its quotes don't pair
)

// modelCells takes a text apart, cell by cell.
func modelCells(text string) (cells []string, v verdict) {
	for {
		cell, rest, more := strings.Cut(text, ",")
		if strings.HasPrefix(text, `"`) {
			var inner strings.Builder
			rest = text[1:]
			for {
				before, after, found := strings.Cut(rest, `"`)
				inner.WriteString(before)
				if !found {
					return nil, open
				}
				rest = after
				if !strings.HasPrefix(rest, `"`) {
					break
				}
				inner.WriteString(`"`)
				rest = rest[1:]
			}
			if rest != "" && rest[0] != ',' {
				return nil, broken
			}
			cell = inner.String()
			rest, more = strings.CutPrefix(rest, ",")
		} else if strings.Contains(cell, `"`) {
			return nil, broken
		}
		cells = append(cells, cell)
		if !more {
			return cells, closed
		}
		text = rest
	}
}

// scanAll scans a text that comes in parts of any size.
func scanAll(s *scanner) (records []scanned, end int64, err error) {
	for {
		r, err := s.next()
		if at, ok := errors.AsType[*scanError](err); ok {
			if !errors.Is(err, errUnclosed) {
				return nil, 0, err
			}
			return records, at.line, nil
		}
		if err != nil {
			return records, 0, nil //nolint:nilerr // these inputs end in io.EOF alone
		}
		one := scanned{Line: r.line}
		for i := range r.ends {
			one.Cells = append(one.Cells, string(r.cell(i)))
		}
		if (r.fault != "") != (one.Cells == nil) {
			return nil, 0, fmt.Errorf("record %+v with fault %q", one, r.fault)
		}
		records = append(records, one)
	}
}

// The scanner reads what the model reads, however its input comes.
func TestScannerLikeModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{
			"a", "bb", ",", `"`, `""`, `,"`, `",`, "\"\n", "\n\"", "\n", "\r\n", "\r", " ", "é", "\u00a0", "\x00", "\xff", "\ufeff",
			strings.Repeat("x", lineBuffer),
		})).Draw(t, "parts")
		text := strings.Join(parts, "")
		checkModel(t, text)
	})
}

func FuzzScannerLikeModel(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "\ufeffa\r\n\"x\r\ny\"\r\n", "\"1,2\n3\n\n5,\"6\"\n", "\"\"\"\"", "\"\n", "\"\r", "\r\n\r"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkModel(t, string(text)) })
}

func checkModel(t rapid.TB, text string) {
	t.Helper()
	want, wantEnd := modelScan(text)
	ahead := newReadAhead(strings.NewReader(text), 6) // in chunks of a few bytes
	defer ahead.close()
	for _, in := range []io.Reader{strings.NewReader(text), iotest.HalfReader(strings.NewReader(text)), ahead} {
		got, end, err := scanAll(newScanner(in))
		if err != nil || end != wantEnd || !slices.EqualFunc(want, got, func(a, b scanned) bool { return cmp.Equal(a, b) }) {
			t.Fatalf("%.200q:\n got %.500q, %d, %v\nwant %.500q, %d", text, got, end, err, want, wantEnd)
		}
	}
}
