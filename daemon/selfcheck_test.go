package daemon_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
)

// results sums findings up: what was looked at, and whether it is well.
func results(found []daemon.Finding) map[string]bool {
	sums := map[string]bool{}
	for _, f := range found {
		sums[f.What] = f.Err == nil
	}
	return sums
}

func noDaemon() (*api.Client, error) { return nil, errors.New("no daemon was to be asked") }

// Before the first start there is nothing to find, and nothing is made.
func TestSelfCheckBeforeFirstStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	found := daemon.SelfCheck(t.Context(), daemon.Options{StateDir: dir}, noDaemon)
	want := map[string]bool{"state folder": true, "reports folder": true, "artifacts": true, "encryption key": true, "database": true}
	if diff := cmp.Diff(want, results(found)); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%+v", diff, found)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the check made the state folder")
	}
}

// The same things are looked at whether a daemon runs or not, and what has broken since is found.
func TestSelfCheck(t *testing.T) {
	t.Parallel()
	o := startOrg(t, 1)
	dir := t.TempDir()
	writeReport(t, dir, 1)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	configure(t, c, o, dir)
	well := map[string]bool{
		"state folder": true, "reports folder": true, "artifacts": true, "encryption key": true, "database": true,
		"connection production": true, "source people": true,
	}
	online := map[string]bool{"config API": true}
	for what := range well {
		online[what] = true
	}
	live := func() (*api.Client, error) { return c, nil }
	if diff := cmp.Diff(online, results(daemon.SelfCheck(t.Context(), daemon.Options{StateDir: dir}, live))); diff != "" {
		t.Errorf("beside a live daemon (-want +got):\n%s", diff)
	}
	stopDaemon(t, d)
	if diff := cmp.Diff(well, results(daemon.SelfCheck(t.Context(), daemon.Options{StateDir: dir}, noDaemon))); diff != "" {
		t.Errorf("without a daemon (-want +got):\n%s", diff)
	}

	if err := os.RemoveAll(filepath.Join(dir, "reports")); err != nil {
		t.Fatal(err)
	}
	found := results(daemon.SelfCheck(t.Context(), daemon.Options{StateDir: dir}, noDaemon))
	if found["source people"] || !found["connection production"] {
		t.Errorf("found %v, want that the source alone is broken", found)
	}
}

func TestSelfCheckWrongKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stopDaemon(t, startDaemon(t, daemon.Options{StateDir: dir}))
	other := t.TempDir()
	stopDaemon(t, startDaemon(t, daemon.Options{StateDir: other}))
	found := results(daemon.SelfCheck(t.Context(), daemon.Options{StateDir: dir, EncryptionKeyFile: filepath.Join(other, "encryption.key")}, noDaemon))
	if !found["encryption key"] || found["database"] {
		t.Errorf("found %v, want a key that is fine and does not fit the database", found)
	}
}
