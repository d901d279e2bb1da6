package sync

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestPercent(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		part, whole int64
		limit       float64
		want        string
	}{
		{1, 5, 10, "20.0"},
		{2, 3, 50, "66.7"},
		{1, 8, 12, "12.5"},
		{1, 800, 0, "0.1"}, // 0.125
		{3, 800, 0, "0.4"}, // 0.375
		{1, 80, 1, "1.3"},  // 1.25, the half goes up
		{504, 10_000, 5, "5.04"},
		{50_001, 1_000_000, 5, "5.0001"},
		{1, 100_000_000, 0, "0.000001"},
		{4_999, 10_000, 50, "49.99"}, // of a limit that is broken from below
		{333, 1000, 33.3, "33.3"},
		{10_000_001, 30_000_000, 100.0 / 3, "33.33334"},
	} {
		if got := percent(tc.limit, tc.part, tc.whole); got != tc.want {
			t.Errorf("%d of %d beside %v: %s %%, want %s", tc.part, tc.whole, tc.limit, got, tc.want)
		}
	}
}

// A limit is broken by what is above it in decimal, whatever a float64 makes of it, and a share is written on the side of
// the limit on which it is.
func TestPercentTellsTheSide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 100_000_000).Draw(t, "whole")
		part := rapid.Int64Range(0, whole).Draw(t, "part")
		hundredths := rapid.Int64Range(0, 10_000).Draw(t, "limit in hundredths")
		if rapid.Bool().Draw(t, "near") {
			part = min(whole, hundredths*whole/10_000+rapid.Int64Range(0, 1).Draw(t, "beside"))
		}
		limit, side := float64(hundredths)/100, new(big.Int).Sub(big.NewInt(part*10_000), big.NewInt(hundredths*whole)).Sign()
		shown, _ := new(big.Rat).SetString(percent(limit, part, whole))
		if got := shown.Cmp(decimal(limit)); got != side || above(limit, part, whole) != (side > 0) || below(limit, part, whole) != (side < 0) {
			t.Fatalf("%d of %d is shown as %s %% beside %v: above %v, below %v", part, whole, shown.FloatString(mostPlaces), limit, above(limit, part, whole), below(limit, part, whole))
		}
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		part, left int64
		want       string
	}{
		{0, 0, "0 %"}, {0, 5, "0 %"}, {1, 0, "more than 100 %"},
		{1, 1, "100 %"}, {1, 2, "50 %"}, {13, 104, "13 %"}, {1, 8, "13 %"}, {1, 15, "6.7 %"}, {1, 20, "5 %"},
		{13, 15_000, "0.087 %"}, {3, 15_000, "0.02 %"}, {1, 10_000, "0.01 %"}, {1, 15_000, "less than 0.01 %"},
		{1004, 1000, "100.4 %"}, {10_001, 10_000, "100.01 %"}, {9_996, 10_000, "99.96 %"}, {3000, 2000, "150 %"},
	} {
		if got := share(tc.part, tc.left); got != tc.want {
			t.Errorf("%d of %d: %s, want %s", tc.part, tc.left, got, tc.want)
		}
	}
}
