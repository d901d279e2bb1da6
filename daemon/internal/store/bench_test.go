package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func eachEngine(b *testing.B, bench func(b *testing.B, s *bundle)) {
	for name, databaseURL := range engines {
		b.Run(name, func(b *testing.B) { bench(b, setup(b, databaseURL(b))) })
	}
}

// BenchmarkRecord stores the outcomes of a report of 100,000 rows, 5,000 at a time.
func BenchmarkRecord(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		rows := rowsOf(reportsync.Unchanged, 1, 100_000)
		for i := 0; b.Loop(); i++ {
			_, j := s.claimed(fmt.Sprintf("bench %d", i))
			for chunk := range slices.Chunk(rows, 5000) {
				noError(b, j.Record(b.Context(), chunk))
			}
		}
	})
}

// BenchmarkPlanAndSettle plans a Bulk job of 100,000 rows and stores its answers, 5,000 at a time.
func BenchmarkPlanAndSettle(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		plan, answers := planned(1, 100_000), rowsOf(reportsync.Updated, 1, 100_000)
		for i := 0; b.Loop(); i++ {
			_, j := s.claimed(fmt.Sprintf("bench %d", i))
			noError(b, j.Plan(b.Context(), batchOf(1, plan)))
			for chunk := range slices.Chunk(answers, 5000) {
				noError(b, j.Settle(b.Context(), 1, chunk, false))
			}
			noError(b, j.Settle(b.Context(), 1, nil, true))
		}
	})
}

// BenchmarkSchedules asks which of 1,000 integrations are due.
func BenchmarkSchedules(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		spec := s.integrationSpec("first")
		for i := range 1000 {
			spec.Name = fmt.Sprintf("integration %d", i)
			must(s.CreateIntegration(b.Context(), spec))(b)
		}
		for b.Loop() {
			if got := must(s.Schedules(b.Context()))(b); len(got) != 1000 {
				b.Fatalf("got %d schedules", len(got))
			}
		}
	})
}
