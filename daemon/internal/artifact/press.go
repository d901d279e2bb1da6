package artifact

import (
	"iter"
	"runtime"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/rowlog"
)

// pressing returns how many blocks of an object are compressed at a time: what fills them is no faster than a few, and half
// of the processors are left to it and to whatever else is at work.
func pressing() int { return min(max(1, runtime.GOMAXPROCS(0)/2), 4) }

// block is the lines of a frame to be.
type block struct {
	lines       []byte
	rows        int
	first, last int64
	kinds       kindSet
	pass        int

	packet []byte        // the frame
	ready  chan struct{} // tells that the packet is
}

// keptBytes is the most that a block keeps for lines to come: a row may be longer than many frames.
const keptBytes = 2 * frameBytes

// emptied returns the block without rows.
func (b *block) emptied() *block {
	*b = block{lines: b.lines[:0], packet: b.packet[:0], ready: b.ready}
	if cap(b.lines) > keptBytes {
		b.lines, b.packet = nil, nil
	}
	return b
}

// press compresses blocks side by side and gives them back in their order. It has a few blocks, which are used over and
// over: one that is filled, one that is sent, and those between.
type press struct {
	free  chan *block
	todo  chan *block
	order chan *block
	done  sync.WaitGroup
}

func newPress() *press {
	pressing := pressing()
	blocks := pressing + 2
	p := &press{free: make(chan *block, blocks), todo: make(chan *block, blocks), order: make(chan *block, blocks)}
	for range blocks {
		p.free <- &block{ready: make(chan struct{}, 1)}
	}
	for range pressing {
		p.done.Go(func() {
			for b := range p.todo {
				b.packet = rowlog.Compress(b.packet[:0], b.lines)
				b.ready <- struct{}{}
			}
		})
	}
	return p
}

// take returns an empty block, as soon as there is one.
func (p *press) take() *block { return <-p.free }

// put has a block compressed. There is room for all.
func (p *press) put(b *block) {
	p.order <- b
	p.todo <- b
}

// pressed yields the blocks that were put, compressed, until the press is closed and there are no more. A block can be
// taken again after the loop has passed it; the loop goes to the end.
func (p *press) pressed() iter.Seq[*block] {
	return func(yield func(*block) bool) {
		defer p.done.Wait()
		for b := range p.order {
			<-b.ready
			if !yield(b) {
				return
			}
			p.free <- b.emptied()
		}
	}
}

// close tells that no more blocks come.
func (p *press) close() {
	close(p.todo)
	close(p.order)
}
