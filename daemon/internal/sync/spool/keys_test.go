package spool_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
)

// Keys are numbered in the order in which they first came, however they are spelt and however many there are.
func TestKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		added := rapid.SliceOf(rapid.StringMatching("[aAbB]{0,3}")).Draw(t, "added")
		keys := spool.NewKeys(dir, 0, strings.ToLower)
		defer keys.Close()
		numbers := map[string]int{}
		var first []string
		for _, key := range added {
			if err := keys.Add(key); err != nil {
				t.Fatal(err)
			}
			if _, known := numbers[strings.ToLower(key)]; !known {
				numbers[strings.ToLower(key)], first = len(first), append(first, key)
			}
		}
		for _, key := range added {
			want := numbers[strings.ToLower(key)]
			got, found, err := keys.Find(strings.ToLower(key))
			if got != want || !found || err != nil || keys.Number(key) != want {
				t.Fatalf("key %q has the numbers %d (%t, %v) and %d, want %d", key, got, found, err, keys.Number(key), want)
			}
		}
		if _, found, err := keys.Find("abcd"); found || err != nil {
			t.Fatalf("a key that was not added is found: %v", err)
		}
		var all []string
		for key, err := range keys.All() {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, key)
		}
		if fmt.Sprint(all) != fmt.Sprint(first) || keys.Len() != len(first) {
			t.Fatalf("keys %q of %d, want %q", all, keys.Len(), first)
		}
	})
}

// Very many keys grow the index many times over and stand in a file for the greater part; some of them can't be told
// apart by what the index keeps of their hashes.
func TestManyKeys(t *testing.T) {
	t.Parallel()
	keys := spool.NewKeys(t.TempDir(), 1<<20, strings.ToLower)
	defer keys.Close()
	const number = 300_000
	name := func(i int) string { return fmt.Sprintf("Account-%d", i) }
	for i := range number {
		for _, key := range []string{name(i), name(i / 2)} {
			if err := keys.Add(key); err != nil {
				t.Fatal(err)
			}
		}
	}
	if keys.Len() != number {
		t.Fatalf("%d keys, want %d", keys.Len(), number)
	}
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			for i := worker; i < number; i += 4 {
				if got := keys.Number(strings.ToUpper(name(i))); got != i {
					t.Errorf("key %d has the number %d", i, got)
					return
				}
			}
		})
	}
	work.Wait()
}

// What stays in memory of a key.
func BenchmarkKeysMemory(b *testing.B) {
	const number = 2_000_000
	for b.Loop() {
		before := inUse()
		keys := spool.NewKeys(b.TempDir(), 1<<20, strings.ToLower)
		for i := range number {
			if err := keys.Add(fmt.Sprintf("a key of some length %d", i)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(inUse()-before)/number, "B/key")
		if err := keys.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// inUse returns the bytes of memory that are reachable.
func inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
