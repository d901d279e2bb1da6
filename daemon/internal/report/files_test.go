package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/report"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestOpenFilesRefuses(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	allowed := filepath.Join(top, "allowed")
	write(t, filepath.Join(allowed, "file.csv"), "a\n")
	write(t, filepath.Join(top, "secret", "x.csv"), "a\n")
	if err := os.Symlink(filepath.Join(top, "secret"), filepath.Join(allowed, "link")); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		url   string
		roots []string
		says  string
	}{
		"outside":          {"file://" + top + "/secret", []string{allowed}, "outside the folders that the daemon may read: " + allowed},
		"beside by name":   {"file://" + top + "/allowedtoo", []string{allowed}, "outside"},
		"up and out":       {"file://" + allowed + "/../secret", []string{allowed}, "outside"},
		"out by a link":    {"file://" + allowed + "/link", []string{allowed}, "outside"},
		"missing":          {"file://" + allowed + "/nowhere", []string{allowed}, "there is no folder"},
		"missing, outside": {"file://" + top + "/nowhere", []string{allowed}, "outside"},
		"a file":           {"file://" + allowed + "/file.csv", []string{allowed}, "can't be opened as a folder"},
		"no roots":         {"file://" + allowed, nil, "file_roots"},
		"other scheme":     {"s3://bucket", []string{allowed}, "no file:// URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := report.OpenFiles(reportsync.FilesSource{URL: tc.url}, tc.roots)
			e, ok := errors.AsType[*reportsync.Error](err)
			if !ok || e.Code != reportsync.CodeInvalid || len(e.Fields) != 1 || e.Fields[0].Pointer != "/files/url" {
				t.Fatalf("error = %v", err)
			}
			if !strings.Contains(e.Fields[0].Detail, tc.says) {
				t.Errorf("detail = %q, want it to say %q", e.Fields[0].Detail, tc.says)
			}
		})
	}
}

func TestOpenFilesFollowsLinkWithinRoots(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	write(t, filepath.Join(top, "data", "x.csv"), "a\n")
	link := filepath.Join(top, "current")
	if err := os.Symlink(filepath.Join(top, "data"), link); err != nil {
		t.Fatal(err)
	}
	files, err := report.OpenFiles(reportsync.FilesSource{URL: "file://" + link}, []string{link})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	if v, err := files.Resolve(t.Context(), "x.csv"); err != nil || v.Path != "x.csv" {
		t.Errorf("resolve: %+v, %v", v, err)
	}
}

// shelf has reports of several days, one hidden, one that links out of the folder, and a named one that is a folder.
func shelf(t *testing.T) *report.Files {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "reports")
	day := time.Date(2026, 11, 20, 9, 0, 0, 123456789, time.UTC)
	for name, age := range map[string]time.Duration{
		"onboarding/2026-11-19.csv": 24 * time.Hour, "onboarding/2026-11-20.csv": 0, "onboarding/2026-11-20b.csv": 0,
		"onboarding/.2026-11-21.csv.part": -time.Hour, "survey.csv": time.Hour, ".hidden/x.csv": 0,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		write(t, path, "a,b\n1,2\n")
		if err := os.Chtimes(path, day.Add(-age), day.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(top, "outside.csv"), "secret\n")
	if err := os.Symlink(filepath.Join(top, "outside.csv"), filepath.Join(dir, "escape.csv")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := report.OpenFiles(reportsync.FilesSource{URL: "file://" + dir}, []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	return files
}

func TestList(t *testing.T) {
	t.Parallel()
	versions, err := shelf(t).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, v := range versions {
		names = append(names, v.Path)
		if v.Size != 8 || !v.ModifiedAt.Equal(v.ModifiedAt.Truncate(time.Microsecond)) || v.ModifiedAt.Location() != time.UTC {
			t.Errorf("version = %+v", v)
		}
	}
	want := []string{"onboarding/2026-11-20b.csv", "onboarding/2026-11-20.csv", "survey.csv", "onboarding/2026-11-19.csv"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	files := shelf(t)
	for pattern, want := range map[string]string{
		"survey.csv":                  "survey.csv",
		"onboarding/2026-11-19.csv":   "onboarding/2026-11-19.csv",
		"onboarding/*.csv":            "onboarding/2026-11-20b.csv",
		"onboarding/2026-11-{19}.csv": "onboarding/2026-11-19.csv",
		"**/*.csv":                    "onboarding/2026-11-20b.csv",
		"*.csv":                       "survey.csv",
	} {
		if v, err := files.Resolve(t.Context(), pattern); err != nil || v.Path != want {
			t.Errorf("Resolve(%q) = %q, %v, want %q", pattern, v.Path, err, want)
		}
	}
	for pattern, tc := range map[string]struct {
		code reportsync.Code
		says string
	}{
		"surveys.csv":   {reportsync.CodeReportNotFound, `did you mean "survey.csv"?`},
		"nothing/*.csv": {reportsync.CodeReportNotFound, "the newest is onboarding/2026-11-20b.csv"},
		"folder.csv":    {reportsync.CodeReportUnreadable, "no file"},
		"escape.csv":    {reportsync.CodeReportUnreadable, "escapes"},
		"../x.csv":      {reportsync.CodeReportUnreadable, "escapes"},
	} {
		_, err := files.Resolve(t.Context(), pattern)
		if reportsync.CodeOf(err) != tc.code || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("Resolve(%q) = %v, want %s with %q", pattern, err, tc.code, tc.says)
		}
	}
}
