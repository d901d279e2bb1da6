package bulk

import (
	"iter"
	"slices"
)

// chunkSpan is how many rows one chunk by primary key has at most (Bulk API
// guide: PK chunking header). Results of fewer rows are read in chunks too, so
// that a client which relies on the order of insertion fails on small ones
// already.
const (
	chunkSpan   = 100_000
	smallChunks = 16 // of a result that fills none of that span
)

// chunk is a run of a result's rows, printed one after the other at the speed of
// memory.
type chunk struct{ first, rows int }

// chunksOf cuts a result into chunks in an order that is not theirs, the same
// each time.
func chunksOf(rows int, seed, job uint64) []chunk {
	span := min(max(rows/smallChunks, 1), chunkSpan)
	order := shuffled((rows+span-1)/span, seed, job)
	if slices.IsSorted(order) {
		slices.Reverse(order)
	}
	chunks := make([]chunk, 0, len(order))
	for _, n := range order {
		first := int(n) * span
		chunks = append(chunks, chunk{first: first, rows: min(span, rows-first)})
	}
	return chunks
}

// rows are the places in the result of the rows that stand from one place of the
// answer up to another.
func (j *queryJob) rows(from, until int) iter.Seq[int] {
	return func(yield func(int) bool) {
		at := 0 // where the chunk begins in the answer
		for _, c := range j.chunks {
			for i := max(from-at, 0); i < min(until-at, c.rows); i++ {
				if !yield(c.first + i) {
					return
				}
			}
			at += c.rows
		}
	}
}
