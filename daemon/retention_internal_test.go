package daemon

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// All that a run has left in the bucket goes with it, that of attempts that were cut off included. A run whose artifacts
// can't be deleted does not keep the others; nodes that prune at the same time don't mind each other.
func TestPruneGoesOn(t *testing.T) {
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
	for attempt := range 3 {
		w, err := d.artifacts.Create(t.Context(), run.ID, attempt+1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// An id that the bucket refuses to touch, before one that it takes.
	deleted, failed, first := d.clear(t.Context(), []string{"run_..", run.ID, "run_../.."})
	if deleted != 1 || failed != 2 || first == nil {
		t.Errorf("deleted %d, failed %d, %v", deleted, failed, first)
	}
	if left, err := fs.Glob(os.DirFS(filepath.Join(dir, "artifacts")), "runs/*"); err != nil || len(left) > 0 {
		t.Errorf("left in the bucket: %v, %v", left, err)
	}

	later := time.Now().AddDate(0, 0, 31)
	var nodes sync.WaitGroup
	for range 2 {
		nodes.Go(func() { d.prune(t.Context(), later) })
	}
	nodes.Wait()
	if _, err := d.store.Run(t.Context(), run.ID); reportsync.CodeOf(err) != reportsync.CodeNotFound {
		t.Errorf("the run: %v, want that it is gone", err)
	}
	if pruned, err := d.store.PruneRuns(t.Context(), later); err != nil || len(pruned) > 0 {
		t.Errorf("still remembered: %v, %v", pruned, err)
	}
}
