package sync

import (
	"context"
	"hash/maphash"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// unsettledRuns is how many runs in a row must have made the very same change before it is held back: Salesforce
	// has undone it each time, as automation does that has its own idea of a value.
	unsettledRuns = 2
	// maxPrevious bounds the memory that the changes of the run before take; of more, the first ones count.
	maxPrevious = 4_000_000
)

// previous is the changes that the run before made, each with how often in a row it was made by then.
type previous struct {
	seed    maphash.Seed
	changes map[uint64]uint8
}

// readPrevious reads the changes of the run before. What can't be read is no reason not to run: values that never
// settle are then noticed later.
func (r *run) readPrevious(ctx context.Context) (*previous, error) {
	p := &previous{seed: maphash.MakeSeed(), changes: map[uint64]uint8{}}
	if r.Previous.Outcomes == nil || r.sendsAll() {
		return p, nil
	}
	for o, err := range r.Previous.Outcomes(ctx) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return &previous{seed: p.seed}, r.ledger.warn(ctx, "what the run before has changed can't be read (%s): values that never settle are not noticed this time", err)
		}
		if len(p.changes) >= maxPrevious {
			break
		}
		p.learn(o)
	}
	return p, nil
}

// learn notes the changes of an outcome: those that were made, and those that were held back because they had been
// made before.
func (p *previous) learn(o reportsync.Outcome) {
	for _, c := range o.Changes {
		if o.Kind != reportsync.Updated && !c.Held {
			continue
		}
		id := c.RecordID
		if id == "" {
			id = o.RecordID
		}
		p.changes[p.hash(id, c.Field, orEmpty(c.Before), orEmpty(c.After))] = uint8(min(c.Repeats+1, 200)) //nolint:gosec // at most 200
	}
}

// repeats returns how many runs in a row have made a change.
func (p *previous) repeats(id, field, before, after string) int {
	if len(p.changes) == 0 {
		return 0
	}
	return int(p.changes[p.hash(id, field, before, after)])
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
