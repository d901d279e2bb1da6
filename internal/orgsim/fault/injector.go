package fault

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/bmatcuk/doublestar/v4"
)

// Injector holds the rules in force, oldest first. The zero value holds none.
// It is safe for concurrent use.
type Injector struct {
	mu    sync.Mutex
	rules []*Rule
}

// Rule is a fault in force.
type Rule struct {
	Fault

	owner    *Injector
	matched  int
	hits     int
	hit      chan struct{} // closed at the first hit
	released chan struct{} // closed by Release
}

// Add puts a fault in force. It panics where [Fault.Check] would complain.
func (i *Injector) Add(f Fault) *Rule {
	if err := f.Check(); err != nil {
		panic("fault: " + err.Error())
	}
	r := &Rule{Fault: f, owner: i, hit: make(chan struct{}), released: make(chan struct{})}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = append(i.rules, r)
	return r
}

// Clear takes all rules out of force and lets go whatever they hold.
func (i *Injector) Clear() {
	i.mu.Lock()
	rules := i.rules
	i.rules = nil
	i.mu.Unlock()
	for _, r := range rules {
		r.Release()
	}
}

// Release lets go whatever any rule holds, now and later.
func (i *Injector) Release() {
	for _, r := range i.Rules() {
		r.Release()
	}
}

// Rules lists the rules in force.
func (i *Injector) Rules() []*Rule {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.rules)
}

// Request returns the rules that strike a request, in order.
func (i *Injector) Request(method, path string) []*Rule {
	return i.strike(0, func(r *Rule) bool {
		switch r.Action {
		case FailJob, HoldJob, LockRows:
			return false
		default:
			return (r.Method == "" || strings.EqualFold(r.Method, method)) && r.onPath(path)
		}
	})
}

// Job returns the rules that strike an ingest job as its processing begins.
func (i *Injector) Job(path, object string) []*Rule {
	return i.strike(0, func(r *Rule) bool {
		return (r.Action == FailJob || r.Action == HoldJob) && r.onPath(path) && r.onObject(object)
	})
}

// Locked returns the id that a LockRows rule holds among those a row's write
// touches, or "" where none does.
func (i *Injector) Locked(object string, ids []string) string {
	struck := i.strike(1, func(r *Rule) bool {
		return r.Action == LockRows && r.onObject(object) && r.firstOf(ids) != ""
	})
	if len(struck) == 0 {
		return ""
	}
	return struck[0].firstOf(ids)
}

// firstOf is the first of the ids that the rule names.
func (r *Rule) firstOf(ids []string) string {
	for _, id := range ids {
		if len(r.IDs) == 0 || slices.Contains(r.IDs, id) {
			return id
		}
	}
	return ""
}

// strike counts a match for every rule that matches and returns those whose
// turn it is; most bounds how many, 0 does not.
func (i *Injector) strike(most int, matches func(*Rule) bool) []*Rule {
	i.mu.Lock()
	defer i.mu.Unlock()
	var struck []*Rule
	for _, r := range i.rules {
		if most > 0 && len(struck) == most {
			break
		}
		if !matches(r) {
			continue
		}
		r.matched++
		if r.matched <= r.After || r.Times > 0 && r.hits >= r.Times {
			continue
		}
		if r.hits++; r.hits == 1 {
			close(r.hit)
		}
		struck = append(struck, r)
	}
	return struck
}

func (r *Rule) onPath(path string) bool {
	return r.Path == "" || doublestar.MatchUnvalidated(r.Path, path)
}

func (r *Rule) onObject(object string) bool {
	return r.Object == "" || strings.EqualFold(r.Object, object)
}

// Hits counts how often the rule has struck.
func (r *Rule) Hits() int {
	r.owner.mu.Lock()
	defer r.owner.mu.Unlock()
	return r.hits
}

// Wait returns when the rule has struck once, or with the context's error.
func (r *Rule) Wait(ctx context.Context) error {
	select {
	case <-r.hit:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Release lets go what the rule holds, now and later. It may be called twice.
func (r *Rule) Release() {
	r.owner.mu.Lock()
	defer r.owner.mu.Unlock()
	select {
	case <-r.released:
	default:
		close(r.released)
	}
}

// Released is closed by [Rule.Release].
func (r *Rule) Released() <-chan struct{} { return r.released }

// Remove takes the rule out of force and lets go what it holds.
func (r *Rule) Remove() {
	r.owner.mu.Lock()
	r.owner.rules = slices.DeleteFunc(r.owner.rules, func(other *Rule) bool { return other == r })
	r.owner.mu.Unlock()
	r.Release()
}
