package daemon

import (
	"os"
	"path/filepath"
	"testing"
)

// A daemon gets a private folder, deletes those of daemons that are no more, and leaves those of others alone.
func TestMakeScratch(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "scratch")
	scratch := func() (string, func() error) {
		folder, remove, err := makeScratch(dir)
		if err != nil {
			t.Fatal(err)
		}
		return folder, remove
	}
	first, removeFirst := scratch()
	for _, folder := range []string{dir, first} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != scratchMode {
			t.Errorf("%s: mode %v, %v", folder, info.Mode(), err)
		}
	}
	left := filepath.Join(dir, scratchName+"killed")
	if err := os.Mkdir(left, scratchMode); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{filepath.Join(left, "rows-1"), filepath.Join(left, scratchLock), filepath.Join(first, "rows-2"), filepath.Join(dir, "notes")} {
		if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, removeSecond := scratch()
	for file, want := range map[string]bool{left: false, filepath.Join(first, "rows-2"): true, filepath.Join(dir, "notes"): true} {
		if _, err := os.Stat(file); (err == nil) != want {
			t.Errorf("%s: %v, want that it is there: %v", file, err, want)
		}
	}
	for _, remove := range []func() error{removeFirst, removeSecond} {
		if err := remove(); err != nil {
			t.Error(err)
		}
	}
	if folders, err := filepath.Glob(filepath.Join(dir, scratchName+"*")); err != nil || len(folders) > 0 {
		t.Errorf("left %v, %v", folders, err)
	}
}

func TestMakeScratchFails(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := makeScratch(file); err == nil {
		t.Error("made a folder in a file")
	}
}
