package store

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// texts are what a record may hold: mostly nothing, some of it twice, and now and
// then more than the shorter forms of a row have room for.
var texts = rapid.OneOf(
	rapid.Just(""),
	rapid.SampledFrom([]string{"false", "true", "2026-05-01T07:25:37.000+0000", "2026-05-01T07:25:38.000+0000", "005ak00000000001AA"}),
	rapid.StringN(0, 8, -1),
	rapid.Map(rapid.SampledFrom([]int{200, 255, 256, 1 << 15, 1 << 16}), func(n int) string { return strings.Repeat("x", n) }),
)

// Rows say what their drafts said, whatever was packed after them.
func TestRowsKeepTheirDrafts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		drafts := rapid.SliceOfN(rapid.SliceOfN(texts, 0, 20), 1, 30).Draw(t, "drafts")
		var p press
		var rows []Row
		for _, d := range drafts {
			rows = append(rows, p.keep(d))
		}
		for i, row := range rows {
			if row.fields() != len(drafts[i]) || row == "" {
				t.Fatalf("a row of %d fields for %d", row.fields(), len(drafts[i]))
			}
			for field, want := range drafts[i] {
				if got := row.At(field); got != want {
					t.Fatalf("row %d, field %d: %q, want %q", i, field, got, want)
				}
			}
			if row.At(len(drafts[i])) != "" {
				t.Fatal("a field beyond the last one has a value")
			}
			grown := row.into(slices.Repeat(draft{"stale"}, len(drafts[i])+2))
			if diff := cmp.Diff(append(slices.Clone(draft(drafts[i])), "", ""), grown); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// An object may have more fields with values of their own than a byte counts.
func TestRowOfManyTexts(t *testing.T) {
	t.Parallel()
	for _, n := range []int{254, 255, 256, 257, 800} {
		d := make(draft, n)
		for i := range d {
			d[i] = strings.Repeat(string(rune('a'+i%26)), 1+i/26)
		}
		if diff := cmp.Diff(d, d.row().open(n)); diff != "" {
			t.Errorf("%d texts: %s", n, diff)
		}
	}
}

// What a record says of itself several times takes room once.
func TestRowsSayThingsOnce(t *testing.T) {
	t.Parallel()
	const stamp, user = "2026-05-01T07:25:37.000+0000", "005ak00000000001AA"
	once := draft{"Doe", stamp, user, "", "", "", "false", ""}.row()
	often := draft{"Doe", stamp, user, stamp, user, stamp, "false", "false"}.row()
	if len(often) != len(once) {
		t.Errorf("%d bytes, and %d where it is said once", len(often), len(once))
	}
}
