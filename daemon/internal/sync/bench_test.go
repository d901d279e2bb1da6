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

// BenchmarkTenth measures a run of which a tenth has changed, against an org within the process.
func BenchmarkTenth(b *testing.B) {
	const rows = 200_000
	bundle := setup(b, usage(), "")
	bundle.loadContacts(rows)
	reports := []string{usageRows(usageHeader, 0, rows, 100), usageRows(usageHeader, 0, rows, 0)}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		b.StopTimer()
		bundle.write("report.csv", reports[n%2])
		b.StartTimer()
		if result, id := bundle.run(reportsync.NewRun{}); result.Counts.Updated != rows/10 {
			b.Fatalf("counts = %+v\n%s", result.Counts, bundle.log(id))
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
