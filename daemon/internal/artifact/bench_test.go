package artifact_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/artifact"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const benchRows = 1_000_000

// A million outcomes into a folder, of which every tenth has a change.
func BenchmarkWrite(b *testing.B) {
	bucket := openBench(b)
	rows := outcomes(10_000)
	b.ReportAllocs()
	for b.Loop() {
		a := writeBench(b, bucket, rows)
		b.SetBytes(a.Bytes)
	}
}

func BenchmarkRead(b *testing.B) {
	bucket := openBench(b)
	a := writeBench(b, bucket, outcomes(10_000))
	for name, f := range map[string]artifact.Filter{
		"all":    {},
		"failed": {Kinds: []reportsync.OutcomeKind{reportsync.Failed}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, err := range bucket.Outcomes(b.Context(), a, f) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func openBench(b *testing.B) *artifact.Bucket {
	b.Helper()
	bucket, err := artifact.Open(b.Context(), artifact.SchemeFile+b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := bucket.Close(); err != nil {
			b.Error(err)
		}
	})
	return bucket
}

func writeBench(b *testing.B, bucket *artifact.Bucket, rows []reportsync.Outcome) reportsync.Artifact {
	b.Helper()
	w, err := bucket.Create(b.Context(), runID, 1)
	if err != nil {
		b.Fatal(err)
	}
	defer w.Discard()
	for i := range benchRows {
		o := rows[i%len(rows)]
		o.Row, o.Line = int64(i+1), int64(i+2)
		if err := w.Add(o); err != nil {
			b.Fatal(err)
		}
	}
	a, err := w.Close(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return a
}
