package sync

import (
	"context"
	"errors"
	"iter"
	"testing"
)

func counting(n int, end error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if end != nil {
			yield(0, end)
		}
	}
}

func itself(n int) int { return n }

func TestAhead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, n := range []int{0, 1, batchItems - 1, batchItems, 10*batchItems + 3} {
		for _, end := range []error{nil, broken} {
			seen, failure := 0, error(nil)
			for items, err := range ahead(batched(counting(n, end), itself)) {
				failure = err
				for _, item := range items {
					if item != seen {
						t.Fatalf("item %d came as number %d", item, seen)
					}
					seen++
				}
			}
			if seen != n || !errors.Is(failure, end) {
				t.Errorf("%d items of %d, error %v, want %v", seen, n, failure, end)
			}
		}
	}
}

// A reader that stops early leaves no goroutine behind (TestMain looks for them).
func TestAheadStopsEarly(t *testing.T) {
	t.Parallel()
	for items, err := range ahead(batched(counting(1_000_000, nil), itself)) {
		if err != nil || items[0] > 300 {
			break
		}
	}
}

// What breaks in a goroutine breaks where somebody waits for it.
func TestAheadPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if value := recover(); value != "wires crossed" {
			t.Errorf("recovered %v", value)
		}
	}()
	for _, err := range ahead(func(yield func(int, error) bool) {
		yield(1, nil)
		panic("wires crossed")
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	t.Error("it went on")
}

func TestCaught(t *testing.T) {
	t.Parallel()
	defer func() {
		if value := recover(); value != "wires crossed" {
			t.Errorf("recovered %v", value)
		}
	}()
	if err := thrown(caught(func() error { return nil })); err != nil {
		t.Error(err)
	}
	err := thrown(caught(func() error { panic("wires crossed") }))
	t.Errorf("it went on: %v", err)
}

// A piece of work that panics stops its siblings, and breaks the one that waits for them.
func TestInParallelPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if value := recover(); value != "wires crossed" {
			t.Errorf("recovered %v", value)
		}
	}()
	err := inParallel(t.Context(), 1, []int{1, 2}, func(_ context.Context, piece int) error {
		if piece == 2 {
			t.Error("a piece was begun after the panic")
		}
		panic("wires crossed")
	})
	t.Errorf("it went on: %v", err)
}
