package testenv

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module is the first line of the project's go.mod.
const module = "module github.com/reportsync/terraform-provider-reportsync"

// ModuleRoot returns the absolute path of the project's folder: the one with go.mod, at or above the
// package under test.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	root := findAbove(t, func(dir string) bool {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		first, _, _ := strings.Cut(string(text), "\n")
		return err == nil && strings.TrimSpace(first) == module
	})
	if root == "" {
		t.Fatalf("no go.mod with %q at or above the working folder: run the test inside the project", module)
	}
	return root
}

// Reports returns the absolute path of shared/reports, the folder of real reports that stands beside a
// checkout (see its README.md), or skips t where there is none. Nothing in it may be changed.
func Reports(t testing.TB) string {
	t.Helper()
	const folder = "shared/reports"
	beside := findAbove(t, func(dir string) bool {
		info, err := os.Stat(filepath.Join(dir, folder, "onboarding.csv"))
		return err == nil && info.Mode().IsRegular()
	})
	if beside == "" {
		t.Skipf("needs the real reports: no folder %s beside the checkout or above it", folder)
	}
	return filepath.Join(beside, folder)
}

// findAbove returns the nearest folder that holds, from the working folder upwards, or "".
func findAbove(t testing.TB, holds func(dir string) bool) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("find the working folder: %v", err)
	}
	for !holds(dir) {
		above := filepath.Dir(dir)
		if above == dir {
			return ""
		}
		dir = above
	}
	return dir
}
