package sync

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// unsettledRuns is how many runs in a row must have written a value in vain before it is held back: Salesforce has put
	// something else in its place each time, as automation does that has its own idea of a value.
	unsettledRuns = 2
	// maxPrevious bounds the memory that the changes of the run before take; of more, the first ones count.
	maxPrevious = 4_000_000
)

// previous is what the run before has written, or held back.
type previous struct {
	seed   maphash.Seed
	values map[uint64]wrote // by record and field

	mu     sync.Mutex
	undone map[string]int // values that are not there any more, by field
	held   map[string]int // of these, those that are not written again
}

// wrote is a value that was written to a field of a record.
type wrote struct {
	value uint32 // hash of it
	times uint8  // runs in a row that wrote it
}

func newPrevious() *previous {
	return &previous{seed: maphash.MakeSeed(), values: map[uint64]wrote{}, undone: map[string]int{}, held: map[string]int{}}
}

// beginPrevious begins to read the changes of the run before, beside the report.
func (r *run) beginPrevious(ctx context.Context) {
	ctx, r.forget = context.WithCancel(ctx)
	r.recalling.Go(func() error {
		return caught(func() (err error) {
			r.recalled, err = r.readPrevious(ctx)
			return err
		})
	})
}

// awaitPrevious waits until the changes of the run before are known.
func (r *run) awaitPrevious(ctx context.Context) (*previous, error) {
	if r.forget == nil {
		r.beginPrevious(ctx)
	}
	err := thrown(r.recalling.Wait())
	r.known = r.recalled
	return r.known, err
}

// readPrevious reads the changes of the run before. What can't be read is no reason not to run: values that never
// settle are then noticed later.
func (r *run) readPrevious(ctx context.Context) (*previous, error) {
	p := newPrevious()
	if r.Previous.Outcomes == nil || r.sendsAll() {
		return p, nil
	}
	for o, err := range r.Previous.Outcomes(ctx) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return newPrevious(), r.ledger.warn(ctx, "what the run before has changed can't be read (%s): values that never settle are not noticed this time", err)
		}
		if len(p.values) >= maxPrevious {
			break
		}
		p.learn(o)
	}
	return p, nil
}

// learn notes what an outcome says was written, and what was held back because it had been written in vain. What was to
// be written and was not, as when Salesforce refused the row, counts as often as it had been written before.
func (p *previous) learn(o reportsync.Outcome) {
	for _, c := range o.Changes {
		if c.CreateOnly {
			continue
		}
		times := c.Repeats
		if kind := c.OutcomeIn(o); kind == reportsync.Updated || kind == reportsync.Created || c.Held {
			times++
		}
		if times == 0 {
			continue
		}
		id := c.RecordID
		if id == "" {
			id = o.RecordID
		}
		p.values[p.hash(id, c.Field)] = wrote{value: uint32(p.hash(orEmpty(c.After))), times: uint8(min(times, 200))} //nolint:gosec // half of a hash; at most 200
	}
}

// repeats returns how many runs in a row before this one have written to a field of a record what is wanted there, to
// find something else there now.
func (p *previous) repeats(id, field, have, want string) int {
	if len(p.values) == 0 {
		return 0
	}
	last, known := p.values[p.hash(id, field)]
	if !known || uint32(p.hash(have)) == last.value { //nolint:gosec // half of a hash
		return 0
	}
	repeats := 0
	if uint32(p.hash(want)) == last.value { //nolint:gosec // half of a hash
		repeats = int(last.times)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.undone[field]++
	if repeats >= unsettledRuns {
		p.held[field]++
	}
	return repeats
}

// sayUndone says which values of the run before did not stay, and which are held back for that.
func (r *run) sayUndone(ctx context.Context, p *previous) error {
	for _, field := range slices.Sorted(maps.Keys(p.undone)) {
		if err := r.ledger.warn(ctx, "%s: of the values that the run before wrote, %d are not there any more (people or automation in Salesforce changed them); %d of them, written in vain %d times, are not written again until the report says something else",
			field, p.undone[field], p.held[field], unsettledRuns); err != nil {
			return err
		}
	}
	return nil
}

func (p *previous) hash(texts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, text := range texts {
		_, _ = h.WriteString(text)
		_ = h.WriteByte(0)
	}
	return h.Sum64()
}
