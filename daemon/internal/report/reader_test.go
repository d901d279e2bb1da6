package report_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// folder is a source with one report, report.csv.
func folder(t *testing.T, content string) (*report.Files, string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "report.csv"), content)
	files, err := report.OpenFiles(reportsync.FilesSource{URL: "file://" + dir}, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	return files, dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, files *report.Files, name string) (*report.Reader, error) {
	t.Helper()
	v, err := files.Resolve(t.Context(), name)
	if err != nil {
		return nil, err
	}
	reader, err := files.Open(t.Context(), v)
	if err == nil {
		t.Cleanup(func() { _ = reader.Close() })
	}
	return reader, err
}

// rowsOf yields the rows of all batches.
func rowsOf(r *report.Reader) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		for batch, err := range r.Batches() {
			for _, row := range batch.Rows {
				if !yield(row, nil) {
					return
				}
			}
			if err != nil {
				yield(report.Row{}, err)
				return
			}
		}
	}
}

func readAll(t *testing.T, content string) ([]report.Row, error) {
	t.Helper()
	files, _ := folder(t, content)
	reader, err := open(t, files, "report.csv")
	if err != nil {
		return nil, err
	}
	var rows []report.Row
	for row, err := range rowsOf(reader) {
		if err != nil {
			return rows, err
		}
		row.Cells = slices.Clone(row.Cells)
		rows = append(rows, row)
	}
	return rows, nil
}

func good(number, line int64, cells ...string) report.Row {
	return report.Row{Number: number, Line: line, Cells: cells}
}

func bad(number, line int64, code string) report.Row {
	return report.Row{Number: number, Line: line, Problem: &report.RowProblem{Code: code}}
}

// codesOnly compares problems by code: their messages are for people.
var codesOnly = cmp.Comparer(func(a, b *report.RowProblem) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Code == b.Code && (a.Message == "" || b.Message == "" || a.Message == b.Message))
})

func TestRows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		csv  string
		want []report.Row
	}{
		"plain":                 {"a,b\n1,2\n3,4\n", []report.Row{good(1, 2, "1", "2"), good(2, 3, "3", "4")}},
		"byte order mark":       {"\ufeffa,b\n1,2\n", []report.Row{good(1, 2, "1", "2")}},
		"CRLF":                  {"a,b\r\n1,2\r\n", []report.Row{good(1, 2, "1", "2")}},
		"no line end at end":    {"a,b\n1,2", []report.Row{good(1, 2, "1", "2")}},
		"header only":           {"a,b\n", nil},
		"empty cells":           {"a,b\n,\n", []report.Row{good(1, 2, "", "")}},
		"blank lines":           {"\n\na,b\n\n1,2\n  \n\n3,4\n\n", []report.Row{good(1, 5, "1", "2"), good(2, 8, "3", "4")}},
		"blanks are kept":       {"a,b\n 1 ,\u00a02\n", []report.Row{good(1, 2, " 1 ", "\u00a02")}},
		"quotes":                {"a,b\n\"x, \"\"y\"\"\",\"\"\n", []report.Row{good(1, 2, `x, "y"`, "")}},
		"line breaks in quotes": {"a,b\n\"1\r\n\r\n2\",3\n4,5\n", []report.Row{good(1, 2, "1\n\n2", "3"), good(2, 5, "4", "5")}},
		"lone CR is text":       {"a,b\n1\r2,3\n", []report.Row{good(1, 2, "1\r2", "3")}},
		"ragged":                {"a,b\n1\n2,3\n4,5,6\n", []report.Row{bad(1, 2, "ragged_row"), good(2, 3, "2", "3"), bad(3, 4, "ragged_row")}},
		"no UTF-8":              {"a,b\n1,\xff\n2,3\n", []report.Row{bad(1, 2, "bad_encoding"), good(2, 3, "2", "3")}},
		"NUL":                   {"a,b\n1,\x00\n", []report.Row{bad(1, 2, "bad_encoding")}},
		"quote within cell":     {"a,b\n1,x\"y\n2,3\n", []report.Row{bad(1, 2, "bad_quoting"), good(2, 3, "2", "3")}},
		"text after quote":      {"a,b\n\"x\"y,1\n2,3\n", []report.Row{bad(1, 2, "bad_quoting"), good(2, 3, "2", "3")}},
		"open quote found out later": {
			"a,b\n\"1,2\n3,4\n\n5,\"6, 7\"\n8,9\n",
			[]report.Row{bad(1, 2, "bad_quoting"), bad(2, 3, "bad_quoting"), good(3, 5, "5", "6, 7"), good(4, 6, "8", "9")},
		},
		"open quote twice": {
			"a,b\n\"1,2\n\"3,4\n5,\"x\"\n6,7\n",
			[]report.Row{bad(1, 2, "bad_quoting"), bad(2, 3, "bad_quoting"), good(3, 4, "5", "x"), good(4, 5, "6", "7")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(t, tc.csv)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, codesOnly); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ csv, says string }{
		"empty":             {"", "it is empty"},
		"blank":             {"\n\r\n  \n", "it is empty"},
		"UTF-16":            {"\xff\xfea\x00,\x00b\x00\n\x00", "save the report as CSV in UTF-8"},
		"broken header":     {"a,b\"\n1,2\n", "the header on line 1"},
		"quote never ends":  {"a,b\n1,2\n3,\"4\n5,6\n7,8\n", "line 3: the quote that opens there is never closed"},
		"cut off in a cell": {"a,b\n1,2\n3,\"4", "line 3"},
		"endless line":      {"a,b\n" + strings.Repeat("x", 17<<20), "line 2: the row that starts there is longer than 16 MiB"},
		"endless quote":     {"a,b\n1,\"" + strings.Repeat("x\n", 200_000), "line 2: the quote that opens there is not closed within 100000 lines"},
		"endless cell":      {"a,b\n1,\"" + strings.Repeat(strings.Repeat("x", 1<<10)+"\n", 17<<10), "line 2: the row that starts there is longer than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readAll(t, tc.csv)
			if reportsync.CodeOf(err) != reportsync.CodeReportUnreadable || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error = %v, want report_unreadable with %q", err, tc.says)
			}
		})
	}
}

