package sync

import (
	"slices"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/sync/spool"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// groups are rows that are written to several records. One may have thousands of them, so nothing that is asked for
// each record walks through all. It is safe for concurrent use.
type groups struct {
	mu  sync.Mutex
	all []group
}

// group is the records of a row.
type group struct {
	members []member
	open    int // of them: they are to be written and have no answer
}

// member is one of several records of a row.
type member struct {
	find   spool.Ref
	answer *reportsync.Outcome // nil while there is none
	idle   bool                // nothing of it is to be written
	sent   bool                // Salesforce may have got it, and has not answered
}

// open reports whether the record is to be written and has no answer.
func (m member) open() bool { return m.answer == nil && !m.idle }

func (g *groups) add(members ...member) uint64 {
	g.mu.Lock()
	g.all = append(g.all, group{})
	at := uint64(len(g.all) - 1) //nolint:gosec // an index
	g.mu.Unlock()
	for _, m := range members {
		g.join(at, m)
	}
	return at
}

func (g *groups) join(at uint64, m member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := &g.all[at]
	one.members = append(one.members, m)
	one.open += int(bit(m.open())) //nolint:gosec // 0 or 1
}

// of returns the members of a group as they are now.
func (g *groups) of(at uint64) []member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.all[at].members)
}

// member returns one member of a group as it is now.
func (g *groups) member(at uint64, index int) member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all[at].members[index]
}

// records returns how many records the groups have.
func (g *groups) records() (n int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, one := range g.all {
		n += int64(len(one.members))
	}
	return n
}

// mark notes whether Salesforce may have got a member that it has not answered.
func (g *groups) mark(at uint64, index int, sent bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.all[at].members[index].sent = sent
}

// answered reports whether a member has its answer.
func (g *groups) answered(at uint64, index int) bool { return g.member(at, index).answer != nil }

// answer stores what became of one of a row's records, and reports whether that is known of all of them now. Those that
// need not be written have no answer; they are not waited for.
func (g *groups) answer(at uint64, index int, o reportsync.Outcome) (all bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := &g.all[at]
	m := &one.members[index]
	one.open -= int(bit(m.open())) //nolint:gosec // 0 or 1
	m.answer = &o
	return one.open == 0
}
