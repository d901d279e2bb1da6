package sync

import "iter"

const (
	aheadItems   = 256 // handed over at once: handing over costs more than most items
	aheadBatches = 4   // that wait to be taken
)

// ahead runs seq in a goroutine of its own, some way ahead of its reader, so that both work at the same time. Items are
// handed on as keep makes them, since seq may use its own again. The goroutine has ended when the loop over it has.
func ahead[T any](seq iter.Seq2[T, error], keep func(T) T) iter.Seq2[T, error] {
	type batch struct {
		items []T
		err   error
	}
	return func(yield func(T, error) bool) {
		batches, stop := make(chan batch, aheadBatches), make(chan struct{})
		go func() {
			defer close(batches)
			items := make([]T, 0, aheadItems)
			for item, err := range seq {
				if err == nil {
					if items = append(items, keep(item)); len(items) < aheadItems {
						continue
					}
				}
				select {
				case batches <- batch{items, err}:
				case <-stop:
					return
				}
				if err != nil {
					return
				}
				items = make([]T, 0, aheadItems)
			}
			select {
			case batches <- batch{items: items}:
			case <-stop:
			}
		}()
		defer func() {
			close(stop)
			for range batches { //nolint:revive // until the goroutine has ended
			}
		}()
		for b := range batches {
			for _, item := range b.items {
				if !yield(item, nil) {
					return
				}
			}
			if b.err != nil {
				var none T
				yield(none, b.err)
				return
			}
		}
	}
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
