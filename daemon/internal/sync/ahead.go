package sync

import (
	"errors"
	"fmt"
	"iter"
	"runtime"

	"golang.org/x/sync/errgroup"
)

const (
	batchItems   = 256 // handed over at once: handing over costs more than most items
	aheadBatches = 4   // that wait to be taken
)

// batched yields the items of seq in batches. Items are handed on as keep makes them, since seq may use its own again.
func batched[T any](seq iter.Seq2[T, error], keep func(T) T) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var items []T
		for item, err := range seq {
			if err != nil {
				if len(items) == 0 || yield(items, nil) {
					yield(nil, err)
				}
				return
			}
			if items == nil {
				items = make([]T, 0, batchItems)
			}
			if items = append(items, keep(item)); len(items) == batchItems {
				if !yield(items, nil) {
					return
				}
				items = nil
			}
		}
		if len(items) > 0 {
			yield(items, nil)
		}
	}
}

// ahead runs seq in a goroutine of its own, some way ahead of its reader, so that both work at the same time. What it
// yields is the reader's; it had better be large. The goroutine has ended when the loop over it has.
func ahead[T any](seq iter.Seq2[T, error]) iter.Seq2[T, error] {
	type step struct {
		item   T
		err    error
		panics any // what seq has panicked with
	}
	return func(yield func(T, error) bool) {
		steps, stop := make(chan step, aheadBatches), make(chan struct{})
		send := func(s step) bool {
			select {
			case steps <- s:
				return s.err == nil
			case <-stop:
				return false
			}
		}
		go func() {
			defer close(steps)
			defer func() {
				// The reader's goroutine has somebody who recovers, this one has not.
				if value := recover(); value != nil {
					send(step{panics: value})
				}
			}()
			for item, err := range seq {
				if !send(step{item: item, err: err}) {
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range steps {
			}
		}()
		for s := range steps {
			if s.panics != nil {
				panic(s.panics)
			}
			if !yield(s.item, s.err) || s.err != nil {
				return
			}
		}
	}
}

// sideBySide does something with all that seq yields, on as many processors as there are, some way ahead of its reader, and
// yields what comes of it in seq's order. All its goroutines have ended when the loop over it has.
func sideBySide[T, U any](seq iter.Seq2[T, error], do func(T) (U, error)) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		var working errgroup.Group
		defer func() { _ = working.Wait() }()
		working.SetLimit(runtime.GOMAXPROCS(0))
		begun := func(yield func(<-chan piece[U], error) bool) {
			for item, err := range seq {
				if err != nil {
					yield(nil, err)
					return
				}
				done := make(chan piece[U], 1)
				working.Go(func() error {
					var p piece[U]
					p.err = caught(func() (err error) {
						p.of, err = do(item)
						return err
					})
					done <- p
					return nil
				})
				if !yield(done, nil) {
					return
				}
			}
		}
		for done, err := range ahead(begun) {
			var p piece[U]
			if err == nil {
				p = <-done
				err = thrown(p.err)
			}
			if !yield(p.of, err) || err != nil {
				return
			}
		}
	}
}

// piece is what came of one thing.
type piece[U any] struct {
	of  U
	err error
}

// panicError carries a panic from one goroutine to another. A panic in a goroutine of its own would end the daemon with all
// its runs; whoever has the attempt ends that alone.
type panicError struct{ value any }

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// caught does something in a goroutine whose panic is to reach the one that waits for it.
func caught(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value}
		}
	}()
	return do()
}

// thrown panics with what was caught.
func thrown(err error) error {
	if p, ok := errors.AsType[*panicError](err); ok {
		panic(p.value)
	}
	return err
}

// arena keeps copies of slices of strings, many in one allocation.
type arena struct{ free []string }

const arenaStrings = 4096

func (a *arena) keep(row []string) []string {
	if len(a.free) < len(row) {
		a.free = make([]string, max(arenaStrings, len(row)))
	}
	kept := a.free[:len(row):len(row)]
	a.free = a.free[len(row):]
	copy(kept, row)
	return kept
}
