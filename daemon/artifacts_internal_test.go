package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/config"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Only nodes that may share a database can miss each other's artifacts.
func TestUnshared(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		database, artifacts string
		warns               bool
	}{
		{"sqlite:///a.db", "file:///a", false},
		{"sqlite:///a.db", "s3://a", false},
		{"postgres://a/b", "s3://a", false},
		{"postgres://a/b", "file:///a", true},
		{"postgresql://a/b", "file:///a", true},
	} {
		if got := unshared(config.Config{DatabaseURL: tc.database, ArtifactsURL: tc.artifacts}) != ""; got != tc.warns {
			t.Errorf("%s with %s: warns %v", tc.database, tc.artifacts, got)
		}
	}
}

// Artifacts go with their runs. While the bucket is away they are remembered.
func TestPruneArtifacts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := New(t.Context(), Options{StateDir: dir, RetentionDays: 30})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	run := endedRun(t, d.store)
	w, err := d.artifacts.Create(t.Context(), run.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	a, err := w.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	object := filepath.Join(dir, "artifacts", a.Key)
	later := time.Now().AddDate(0, 0, 31)

	good := d.artifacts
	folder := filepath.Join(t.TempDir(), "away")
	if d.artifacts, err = artifact.Open(t.Context(), artifact.SchemeFile+folder); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.artifacts.Close(), os.RemoveAll(folder)); err != nil {
		t.Fatal(err)
	}
	d.prune(t.Context(), later)
	d.artifacts = good
	if _, err := d.store.Run(t.Context(), run.ID); reportsync.CodeOf(err) != reportsync.CodeNotFound {
		t.Errorf("the run: %v, want that it is gone", err)
	}
	if _, err := os.Stat(object); err != nil {
		t.Errorf("the artifact is gone though its bucket was away: %v", err)
	}
	d.prune(t.Context(), later)
	if _, err := os.Stat(object); !os.IsNotExist(err) {
		t.Errorf("the artifact is still there: %v", err)
	}
	pruned, err := d.store.PruneRuns(t.Context(), later)
	if err != nil || len(pruned) > 0 {
		t.Errorf("still remembered: %v, %v", pruned, err)
	}
}
