package sync_test

import (
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// BenchmarkUnchanged measures a run over rows that stand in Salesforce already: everything but the writes.
func BenchmarkUnchanged(b *testing.B) {
	const rows = 5_000
	bundle := titles(b, rows, sync.Routes{Read: "lookups"})
	bundle.run(reportsync.NewRun{})
	b.ReportAllocs()
	for b.Loop() {
		if result, _ := bundle.run(reportsync.NewRun{}); result.Counts.Unchanged != rows {
			b.Fatalf("counts = %+v", result.Counts)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
