package artifact

import (
	"fmt"
	"iter"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// byRow walks through several passes of an object at once, so that rows come in the order of the report. It ends with the
// first error.
func (b *Bucket) byRow(key string, passes []iter.Seq2[reportsync.Outcome, error]) iter.Seq2[reportsync.Outcome, error] {
	if len(passes) == 1 {
		return passes[0]
	}
	return func(yield func(reportsync.Outcome, error) bool) {
		var heads []*head
		for _, pass := range passes {
			h := &head{}
			h.next, h.stop = iter.Pull2(pass)
			defer h.stop()
			if h.advance(); h.there {
				heads = append(heads, h)
			}
		}
		for last := int64(0); len(heads) > 0; {
			at := first(heads)
			h := heads[at]
			if h.err == nil && h.outcome.Row == last {
				h.err = b.damaged(key, fmt.Errorf("row %d is there twice", last))
			}
			if !yield(h.outcome, h.err) || h.err != nil {
				return
			}
			last = h.outcome.Row
			if h.advance(); !h.there {
				heads = append(heads[:at], heads[at+1:]...)
			}
		}
	}
}

// head is how far the walk through a pass is.
type head struct {
	next func() (reportsync.Outcome, error, bool)
	stop func()

	outcome reportsync.Outcome
	err     error
	there   bool
}

func (h *head) advance() { h.outcome, h.err, h.there = h.next() }

// first returns which of some heads is to be told next: one that has failed, or the one with the least row.
func first(heads []*head) int {
	least := 0
	for i, h := range heads {
		if h.err != nil {
			return i
		}
		if h.outcome.Row < heads[least].outcome.Row {
			least = i
		}
	}
	return least
}
