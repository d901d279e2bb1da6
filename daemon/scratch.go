package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

const (
	scratchMode = 0o700
	// scratchName begins the name of the folder that a daemon has within scratch_dir.
	scratchName = "reportsyncd-"
	// scratchLock is held for as long as a daemon uses the folder that it stands in; in scratch_dir itself, while one
	// looks for leftovers.
	scratchLock = "lock"
)

// openScratch makes the folder for what runs don't hold in memory: cells of reports, so that nobody else may read it. What
// a daemon that was killed has left behind is deleted.
func (d *Daemon) openScratch() error {
	folder, remove, err := makeScratch(d.cfg.ScratchDir)
	if err != nil {
		return fmt.Errorf("prepare the scratch folder %s: %w", d.cfg.ScratchDir, err)
	}
	d.scratch = folder
	d.stop.onStop("clear the scratch folder", func(context.Context) error { return remove() })
	return nil
}

// makeScratch makes a folder of its own within dir, so that daemons that share dir leave each other's files alone.
func makeScratch(dir string) (folder string, remove func() error, err error) {
	if err := os.MkdirAll(dir, scratchMode); err != nil {
		return "", nil, err
	}
	// Else a folder that another daemon has made and not locked yet would pass for a leftover.
	looking := flock.New(filepath.Join(dir, scratchLock), flock.SetPermissions(0o600))
	if err := looking.Lock(); err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, looking.Close()) }()
	if err := clearLeftovers(dir); err != nil {
		return "", nil, err
	}
	if folder, err = os.MkdirTemp(dir, scratchName+"*"); err != nil {
		return "", nil, err
	}
	used := flock.New(filepath.Join(folder, scratchLock), flock.SetPermissions(0o600))
	if _, err := used.TryLock(); err != nil {
		return "", nil, err
	}
	return folder, func() error { return errors.Join(os.RemoveAll(folder), used.Close()) }, nil
}

// clearLeftovers deletes the folders of daemons that are no more.
func clearLeftovers(dir string) error {
	folders, err := filepath.Glob(filepath.Join(dir, scratchName+"*"))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if err := clearLeftover(folder); err != nil {
			return fmt.Errorf("delete what a daemon has left in %s: %w", folder, err)
		}
	}
	return nil
}

func clearLeftover(folder string) (err error) {
	used := flock.New(filepath.Join(folder, scratchLock), flock.SetPermissions(0o600))
	defer func() { err = errors.Join(err, used.Close()) }()
	if free, err := used.TryLock(); err != nil || !free {
		return err
	}
	return os.RemoveAll(folder)
}
