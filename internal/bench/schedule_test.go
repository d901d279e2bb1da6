package main

import (
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

func TestOverlapping(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	request := func(from, until time.Duration) journal.Entry {
		return journal.Entry{Time: start.Add(from), Duration: until - from}
	}
	for name, tc := range map[string]struct {
		entries []journal.Entry
		want    int
	}{
		"none":            {nil, 0},
		"after another":   {[]journal.Entry{request(0, 5), request(5, 9)}, 1},
		"within another":  {[]journal.Entry{request(0, 9), request(2, 3), request(4, 5)}, 2},
		"in no order":     {[]journal.Entry{request(4, 6), request(0, 5), request(1, 9)}, 3},
		"took no time":    {[]journal.Entry{request(1, 1), request(0, 2)}, 2},
		"far from others": {[]journal.Entry{request(0, 1), request(7, 8)}, 1},
	} {
		if got := overlapping(tc.entries); got != tc.want {
			t.Errorf("%s: %d at once, want %d", name, got, tc.want)
		}
	}
}

// Memory that grows while the runs go on misses its target; what it takes to warm up does not count.
func TestMemoryIsFlat(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		samples []int64
		flat    bool
	}{
		"flat":    {[]int64{10, 60, 100, 101, 99, 100}, true},
		"growing": {[]int64{10, 20, 30, 40, 50, 60}, false},
		"freed":   {[]int64{90, 100, 100, 90, 50, 40}, true},
	} {
		figures := memoryFigures(tc.samples)
		if got := figures[len(figures)-1].met; got != tc.flat {
			t.Errorf("%s: flat = %v: %s", name, got, figures[len(figures)-1].got)
		}
	}
}
