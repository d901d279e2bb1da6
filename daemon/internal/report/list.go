package report

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// List returns the current version of every report in the folder and below, newest first. Hidden files and folders
// are left out, because programs that deliver reports write to them before they rename; links to folders are not
// followed.
func (f *Files) List(ctx context.Context) ([]reportsync.ReportVersion, error) {
	return f.list(ctx, ".", func(string) bool { return true })
}

// Resolve returns the newest report that the pattern, a path or a glob, names. The error is a [reportsync.Error] with
// report_not_found, naming the nearest report there is, or report_unreadable.
func (f *Files) Resolve(ctx context.Context, pattern string) (reportsync.ReportVersion, error) {
	if !isGlob(pattern) {
		info, err := f.root.Stat(pattern)
		switch {
		case err == nil && info.Mode().IsRegular():
			return versionOf(pattern, info), nil
		case err == nil:
			return reportsync.ReportVersion{}, reportsync.Errorf(reportsync.CodeReportUnreadable, "%s in %s is no file", pattern, f.path)
		case !errors.Is(err, fs.ErrNotExist):
			return reportsync.ReportVersion{}, f.unreadable(pattern, err)
		}
		return reportsync.ReportVersion{}, f.notFound(ctx, pattern)
	}
	base, _ := doublestar.SplitPattern(pattern)
	found, err := f.list(ctx, base, func(name string) bool { return reportsync.ReportMatches(pattern, name) })
	if err != nil {
		return reportsync.ReportVersion{}, err
	}
	if len(found) == 0 {
		return reportsync.ReportVersion{}, f.notFound(ctx, pattern)
	}
	return found[0], nil
}

// list walks the folder below base and returns the versions of the files that match, newest first.
func (f *Files) list(ctx context.Context, base string, matches func(name string) bool) ([]reportsync.ReportVersion, error) {
	var found []reportsync.ReportVersion
	err := fs.WalkDir(f.root.FS(), base, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, fs.ErrNotExist): // gone since its folder was read, or base never was
			return nil
		case err != nil:
			return f.unreadable(name, err)
		case entry.IsDir():
			if name != base && hidden(name) {
				return fs.SkipDir
			}
			return nil
		case hidden(name) || !matches(name):
			return nil
		}
		info, err := f.root.Stat(name) // follows a link, but not out of the folder
		if err == nil && info.Mode().IsRegular() {
			found = append(found, versionOf(name, info))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b reportsync.ReportVersion) int {
		// Of files written at the same moment the greater name wins: names often end in a date.
		return cmp.Or(b.ModifiedAt.Compare(a.ModifiedAt), strings.Compare(b.Path, a.Path))
	})
	return found, nil
}

func (f *Files) notFound(ctx context.Context, pattern string) error {
	there, err := f.List(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(there))
	for i, v := range there {
		names[i] = v.Path
	}
	what := "no report"
	if isGlob(pattern) {
		what = "no report matching"
	}
	e := reportsync.Errorf(reportsync.CodeReportNotFound, "there is %s %q in %s%s", what, pattern, f.path, reportsync.DidYouMean(pattern, names))
	switch {
	case len(there) == 0:
		return e.WithHint("the folder holds no files yet")
	case len(there) == 1:
		return e.WithHint("the folder holds one file, %s", there[0].Path)
	}
	return e.WithHint("the folder holds %d files, the newest is %s", len(there), there[0].Path)
}

func (f *Files) unreadable(name string, err error) error {
	e := reportsync.Errorf(reportsync.CodeReportUnreadable, "report %s in %s can't be read: %s", name, f.path, reason(err))
	e.Err = err
	if errors.Is(err, fs.ErrPermission) {
		return e.WithHint("let the daemon's user read it")
	}
	return e
}

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, "*?[{") }

func hidden(name string) bool { return strings.HasPrefix(path.Base(name), ".") && name != "." }

// versionOf cuts the time to microseconds, which is what is stored, so that a stored version compares equal.
func versionOf(name string, info os.FileInfo) reportsync.ReportVersion {
	return reportsync.ReportVersion{
		Path:       name,
		ModifiedAt: info.ModTime().UTC().Truncate(time.Microsecond),
		Size:       info.Size(),
	}
}
