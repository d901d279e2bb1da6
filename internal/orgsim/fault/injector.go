package fault

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bmatcuk/doublestar/v4"
)

// Injector holds the rules in force, oldest first. The zero value holds none.
// It is safe for concurrent use.
type Injector struct {
	Seed uint64           // of what is left to chance; set before the first rule
	Now  func() time.Time // the org's clock, which holds of parents end by; nil: time.Now

	mu     sync.Mutex
	rules  []*Rule
	added  uint64       // rules so far
	ofRows atomic.Int32 // rules in force that strike rows
}

// Rule is a fault in force.
type Rule struct {
	Fault

	owner    *Injector
	chance   *rand.Rand
	matched  int
	hits     int
	hit      chan struct{}   // closed at the first hit
	released chan struct{}   // closed by Release
	parents  map[string]hold // of LockParents, by id
}

// Request is what rules are matched against.
type Request struct {
	Method string
	Path   string
	Kind   string
	Header http.Header
}

// Add puts a fault in force. It panics where [Fault.Settled] would complain.
func (i *Injector) Add(f Fault) *Rule {
	settled, err := f.Settled()
	if err != nil {
		panic("fault: " + err.Error())
	}
	r := &Rule{Fault: settled, owner: i, hit: make(chan struct{}), released: make(chan struct{})}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.added++
	r.chance = rand.New(rand.NewPCG(i.Seed, i.added)) //nolint:gosec // to be repeated, not a secret
	i.keep(append(i.rules, r))
	return r
}

// keep replaces the rules; the caller holds mu.
func (i *Injector) keep(rules []*Rule) {
	i.rules = rules
	var ofRows int32
	for _, r := range rules {
		if r.Action.ofRows() {
			ofRows++
		}
	}
	i.ofRows.Store(ofRows)
}

// Clear takes all rules out of force and lets go whatever they hold.
func (i *Injector) Clear() {
	for _, r := range i.Rules() {
		r.Remove()
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

// Named lists the rules in force that have the name.
func (i *Injector) Named(name string) []*Rule {
	return slices.DeleteFunc(i.Rules(), func(r *Rule) bool { return r.Name != name })
}

// Request returns the rules that strike a request, in order.
func (i *Injector) Request(request Request) []*Rule {
	return i.strike(func(r *Rule) bool { return r.Action.ofRequests() && r.onRequest(request) })
}

// QueryJob returns the rules that strike a query job as its processing begins:
// only those that a Path or Kind leads there, so that what is meant for writing
// does not spend itself on reading.
func (i *Injector) QueryJob(path, object string) []*Rule {
	return i.strike(func(r *Rule) bool {
		return (r.Path != "" || r.Kind != "") && r.onJob(queryJobs, path, object)
	})
}

// Job returns the rules that strike an ingest job as its processing begins.
func (i *Injector) Job(path, object string) []*Rule {
	return i.strike(func(r *Rule) bool { return r.onJob(ingestJobs, path, object) })
}

func (r *Rule) onJob(kind, path, object string) bool {
	return r.Action.ofJobs() && r.onKind(kind) && r.onPath(path) && r.onObject(object)
}

// strike counts a match for every rule that matches and returns those whose
// turn it is.
func (i *Injector) strike(matches func(*Rule) bool) []*Rule {
	i.mu.Lock()
	defer i.mu.Unlock()
	var struck []*Rule
	for _, r := range i.rules {
		if matches(r) && r.turn() {
			struck = append(struck, r)
		}
	}
	return struck
}

// turn counts a match and tells whether the rule strikes it; the caller holds
// the injector's mu.
func (r *Rule) turn() bool {
	r.matched++
	beyond := r.matched - r.After
	if beyond <= 0 || r.Every > 0 && beyond%r.Every != 0 || r.Times > 0 && r.hits >= r.Times {
		return false
	}
	if r.Percent > 0 && r.chance.IntN(100) >= r.Percent {
		return false
	}
	if r.hits++; r.hits == 1 {
		close(r.hit)
	}
	return true
}

func (r *Rule) onRequest(request Request) bool {
	if r.Method != "" && !strings.EqualFold(r.Method, request.Method) || !r.onPath(request.Path) {
		return false
	}
	if !r.onKind(request.Kind) {
		return false
	}
	for name, glob := range r.Header {
		matches := func(have string) bool { return doublestar.MatchUnvalidated(flat(glob), flat(have)) }
		if !slices.ContainsFunc(request.Header.Values(name), matches) {
			return false
		}
	}
	return true
}

// flat makes * match across slashes, which part a path but not a header.
func flat(text string) string { return strings.ReplaceAll(text, "/", "\x00") }

func (r *Rule) onPath(path string) bool {
	return r.Path == "" || doublestar.MatchUnvalidated(r.Path, path)
}

func (r *Rule) onKind(kind string) bool { return r.Kind == "" || MatchesKind(r.Kind, kind) }

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

// Release lets go the requests and jobs that the rule holds, now and later, and
// the parents that it holds now. It may be called twice.
func (r *Rule) Release() {
	r.owner.mu.Lock()
	defer r.owner.mu.Unlock()
	r.parents = nil
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
	r.owner.keep(slices.DeleteFunc(slices.Clone(r.owner.rules), func(other *Rule) bool { return other == r }))
	r.owner.mu.Unlock()
	r.Release()
}
