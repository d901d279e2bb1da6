package report

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// urlPointer is what a mistake about the folder is blamed on.
const urlPointer = "/files/url"

// Files is a folder of reports. It is safe for concurrent use.
type Files struct {
	root *os.Root
	path string // as the user wrote it
}

// OpenFiles opens the folder of a source, which must be one of the allowed roots or lie below one, also after every
// symbolic link is followed. The error is a [reportsync.Error] that blames /files/url.
func OpenFiles(spec reportsync.FilesSource, roots []string) (*Files, error) {
	u, err := url.Parse(spec.URL)
	if err != nil || u.Scheme != "file" || !strings.HasPrefix(u.Path, "/") {
		return nil, badFolder("%q is no file:// URL of a folder", spec.URL)
	}
	folder := filepath.Clean(filepath.FromSlash(u.Path))
	actual, err := filepath.EvalSymlinks(folder)
	if err != nil {
		// Nothing is said about folders outside the roots, not even whether they exist.
		if !withinAny(folder, roots) {
			return nil, outside(folder, roots)
		}
		return nil, unreadableFolder(folder, err)
	}
	if !withinAny(actual, resolveAll(roots)) {
		return nil, outside(folder, roots)
	}
	root, err := os.OpenRoot(actual)
	if err != nil {
		return nil, unreadableFolder(folder, err)
	}
	return &Files{root: root, path: folder}, nil
}

// Close lets go of the folder.
func (f *Files) Close() error { return f.root.Close() }

// resolveAll follows the links in the roots; a root that does not exist allows nothing.
func resolveAll(roots []string) []string {
	var actual []string
	for _, root := range roots {
		if path, err := filepath.EvalSymlinks(root); err == nil {
			actual = append(actual, path)
		}
	}
	return actual
}

func withinAny(path string, roots []string) bool {
	for _, root := range roots {
		if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
			return true
		}
	}
	return false
}

func outside(folder string, roots []string) error {
	if len(roots) == 0 {
		return badFolder("%s can't be read: the daemon's settings allow no folder; add it to file_roots", folder)
	}
	return badFolder("%s lies outside the folders that the daemon may read: %s; move the reports there, or add the folder to file_roots in the daemon's settings",
		folder, strings.Join(roots, ", "))
}

func unreadableFolder(folder string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return badFolder("there is no folder %s on the daemon's machine", folder)
	case errors.Is(err, fs.ErrPermission):
		return badFolder("the daemon's user may not read the folder %s", folder)
	}
	return badFolder("%s can't be opened as a folder: %s", folder, reason(err))
}

func badFolder(format string, args ...any) error {
	return reportsync.Invalid("source", []reportsync.FieldError{
		{Pointer: urlPointer, Code: reportsync.CodeInvalid, Detail: fmt.Sprintf(format, args...)},
	})
}

// reason returns what the system says is wrong, without the path that our own message names already.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}
