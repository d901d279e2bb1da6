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

// BenchmarkPlan plans a Bulk job of 100,000 rows.
func BenchmarkPlan(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		rows := planned(1, 100_000)
		_, j := s.claimed("bench")
		for i := 0; b.Loop(); i++ {
			noError(b, j.Plan(b.Context(), batchOf(i+1, rows)))
		}
	})
}

// BenchmarkSettle stores the answers to a Bulk job of 100,000 rows, which come in no order.
func BenchmarkSettle(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		rows := rowsOf(reportsync.Updated, 1, 100_000)
		const far = 7919 // shares no factor with the number of rows
		for i, r := range slices.Clone(rows) {
			rows[i*far%len(rows)] = r
		}
		_, j := s.claimed("bench")
		noError(b, j.Plan(b.Context(), batchOf(1, nil)))
		for b.Loop() {
			noError(b, j.Settle(b.Context(), 1, rows, false))
		}
	})
}

// BenchmarkSettleAsPlanned stores the answers of BenchmarkSettle where all say that what was planned was done.
func BenchmarkSettleAsPlanned(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		const far = 7919 // shares no factor with the number of rows
		rows := rowsOf(reportsync.Updated, 1, 100_000)
		for i, r := range slices.Clone(rows) {
			rows[i*far%len(rows)] = reportsync.Outcome{Row: r.Row, Kind: r.Kind, RecordID: r.RecordID}
		}
		_, j := s.claimed("bench")
		noError(b, j.Plan(b.Context(), batchOf(1, nil)))
		for b.Loop() {
			noError(b, j.Settle(b.Context(), 1, rows, false))
		}
	})
}

// BenchmarkBreakOff ends a run of 1,000,000 rows that were planned, and half of them answered, when it breaks.
func BenchmarkBreakOff(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			claim, j := s.claimed(fmt.Sprintf("bench %d", i))
			for k := range 10 {
				noError(b, j.Plan(b.Context(), batchOf(k+1, planned(1+k*100_000, 100_000))))
				noError(b, j.Settle(b.Context(), k+1, rowsOf(reportsync.Updated, 1+k*100_000, 50_000), false))
			}
			b.StartTimer()
			noError(b, s.FailRun(b.Context(), claim.Run.ID, "node-1", 1, reportsync.RunError{Code: reportsync.CodeInternal}))
		}
	})
}

// BenchmarkFinish ends a run of 1,000,000 written rows, whose segments go.
func BenchmarkFinish(b *testing.B) {
	eachEngine(b, func(b *testing.B, s *bundle) {
		const n = 1_000_000
		result := reportsync.RunResult{Status: reportsync.RunCompleted, Counts: reportsync.Counts{Read: n, Updated: n}, Artifact: &reportsync.Artifact{Key: "k", Rows: n}}
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			claim, j := s.claimed(fmt.Sprintf("bench %d", i))
			for k := range 10 {
				noError(b, j.Plan(b.Context(), batchOf(k+1, planned(1+k*100_000, 100_000))))
				noError(b, j.Settle(b.Context(), k+1, rowsOf(reportsync.Updated, 1+k*100_000, 100_000), true))
			}
			b.StartTimer()
			noError(b, s.FinishRun(b.Context(), claim.Run.ID, "node-1", 1, result))
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
