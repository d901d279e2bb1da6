package work

import (
	"fmt"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
)

// A look at the schedules of a thousand integrations, none of which is due.
func BenchmarkDue(b *testing.B) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	last := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	states := make([]store.ScheduleState, 1000)
	for i := range states {
		states[i] = store.ScheduleState{IntegrationID: fmt.Sprint("int_", i), Anchor: last.AddDate(-1, 0, 0), LastSlot: &last}
	}
	for b.Loop() {
		if runs := due(states, now); len(runs) > 0 {
			b.Fatalf("%d are due", len(runs))
		}
	}
}
