package artifact_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// What was written is read again, whole or in part, from every kind of bucket.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	rows := outcomes(30_000)
	filters := map[string]artifact.Filter{
		"all":              {},
		"a kind":           {Kinds: []reportsync.OutcomeKind{reportsync.Failed}},
		"kinds":            {Kinds: []reportsync.OutcomeKind{reportsync.Failed, reportsync.Updated}},
		"in two frames":    {Kinds: []reportsync.OutcomeKind{reportsync.Malformed}},
		"in no frame":      {Kinds: []reportsync.OutcomeKind{reportsync.Created}},
		"from a row on":    {After: 12_345},
		"of a kind from":   {Kinds: []reportsync.OutcomeKind{reportsync.Updated}, After: 4096},
		"with changes":     {Changed: true},
		"failed changes":   {Changed: true, Kinds: []reportsync.OutcomeKind{reportsync.Failed}},
		"after the last":   {After: 30_000},
		"unknown to it":    {Kinds: []reportsync.OutcomeKind{"vanished"}},
		"before the first": {After: -1},
	}
	for name, bucket := range buckets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bucket(t)
			a := write(t, b, rows)
			if a.Rows != 30_000 || a.Bytes == 0 || a.Key != "runs/"+runID+"/outcomes-1.jsonl.zst" {
				t.Errorf("artifact %+v", a)
			}
			for name, f := range filters {
				var want []reportsync.Outcome
				for _, o := range rows {
					if o.Row > f.After && (f.Kinds == nil || slices.Contains(f.Kinds, o.Kind)) && (!f.Changed || o.Changes != nil) {
						want = append(want, o)
					}
				}
				got, err := read(t.Context(), b, a, f)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s: %d rows, want %d (-want +got):\n%s", name, len(got), len(want), diff)
				}
			}
			if err := b.DeleteRun(t.Context(), runID); err != nil {
				t.Fatal(err)
			}
			if _, err := read(t.Context(), openedAgain(t, b), a, artifact.Filter{}); err == nil {
				t.Error("the object is still there")
			}
		})
	}
}

// openedAgain passes a bucket on that can still be read: indexes of deleted objects are only kept in memory.
func openedAgain(t *testing.T, b *artifact.Bucket) *artifact.Bucket {
	t.Helper()
	if folder, ok := strings.CutPrefix(b.String(), artifact.SchemeFile); ok {
		return openFolder(t, folder)
	}
	return b
}

// Other programs read the object as well, and it is what its hash says.
func TestObjectIsPlainZstd(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rows := outcomes(10_000)
	a := write(t, openFolder(t, folder), rows)
	object, err := os.ReadFile(filepath.Join(folder, a.Key))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(object)
	if hex.EncodeToString(sum[:]) != a.SHA256 || int64(len(object)) != a.Bytes {
		t.Errorf("object of %d bytes with hash %x, artifact %+v", len(object), sum, a)
	}
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	got, err := decoder.DecodeAll(object, nil)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, o := range rows {
		want = rowlog.Append(want, o)
	}
	if !bytes.Equal(got, want) {
		t.Error("the object unpacks to something else than its rows")
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	b := openFolder(t, t.TempDir())
	a := write(t, b, nil)
	if got, err := read(t.Context(), b, a, artifact.Filter{}); err != nil || len(got) != 0 || a.Rows != 0 {
		t.Errorf("artifact %+v, rows %v, %v", a, got, err)
	}
}

// A walk that ends early, or whose context does, ends at once.
func TestOutcomesStop(t *testing.T) {
	t.Parallel()
	b := openFolder(t, t.TempDir())
	a := write(t, b, outcomes(20_000))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last int64
	for o, err := range b.Outcomes(ctx, a, artifact.Filter{}) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("ended with %v", err)
			}
			break
		}
		last = o.Row
		cancel()
	}
	if last == 0 || last >= 20_000 {
		t.Errorf("went on to row %d", last)
	}
	for o, err := range b.Outcomes(t.Context(), a, artifact.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if last = o.Row; last == 3 {
			break
		}
	}
	if last != 3 {
		t.Errorf("stopped at row %d", last)
	}
}

// Nothing of a folder is for others to read, and nothing lies about.
func TestFolderIsPrivate(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "deep", "artifacts")
	b := openFolder(t, folder)
	a := write(t, b, outcomes(10))
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, err := b.Create(t.Context(), runID, 2)
	if err != nil {
		t.Fatal(err)
	}
	w.Discard()
	var files []string
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if !d.IsDir() {
			files = append(files, strings.TrimPrefix(path, folder+"/"))
		}
		return nil
	})
	if diff := cmp.Diff([]string{a.Key}, files); err != nil || diff != "" {
		t.Errorf("files (-want +got):\n%s%v", diff, err)
	}
}

func TestDeleteRun(t *testing.T) {
	t.Parallel()
	for name, bucket := range buckets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bucket(t)
			kept := reportsync.NewID(reportsync.RunID)
			w, err := b.Create(t.Context(), kept, 1)
			if err != nil {
				t.Fatal(err)
			}
			a, err := w.Close(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			write(t, b, outcomes(3))
			for range 2 { // the second finds nothing, which is fine
				if err := b.DeleteRun(t.Context(), runID); err != nil {
					t.Error(err)
				}
			}
			for _, id := range []string{"", "run_/../..", "run_..", "con_1", "/"} {
				if err := b.DeleteRun(t.Context(), id); err == nil {
					t.Errorf("deleted the run %q", id)
				}
			}
			if _, err := read(t.Context(), b, a, artifact.Filter{}); err != nil {
				t.Errorf("the other run: %v", err)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, bucket := range buckets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := bucket(t).Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
