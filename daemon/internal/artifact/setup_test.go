package artifact_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const runID = "run_0123456789abcdef"

// buckets are the kinds that can be had without an account.
var buckets = map[string]func(*testing.T) *artifact.Bucket{
	"folder": func(t *testing.T) *artifact.Bucket { return openFolder(t, filepath.Join(t.TempDir(), "artifacts")) },
	"s3":     func(t *testing.T) *artifact.Bucket { return open(t, startS3(t, nil)) },
	"s3 with prefix": func(t *testing.T) *artifact.Bucket {
		return open(t, startS3(t, nil)+"&prefix=reportsync/")
	},
	"gcs":             func(t *testing.T) *artifact.Bucket { return open(t, gcs.make(nil)) },
	"gcs with prefix": func(t *testing.T) *artifact.Bucket { return open(t, gcs.make(nil)+"?prefix=reportsync/") },
	"azure":           func(t *testing.T) *artifact.Bucket { return open(t, startAzure(t, nil)) },
}

func open(t *testing.T, url string) *artifact.Bucket {
	t.Helper()
	b, err := artifact.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func openFolder(t *testing.T, folder string) *artifact.Bucket {
	t.Helper()
	return open(t, artifact.SchemeFile+folder)
}

// startS3 serves an S3 with one bucket and returns the bucket's URL. Requests pass the gate first, unless that is nil.
func startS3(t *testing.T, gate func(http.Handler) http.Handler) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("evidence"); err != nil {
		t.Fatal(err)
	}
	handler := gofakes3.New(backend).Server()
	if gate != nil {
		handler = gate(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return "s3://evidence?use_path_style=true&endpoint=" + server.URL
}

// outcomes are those of a run of n rows, of which every hundredth failed, most tenths changed, and few were invalid.
func outcomes(n int) []reportsync.Outcome {
	rows := make([]reportsync.Outcome, 0, n)
	for i := 1; i <= n; i++ {
		o := reportsync.Outcome{
			Row: int64(i), Line: int64(i + 1), Key: fmt.Sprintf("person%d@example.com", i), Kind: reportsync.Unchanged,
			RecordID: fmt.Sprintf("003%015d", i),
		}
		switch {
		case i == 5000 || i == n:
			o.Kind, o.Code, o.Message, o.RecordID = reportsync.Malformed, reportsync.RowKeyEmpty, `it says "outcome":"failed"`, ""
		case i%100 == 0:
			o.Kind, o.Code, o.Message = reportsync.Failed, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "no"
		case i%10 == 0 && (i < 9000 || i > 20_000):
			o.Kind, o.Changes = reportsync.Updated, []reportsync.Change{{Field: "Status__c", After: &o.Key}}
		}
		rows = append(rows, o)
	}
	return rows
}

// write makes the object of a run's first attempt.
func write(t *testing.T, b *artifact.Bucket, rows []reportsync.Outcome) reportsync.Artifact {
	t.Helper()
	w, err := b.Create(t.Context(), runID, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for _, o := range rows {
		if err := w.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	a, err := w.Close(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func read(ctx context.Context, b *artifact.Bucket, a reportsync.Artifact, f artifact.Filter) ([]reportsync.Outcome, error) {
	return api.Collect(b.Outcomes(ctx, a, f))
}
