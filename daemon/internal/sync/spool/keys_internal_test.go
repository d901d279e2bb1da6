package spool

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
)

// Keys that the index can't tell apart are told apart by their texts, also when it has grown and they clash no more.
func TestClashingKeys(t *testing.T) {
	t.Parallel()
	keys := NewKeys(t.TempDir(), 1<<20, strings.ToLower)
	defer keys.Close()
	keys.room = 3 // an index with few slots is soon clashed in
	keys.index = newIndex(keys.index.seed, keys.room)
	one, other := clashing(keys.index)
	for _, key := range []string{one, other} {
		if err := keys.Add(key); err != nil {
			t.Fatal(err)
		}
	}
	if len(keys.clashes) != 1 || keys.Number(one) != 0 || keys.Number(other) != 1 {
		t.Fatalf("%d clashes; %q is %d, %q is %d", len(keys.clashes), one, keys.Number(one), other, keys.Number(other))
	}
	for i := range 1000 {
		if err := keys.Add(fmt.Sprintf("other %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if keys.Number(one) != 0 || keys.Number(other) != 1 || keys.Number("OTHER 7") != 9 {
		t.Errorf("the index has grown, and %q is %d, %q is %d", one, keys.Number(one), other, keys.Number(other))
	}
}

// clashing returns two keys of which the index keeps the same.
func clashing(x *Index) (one, other string) {
	seen := map[[2]uint64]string{}
	for i := 0; ; i++ {
		key := fmt.Sprintf("key %d", i)
		hash := x.Hash(key)
		slot, _ := bits.Mul64(hash, uint64(len(x.slots)))
		kept := [2]uint64{slot, hash & 0xffffffff}
		if before, known := seen[kept]; known {
			return before, key
		}
		seen[kept] = key
	}
}
