package crashtest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// strike is what an attempt dies of: a commit of its own, or a kill around a request to the org.
type strike struct {
	blow    blow   // where Nth is not 0
	request int    // the nth from when the strike is armed
	moment  moment // of the request
}

func (s strike) String() string {
	if s.blow.Nth == 0 {
		return fmt.Sprintf("%s request %d", s.moment, s.request)
	}
	write, when := s.blow.Write, "before"
	if write == "" {
		write = "any commit"
	}
	if s.blow.After {
		when = "after"
	}
	return fmt.Sprintf("%s %s %d", when, write, s.blow.Nth)
}

// dealer deals out strikes, going by what a run has that nothing happens to.
type dealer struct {
	random   *rand.Rand
	commits  map[string]int // by method; all of them by ""
	requests int
	deck     []blow // of each point one, in turn; Nth is drawn when it is dealt, unless it is set
	owed     int    // blows from the deck's front that the world must have
}

// dealt is how many points, beside those that not every way has, each world on an engine must have: six worlds that
// begin so far apart have all of them.
const dealt = 3

// newDealer makes a dealer of the nth world on an engine.
func newDealer(random *rand.Rand, nth int, commits map[string]int, requests int) *dealer {
	d := &dealer{random: random, commits: commits, requests: requests}
	if commits[""] == 0 {
		return d // of the shipped program
	}
	var rest []blow
	for _, write := range journalPoints {
		for _, after := range []bool{false, true} {
			b := blow{Write: write, After: after}
			switch {
			case commits[write] == 0:
			case write == "Journal.MarkBatch": // not every way has them
				d.deck = append(d.deck, b)
			default:
				rest = append(rest, b)
			}
		}
	}
	d.owed = len(d.deck) + dealt
	turn := dealt * nth % len(rest)
	d.deck = slices.Concat(d.deck, rest[turn:], rest[:turn])
	return d
}

// deal returns what the attempts of the next round die of.
func (d *dealer) deal() []strike {
	strikes := []strike{d.first()}
	for len(strikes) < 3 && d.random.IntN(2) == 0 {
		strikes = append(strikes, d.further())
	}
	return strikes
}

// first is for an attempt that has the whole run before it.
func (d *dealer) first() strike {
	if len(d.deck) == 0 || d.owed <= 0 && d.random.IntN(3) == 0 {
		return d.atRequest()
	}
	b := d.deck[0]
	d.deck = append(d.deck[1:], blow{Write: b.Write, After: b.After})
	d.owed--
	if b.Nth == 0 {
		b.Nth = 1 + d.random.IntN(d.commits[b.Write])
	}
	return strike{blow: b}
}

// missed takes back a first strike that the run never came to, for a commit that every run comes to.
func (d *dealer) missed(s strike) {
	if s.blow.Nth > 1 {
		d.deck = slices.Insert(d.deck, 0, blow{Write: s.blow.Write, Nth: 1, After: s.blow.After})
		d.owed++
	}
}

// further is for an attempt that goes on from another one.
func (d *dealer) further() strike {
	if len(d.deck) == 0 || d.random.IntN(2) == 0 {
		return d.atRequest()
	}
	return strike{blow: blow{Nth: 1 + d.random.IntN(d.commits[""]), After: d.random.IntN(2) == 0}}
}

func (d *dealer) atRequest() strike {
	return strike{request: 1 + d.random.IntN(d.requests), moment: moments[d.random.IntN(len(moments))]}
}

// tally is what the worlds of one engine have died of.
type tally struct {
	mu      sync.Mutex
	worlds  int // that were played to the end
	kills   int
	commits map[blow]int // by method and side
	moments map[moment]int
}

func newTally() *tally { return &tally{commits: map[blow]int{}, moments: map[moment]int{}} }

func (c *tally) add(s strike) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kills++
	if s.blow.Nth == 0 {
		c.moments[s.moment]++
	} else {
		c.commits[blow{Write: s.blow.Write, After: s.blow.After}]++
	}
}

// end notes that a world was played to the end.
func (c *tally) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.worlds++
}

// assertComplete checks that there were so many kills, among them one on either side of every kind of commit and one at
// every moment around requests.
func (c *tally) assertComplete(t *testing.T, kills int) {
	t.Helper()
	if c.kills < kills {
		t.Errorf("%d kills, want %d", c.kills, kills)
	}
	for _, write := range journalPoints {
		for _, after := range []bool{false, true} {
			if b := (blow{Write: write, After: after}); c.commits[b] == 0 {
				t.Errorf("nothing was killed at %+v", b)
			}
		}
	}
	for _, m := range moments {
		if c.moments[m] == 0 {
			t.Errorf("nothing was killed %s a request", m)
		}
	}
}
