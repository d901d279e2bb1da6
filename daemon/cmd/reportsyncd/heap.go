package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// What a run keeps are large blocks without pointers, over which a collection is soon through. So the heap is kept tight,
// which trades a little time for memory: garbage is collected when the heap has grown by so many percent of what is in
// use, and the less the more that is, so that it never grows by much more than so many bytes.
const (
	mostGrowth  = 200 // percent
	leastGrowth = 8
	growthBytes = 32 << 20
)

// keepHeapTight sets how much the heap may grow, and again after each collection. Who sets GOGC has the last word.
func keepHeapTight() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(mostGrowth)
	afterCollection(mostGrowth)
}

// afterCollection sets how much the heap may grow when the next collection is through.
func afterCollection(growth int) {
	type sentinel struct{ _ *int } // with a pointer, or it would share its memory with others and live as long as they
	runtime.AddCleanup(new(sentinel), func(growth int) {
		if next := growthFor(liveHeap()); next != growth {
			debug.SetGCPercent(next)
			growth = next
		}
		afterCollection(growth)
	}, growth)
}

// growthFor returns by how many percent a heap may grow of which so many bytes are in use.
func growthFor(live uint64) int {
	return int(min(max(growthBytes*100/max(live, 1), leastGrowth), mostGrowth))
}

// liveHeap returns how many bytes of the heap the last collection found to be in use.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
