package sync

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Names are found in whatever order they are called, each once, and strangers never.
func TestRoll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.IntRange(0, 50), 0, 30, rapid.ID[int]).Draw(t, "names")
		r, open := newRoll(names), slices.Clone(names)
		order := rapid.SliceOf(rapid.IntRange(0, 60)).Draw(t, "order")
		if rapid.Bool().Draw(t, "in order first") {
			order = slices.Concat(names[:len(names)/2], order)
		}
		for _, name := range order {
			waiting := slices.Contains(open, name)
			at, ok := r.call(name)
			if ok != waiting || ok && names[at] != name {
				t.Fatalf("%d: found %t at %d, waited for %t", name, ok, at, waiting)
			}
			open = slices.DeleteFunc(open, func(n int) bool { return n == name })
			if r.left != len(open) {
				t.Fatalf("%d are left, want %d", r.left, len(open))
			}
		}
	})
}

// An id is the same record's with the letters that guard its case and without, and no other record's.
func TestRecordID(t *testing.T) {
	t.Parallel()
	if recordIDOf("003000000000001AAA") != recordIDOf("003000000000001") {
		t.Error("the letters at its end make it another record's")
	}
	for _, other := range []string{"", "00300000000000", "003000000000002AAA", "103000000000001AAA"} {
		if recordIDOf("003000000000001AAA") == recordIDOf(other) {
			t.Errorf("taken for %q", other)
		}
	}
}

// BenchmarkRoll calls the names of a job of 100,000 records, shuffled and in order.
func BenchmarkRoll(b *testing.B) {
	const records, far = 100_000, 7919 // they share no factor
	ids := make([]recordID, records)
	for i := range ids {
		ids[i] = recordIDOf(fmt.Sprintf("003%012d", i))
	}
	for name, step := range map[string]int{"in order": 1, "shuffled": far} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := newRoll(ids)
				for i := range ids {
					if _, ok := r.call(ids[i*step%records]); !ok {
						b.Fatal("not found")
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
		})
	}
}
