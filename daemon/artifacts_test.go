package daemon_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A run leaves one outcome for each row in its artifact, which is what the API shows; its scratch files go with it.
func TestOutcomesAreKept(t *testing.T) {
	t.Parallel()
	o := startOrg(t, 3)
	dir, bucket, scratch := t.TempDir(), t.TempDir(), t.TempDir()
	writeReport(t, dir, 3)
	d := startDaemon(t, daemon.Options{StateDir: dir, ArtifactsURL: "file://" + bucket, ScratchDir: scratch})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)
	run, err := c.StartRun(t.Context(), in.ID, api.StartRun{IgnoreGuards: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	if run, err = c.FollowRun(t.Context(), run, func(reportsync.Run, error) {}); err != nil {
		t.Fatal(err)
	}
	if !run.IgnoreGuards || run.Artifact == nil || run.Artifact.Rows != 4 || run.Org == nil || run.Forecast == nil {
		t.Fatalf("run %+v", run)
	}
	object, err := os.ReadFile(filepath.Join(bucket, run.Artifact.Key))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(object)
	if hex.EncodeToString(sum[:]) != run.Artifact.SHA256 {
		t.Errorf("the object has the hash %x, the run says %s", sum, run.Artifact.SHA256)
	}
	rows, err := api.Collect(c.Outcomes(t.Context(), run.ID, api.OutcomeQuery{}))
	if err != nil || len(rows) != 4 || len(rows[0].Changes) != 1 || rows[3].Kind != reportsync.Unmatched {
		t.Errorf("outcomes %+v, %v", rows, err)
	}
	stopDaemon(t, d)
	if left, err := filepath.Glob(filepath.Join(scratch, "*-*")); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch folder: %v, %v", left, err)
	}
}
