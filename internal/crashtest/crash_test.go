package crashtest_test

import (
	"flag"
	"hash/fnv"
	"math/rand/v2"
	"net/url"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

var (
	kills = flag.Int("kills", 200, "how many kills there are at least, those of the shipped program included")
	seed  = flag.Uint64("seed", 1, "what the choice of kills follows")
)

// engine is a database and how many daemons work on it.
type engine struct {
	name     string
	nodes    int
	database func(t *testing.T, dir string) string
}

var engines = []engine{
	{"sqlite", 1, func(_ *testing.T, dir string) string { return "sqlite://" + filepath.Join(dir, "reportsync.db") }},
	{"postgres", 2, func(t *testing.T, _ string) string { return frugal(t, testenv.Postgres(t)) }},
}

// frugal has a daemon use few connections: many daemons share the server, and it counts them.
func frugal(t *testing.T, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("pool_max_conns", "4")
	u.RawQuery = query.Encode()
	return u.String()
}

// The shipped program takes its time to take over, so there are few of those: in two ways, on each engine.
const (
	shippedRounds = 2
	shippedKills  = shippedRounds * 2 * 2
)

// fullShare is how many kills in each world it takes to have some at every point.
const fullShare = 16

var shippedWays = []way{ways[1], ways[4]}

// However often and whenever daemons are killed, every record ends up right, nothing is created or written twice, every
// row has its one outcome, and no run takes a person, or a minute.
func TestKilled(t *testing.T) {
	t.Parallel()
	share := max(1, (*kills-shippedKills+len(engines)*len(ways)-1)/(len(engines)*len(ways)))
	tallies := make([]*tally, len(engines))
	var worlds sync.WaitGroup
	for i, e := range engines {
		tallies[i] = newTally()
		for nth, w := range ways {
			// Side by side, however few cores there are: most of the time they wait for a lease to expire.
			worlds.Go(func() {
				t.Run(e.name+"/"+w.name, func(t *testing.T) { //nolint:paralleltest // see above
					haunt(t, newWorld(t, w, e, randomOf(t), ""), nth, share, tallies[i])
				})
			})
		}
	}
	worlds.Wait()
	for i, e := range engines {
		c := tallies[i]
		t.Logf("%s: %d kills, at commits %v, around requests %v", e.name, c.kills, c.commits, c.moments)
		if c.worlds == len(ways) && share >= fullShare { // else some were left out on purpose, skipped, or failed
			c.assertComplete(t, share*len(ways))
		}
	}
}

// haunt plays rounds until the daemons of a world have been killed so many times.
func haunt(t *testing.T, d *world, nth, kills int, c *tally) {
	t.Helper()
	_, requests := d.play()
	deck := newDealer(d.random, nth, d.commits(), requests)
	for struck := 0; struck < kills; {
		hits, _ := d.play(deck.deal()...)
		for _, s := range hits {
			c.add(s)
		}
		struck += len(hits)
	}
	c.end()
}

// The program as it is shipped, with its own patience, takes over within the minute as well.
func TestKilledShipped(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "reportsyncd")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "./daemon/cmd/reportsyncd")
	build.Dir = testenv.ModuleRoot(t)
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build reportsyncd: %v\n%s", err, said)
	}
	var worlds sync.WaitGroup
	for _, e := range engines {
		for _, w := range shippedWays {
			worlds.Go(func() {
				t.Run(e.name+"/"+w.name, func(t *testing.T) { //nolint:paralleltest // as above
					d := newWorld(t, w, e, randomOf(t), program)
					_, requests := d.play()
					deck := newDealer(d.random, 0, nil, requests)
					for range shippedRounds {
						if hits, _ := d.play(deck.first()); len(hits) != 1 {
							t.Errorf("round %d: nothing was killed", d.round)
						}
					}
				})
			})
		}
	}
	worlds.Wait()
}

// randomOf makes the choices of a test, which differ from those of others.
func randomOf(t *testing.T) *rand.Rand {
	t.Helper()
	t.Logf("seed %d (flag -seed)", *seed)
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name()))               // it never fails
	return rand.New(rand.NewPCG(*seed, h.Sum64())) //nolint:gosec // reproducible on purpose
}
