package bulk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

// Whatever way a result is shuffled, each row comes once.
func TestShuffledIsAPermutation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 1_000).Draw(t, "rows")
		seed, job := rapid.Uint64().Draw(t, "seed"), rapid.Uint64().Draw(t, "job")
		order := shuffled(rows, seed, job)
		if !slices.Equal(order, shuffled(rows, seed, job)) {
			t.Fatal("the order changes from call to call")
		}
		slices.Sort(order)
		for i, row := range order {
			if int(row) != i {
				t.Fatalf("row %d is missing", i)
			}
		}
		if len(order) != rows {
			t.Fatalf("%d of %d rows", len(order), rows)
		}
	})
}

// A result is never in the order of the rows, be it of two rows or of a million,
// and its pages hold each row once, wherever they are cut.
func TestChunksOfAQueryAreInAnOrderOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 1, 2, 3, 15, 16, 17, 31, 33, 1_000, 16*chunkSpan - 1, 2*16*chunkSpan + 3} {
		for job := range uint64(20) {
			j := &queryJob{chunks: chunksOf(rows, 7, job)}
			whole := slices.Collect(j.rows(0, rows))
			if rows > 1 && slices.IsSorted(whole) {
				t.Errorf("job %d has %d rows in their order", job, rows)
			}
			cut := rows / 3
			if pages := append(slices.Collect(j.rows(0, cut)), slices.Collect(j.rows(cut, rows))...); !slices.Equal(pages, whole) {
				t.Errorf("job %d of %d rows reads differently in pages cut at %d", job, rows, cut)
			}
			slices.Sort(whole)
			for at, row := range whole {
				if at != row {
					t.Fatalf("job %d of %d rows lacks row %d", job, rows, at)
				}
			}
			if len(whole) != rows {
				t.Fatalf("job %d has %d rows of %d", job, len(whole), rows)
			}
			if rows > 100_000 && job > 0 {
				break
			}
		}
	}
}

// Transactions begin at multiples of 200 rows even behind a fault, so that none
// reaches into two internal batches.
func TestSpansStayWithinInternalBatches(t *testing.T) {
	t.Parallel()
	rules := []*fault.Rule{{Fault: fault.Fault{Rows: 250}}, {Fault: fault.Fault{Rows: 100}}, {Fault: fault.Fault{Rows: 400}}}
	var ends []int
	struck := 0
	for s := range spans(650, rules) {
		ends = append(ends, s.until)
		if s.rule != nil {
			struck++
		}
	}
	if want := []int{200, 250, 250, 400, 600, 650}; !slices.Equal(ends, want) || struck != len(rules) {
		t.Errorf("spans end at %v with %d faults, want %v", ends, struck, want)
	}
	for s := range spans(3*internalBatch, rules[:1]) {
		if s.from/internalBatch != (s.until-1)/internalBatch {
			t.Errorf("rows %d to %d are of two internal batches", s.from, s.until)
		}
	}
}

func TestLocatorsLeadToTheirOwnResult(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, maxPlace).Draw(t, "at")
		text := locator(at, "750A")
		if got, ok := place(text, "750A"); !ok || got != at {
			t.Fatalf("%s leads to %d, %t; want %d", text, got, ok, at)
		}
		if _, ok := place(text, "750B"); ok {
			t.Fatalf("%s leads into another result", text)
		}
	})
}

func FuzzPlace(f *testing.F) {
	f.Add(locator(50_000, "750A"))
	f.Add("MTAwMDAw")
	f.Add("null")
	f.Fuzz(func(t *testing.T, text string) {
		if at, ok := place(text, "750A"); ok && (at < 0 || at > maxPlace) {
			t.Fatalf("%q leads to %d", text, at)
		}
	})
}
