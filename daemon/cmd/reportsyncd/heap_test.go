package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestGrowthFor(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 200, 10 << 20: 200, 32 << 20: 100, 64 << 20: 50, 128 << 20: 25, 320 << 20: 10, 400 << 20: 8, 8 << 30: 8} {
		if got := growthFor(live); got != want {
			t.Errorf("a heap of %d MiB may grow by %d %%, want %d %%", live>>20, got, want)
		}
	}
}

// The limit follows the heap, up and down again. The test sets what belongs to the whole process, so it runs alone.
func TestHeapIsKeptTight(t *testing.T) {
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	t.Setenv("GOGC", "")
	keepHeapTight()
	growth := func() int {
		runtime.GC()
		runtime.GC() // cleanups of the first one have run
		now := debug.SetGCPercent(mostGrowth)
		debug.SetGCPercent(now)
		return now
	}
	block := make([]byte, 480<<20)
	for try := 0; growth() > 12; try++ {
		if try == 100 {
			t.Fatalf("a heap of 480 MiB may grow by %d %%", growth())
		}
		runtime.Gosched()
	}
	runtime.KeepAlive(block)
}
