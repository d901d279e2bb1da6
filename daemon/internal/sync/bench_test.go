package sync_test

import (
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// BenchmarkCanonical measures bringing one cell into canonical form.
func BenchmarkCanonical(b *testing.B) {
	for _, bench := range []struct {
		field salesforce.Field
		cell  string
	}{
		{salesforce.Field{Type: salesforce.TypeString, Length: 80}, "Electronic check"},
		{salesforce.Field{Type: salesforce.TypeEmail, Length: 80}, "Soren.Kowalski0@umbrella.example"},
		{salesforce.Field{Type: salesforce.TypeCurrency, Precision: 10, Scale: 2}, "1889.50"},
		{salesforce.Field{Type: salesforce.TypeBoolean}, "Yes"},
		{salesforce.Field{Type: salesforce.TypeDateTime}, "2026-11-10 08:50:00.836030"},
		{salesforce.Field{Type: salesforce.TypeMultiPicklist}, "Mobile;Dashboards"},
	} {
		b.Run(string(bench.field.Type), func(b *testing.B) {
			f, _ := sync.NewForm(bench.field, time.UTC)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.FromReport(bench.cell); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

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
