package sync

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/recordid"
)

// What was packed comes back, whatever the id's digits and however many heads there are.
func TestPackedIDs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var table idTable
		packed := map[string]uint64{}
		shorts := rapid.SliceOfN(rapid.OneOf(
			rapid.StringMatching(`[0-9A-Za-z]{15}`),
			rapid.StringMatching(`00[13]ak0[0z]{9}`),
		), 1, 40).Draw(t, "ids")
		for _, short := range shorts {
			id, err := recordid.Full(short)
			if err != nil {
				t.Fatal(err)
			}
			link, ok := table.pack(id)
			if !ok {
				t.Fatalf("%s was not packed", id)
			}
			packed[id] = link
		}
		for id, link := range packed {
			if got := table.unpack(link); got != id {
				t.Fatalf("unpacked %s, want %s", got, id)
			}
		}
	})
}

// Ids whose first characters are new find no room once there are too many of these; others still do.
func TestTooManyHeads(t *testing.T) {
	t.Parallel()
	var table idTable
	id := func(n int) string {
		full, err := recordid.Full("00" + string([]byte{idDigits[n/62], idDigits[n%62]}) + "a0000000001")
		if err != nil {
			t.Fatal(err)
		}
		return full
	}
	for n := range maxHeads {
		if _, ok := table.pack(id(n)); !ok {
			t.Fatalf("head %d found no room", n)
		}
	}
	if _, ok := table.pack(id(maxHeads)); ok {
		t.Error("a head too many was packed")
	}
	if link, ok := table.pack(id(7)); !ok || table.unpack(link) != id(7) {
		t.Error("a head that was known is lost")
	}
}

func BenchmarkUnpackID(b *testing.B) {
	var table idTable
	packed, _ := table.pack("0035g00000AbCdEAAV")
	var id []byte
	b.ReportAllocs()
	for b.Loop() {
		id = table.append(id[:0], packed)
	}
}
