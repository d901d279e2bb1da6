package spool_test

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
)

// Going up to rows that are in memory, in the file, over the edge of a chunk or not there at all changes nothing.
func TestApproach(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	table, hashes := spool.NewTable(t.TempDir(), 1<<20), spool.NewHashes()
	defer table.Close()
	key := func(n int) string { return fmt.Sprintf("key %d", n) }
	row := func(n int) []byte { return bytes.Repeat([]byte(key(n)), n%30) }
	for n := range rows {
		if err := table.Append(row(n)); err != nil {
			t.Fatal(err)
		}
		hashes.Add(hashes.Hash(key(n)))
	}
	index := spool.NewIndex(hashes)
	for n, hash := range hashes.All() {
		index.Add(hash, uint32(n)) //nolint:gosec // there are few
	}
	var ways []spool.Way
	for n := range 2 * rows { // half of them lead nowhere
		ways = append(ways, index.Way(key(n)))
	}
	index.Approach(ways)
	table.Approach(ways)
	for n := range rows {
		found := false
		for at := range index.Rows(ways[n].Hash) {
			got, err := table.At(int(at), nil)
			found = found || err == nil && int(at) == n && bytes.Equal(got, row(n))
		}
		if !found {
			t.Fatalf("row %d was not found", n)
		}
	}
}

func TestDifferent(t *testing.T) {
	t.Parallel()
	hashes := spool.NewHashes()
	for n := range 1000 {
		hashes.Add(hashes.Hash(strconv.Itoa(n % 70)))
	}
	if hashes.Len() != 1000 || hashes.Different() != 70 {
		t.Errorf("%d hashes, %d different, want 1000 and 70", hashes.Len(), hashes.Different())
	}
}
