package spool_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
)

// A spool gives back what was put in, wherever it stands: in memory, in the file, or over the edge between them.
func TestSpool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := spool.New(dir, rapid.SampledFrom([]int{0, 1 << 20, 3 << 20}).Draw(t, "memory"))
		defer func() {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}()
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 90, 1023, 1024, 5000, 300_000, 1<<20 - 3, 1 << 20, 2_500_000}), 1, 12).Draw(t, "sizes")
		var want [][]byte
		var refs []spool.Ref
		for i, size := range sizes {
			record := bytes.Repeat([]byte{byte(i + 1)}, size)
			ref, err := s.Append(record)
			if err != nil {
				t.Fatal(err)
			}
			want, refs = append(want, record), append(refs, ref)
		}
		var buf []byte
		for i := range refs {
			got, err := s.Read(refs[i], buf)
			if err != nil || !bytes.Equal(got, want[i]) {
				t.Fatalf("record %d of %d bytes: got %d bytes, %v", i, len(want[i]), len(got), err)
			}
		}
	})
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Readers are not disturbed by what is appended meanwhile.
func TestSpoolConcurrently(t *testing.T) {
	t.Parallel()
	s := spool.New(t.TempDir(), 1<<20)
	defer s.Close()
	record := func(i int) []byte { return bytes.Repeat([]byte(fmt.Sprintf("%06d", i)), 40) }
	refs := make(chan spool.Ref, 30_000)
	var work sync.WaitGroup
	work.Go(func() {
		defer close(refs)
		for i := range 30_000 {
			ref, err := s.Append(record(i))
			if err != nil {
				t.Error(err)
				return
			}
			refs <- ref
		}
	})
	work.Go(func() {
		buf := make([]byte, 512)
		i := 0
		for ref := range refs {
			if got, err := s.Read(ref, buf); err != nil || !bytes.Equal(got, record(i)) {
				t.Errorf("record %d: %q, %v", i, got, err)
				return
			}
			i++
		}
	})
	work.Wait()
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := spool.NewTable(t.TempDir(), 1<<20)
	defer table.Close()
	row := func(i int) string { return fmt.Sprint(i, strings.Repeat("x", i%200)) }
	const rows = 20_000
	for i := range rows {
		if err := table.Append([]byte(row(i))); err != nil {
			t.Fatal(err)
		}
	}
	buf := make([]byte, 64)
	for i := rows - 1; i >= 0; i -= 7 {
		if got, err := table.At(i, buf); err != nil || string(got) != row(i) {
			t.Fatalf("row %d: %q, %v", i, got, err)
		}
	}
	seen := 0
	for got, err := range table.All() {
		if err != nil || string(got) != row(seen) {
			t.Fatalf("row %d: %q, %v", seen, got, err)
		}
		seen++
	}
	if seen != rows {
		t.Fatalf("%d rows of %d", seen, rows)
	}
}

func TestIndex(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfDistinct(rapid.StringN(0, 6, -1), func(s string) string { return s }).Draw(t, "keys")
		hashes := spool.NewHashes()
		for _, key := range keys {
			hashes.Add(hashes.Hash(key))
		}
		x := spool.NewIndex(hashes)
		for i, hash := range hashes.All() {
			if hash != x.Hash(keys[i]) {
				t.Fatalf("key %q has two hashes", keys[i])
			}
			x.Add(hash, uint32(i)) //nolint:gosec // small
		}
		find := func(key string) (found []uint32) {
			for row := range x.Rows(x.Hash(key)) {
				if int(row) >= len(keys) || keys[row] == key {
					found = append(found, row)
				}
			}
			return found
		}
		for i, key := range keys {
			if got := find(key); len(got) != 1 || got[0] != uint32(i) {
				t.Fatalf("key %q: rows %v, want %d", key, got, i)
			}
		}
		for i, key := range keys {
			x.Replace(x.Hash(key), uint32(i), uint32(i+len(keys)))                //nolint:gosec // small
			if got := find(key); len(got) != 1 || got[0] != uint32(i+len(keys)) { //nolint:gosec // small
				t.Fatalf("key %q: rows %v after it was replaced", key, got)
			}
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	const rows = 1_000_000
	hashes := spool.NewHashes()
	for i := range rows {
		hashes.Add(hashes.Hash(strconv.Itoa(i)))
	}
	x := spool.NewIndex(hashes)
	for i, hash := range hashes.All() {
		x.Add(hash, uint32(i)) //nolint:gosec // small
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		for row := range x.Rows(uint64(i%rows) * 0x9E3779B97F4A7C15) { // of no row
			_ = row
		}
	}
}
