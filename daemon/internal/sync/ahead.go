package sync

import (
	"errors"
	"fmt"
	"iter"
)

const (
	aheadItems   = 256 // handed over at once: handing over costs more than most items
	aheadBatches = 4   // that wait to be taken
)

// ahead runs seq in a goroutine of its own, some way ahead of its reader, so that both work at the same time. Items are
// handed on as keep makes them, since seq may use its own again. The goroutine has ended when the loop over it has.
func ahead[T any](seq iter.Seq2[T, error], keep func(T) T) iter.Seq2[T, error] {
	type batch struct {
		items  []T
		err    error
		panics any // what seq has panicked with
	}
	return func(yield func(T, error) bool) {
		batches, stop := make(chan batch, aheadBatches), make(chan struct{})
		send := func(b batch) bool {
			select {
			case batches <- b:
				return b.err == nil && b.panics == nil
			case <-stop:
				return false
			}
		}
		go func() {
			defer close(batches)
			defer func() {
				// The reader's goroutine has somebody who recovers, this one has not.
				if value := recover(); value != nil {
					send(batch{panics: value})
				}
			}()
			items := make([]T, 0, aheadItems)
			for item, err := range seq {
				if err == nil {
					if items = append(items, keep(item)); len(items) < aheadItems {
						continue
					}
				}
				if !send(batch{items: items, err: err}) {
					return
				}
				items = make([]T, 0, aheadItems)
			}
			send(batch{items: items})
		}()
		defer func() {
			close(stop)
			for range batches {
			}
		}()
		for b := range batches {
			for _, item := range b.items {
				if !yield(item, nil) {
					return
				}
			}
			if b.panics != nil {
				panic(b.panics)
			}
			if b.err != nil {
				var none T
				yield(none, b.err)
				return
			}
		}
	}
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