// A message counts in the singular where there is one.
func TestRaggedRowSaysHow(t *testing.T) {
	t.Parallel()
	rows, err := readAll(t, "a,b\n1\n1,2,3\n")
	want := []string{"the row has 1 cell, but the header has 2 columns", "the row has 3 cells, but the header has 2 columns"}
	if err != nil || len(rows) != len(want) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, row := range rows {
		if row.Problem == nil || row.Problem.Message != want[i] {
			t.Errorf("row %d: %+v", i+1, row.Problem)
		}
	}
}

func TestSelect(t *testing.T) {
	t.Parallel()
	files, _ := folder(t, "a,b,c,b,\n1,2,3,4,\n5,\xff,6,7,\n8,\n")
	reader, err := open(t, files, "report.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "b", ""}, reader.Columns()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if err := reader.Select([]string{"a", "b"}); reportsync.CodeOf(err) != reportsync.CodeReportUnreadable || !strings.Contains(err.Error(), "columns 2, 4") {
		t.Errorf("select a column that stands twice: %v", err)
	}
	if err := reader.Select([]string{"d"}); reportsync.CodeOf(err) != reportsync.CodeColumnNotFound {
		t.Errorf("select a column that is not there: %v", err)
	}
	if err := reader.Select([]string{"c", "a"}); err != nil {
		t.Fatal(err)
	}
	var got []report.Row
	for row, err := range rowsOf(reader) {
		if err != nil {
			t.Fatal(err)
		}
		row.Cells = slices.Clone(row.Cells)
		got = append(got, row)
	}
	// Bytes in columns that nobody reads don't matter; a missing cell does, because it may be any of them.
	want := []report.Row{good(1, 2, "3", "1"), good(2, 3, "6", "5"), bad(3, 4, "ragged_row")}
	if diff := cmp.Diff(want, got, codesOnly); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestVersionHasHash(t *testing.T) {
	t.Parallel()
	const content = "\ufeffa,b\r\n1,2\r\n"
	files, _ := folder(t, content)
	reader, err := open(t, files, "report.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rowsOf(reader) {
		if err != nil {
			t.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte(content))
	v := reader.Version()
	if v.SHA256 != hex.EncodeToString(sum[:]) || v.Size != int64(len(content)) {
		t.Errorf("version = %+v", v)
	}
	for _, err := range rowsOf(reader) {
		if err == nil {
			t.Error("a second reading gave rows")
		}
	}
	again, err := files.Open(t.Context(), v)
	if err != nil {
		t.Fatalf("open the same version again: %v", err)
	}
	defer again.Close()
	for _, err := range rowsOf(again) {
		if err != nil {
			t.Fatalf("read the same version again: %v", err)
		}
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	const content = "a,b\n1,2\n3,4\n"
	rewrite := func(t *testing.T, path, content string, at time.Time) {
		write(t, path, content)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	for name, change := range map[string]func(t *testing.T, path string){
		"grown":    func(t *testing.T, path string) { rewrite(t, path, content+"5,6\n", start) },
		"touched":  func(t *testing.T, path string) { rewrite(t, path, content, start.Add(time.Second)) },
		"replaced": func(t *testing.T, path string) { rewrite(t, path, "a,b\n1,2\n3,5\n", start) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, dir := folder(t, content)
			path := filepath.Join(dir, "report.csv")
			rewrite(t, path, content, start)
			v := readVersion(t, files)
			change(t, path)
			reader, err := files.Open(t.Context(), v)
			if err == nil {
				defer reader.Close()
				for _, err = range rowsOf(reader) {
				}
			}
			if reportsync.CodeOf(err) != reportsync.CodeReportChanged {
				t.Errorf("error = %v, want report_changed", err)
			}
		})
	}
	t.Run("while it is read", func(t *testing.T) {
		t.Parallel()
		files, dir := folder(t, content)
		reader, err := open(t, files, "report.csv")
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "report.csv"), content+"5,6\n")
		for _, err = range rowsOf(reader) {
		}
		if reportsync.CodeOf(err) != reportsync.CodeReportChanged {
			t.Errorf("error = %v, want report_changed", err)
		}
	})
	t.Run("gone", func(t *testing.T) {
		t.Parallel()
		files, dir := folder(t, content)
		v := readVersion(t, files)
		if err := os.Remove(filepath.Join(dir, "report.csv")); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Open(t.Context(), v); reportsync.CodeOf(err) != reportsync.CodeReportChanged {
			t.Errorf("error = %v, want report_changed", err)
		}
	})
}

// readVersion returns the version of report.csv with its hash.
func readVersion(t *testing.T, files *report.Files) reportsync.ReportVersion {
	t.Helper()
	reader, err := open(t, files, "report.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range rowsOf(reader) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return reader.Version()
}

func TestRowsHonourContext(t *testing.T) {
	t.Parallel()
	files, _ := folder(t, "a\n"+strings.Repeat("1\n", 10_000))
	v, err := files.Resolve(t.Context(), "report.csv")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	reader, err := files.Open(ctx, v)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, err = range rowsOf(reader) {
		cancel(reportsync.ErrCancelled)
	}
	if !errors.Is(err, reportsync.ErrCancelled) {
		t.Errorf("error = %v, want the cause", err)
	}
}

// The real reports in their dialects: what this version reads gives 1,000 rows, the rest says why not.
func TestRealReports(t *testing.T) {
	t.Parallel()
	dir := testenv.Reports(t)
	files, err := report.OpenFiles(reportsync.FilesSource{URL: "file://" + dir}, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	for name, rows := range map[string]int{"onboarding.csv": 1000, "onboarding-bom.csv": 1000, "telco-customer-churn.csv": 7043, "survey.csv": 945} {
		reader, err := open(t, files, name)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for row, err := range rowsOf(reader) {
			if err != nil || row.Problem != nil {
				t.Fatalf("%s: row %+v, error %v", name, row, err)
			}
			got++
		}
		if got != rows {
			t.Errorf("%s has %d rows, want %d", name, got, rows)
		}
	}
	if _, err := open(t, files, "onboarding-utf16.tsv"); reportsync.CodeOf(err) != reportsync.CodeReportUnreadable {
		t.Errorf("UTF-16: %v", err)
	}
}
