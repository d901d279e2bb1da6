package sync_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// FuzzRuns plays what the properties play for as long as one likes, led by which code the runs reach.
func FuzzRuns(f *testing.F) {
	f.Fuzz(func(t *testing.T, input []byte) {
		rapid.MakeFuzz(func(r *rapid.T) {
			operation := few(r, "operation", operations...)
			stage := newStage(t, ways[few(r, "way", slices.Sorted(maps.Keys(ways))...)])
			sc := anyScene(r, drawn, operation)
			var wrong string
			var p played
			switch few(r, "troubles", "none", "passing", "staying") {
			case "none":
				p = stage.play(sc)
				wrong = p.differs()
			case "passing":
				p = stage.play(sc, anyFaults(r, passing, 1)...)
				wrong = p.differs()
			default:
				faults := anyFaults(r, staying, 0)
				p = stage.play(sc, faults...)
				wrong = p.untrue(faults)
			}
			if wrong != "" {
				r.Fatalf("%s\n%s", wrong, p.describe())
			}
		})(t, input)
	})
}
