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

const (
	// fullShare is how many kills in each world it takes to have some at every point.
	fullShare = 16
	// shippedShare is how many there are in each world of the shipped program, which takes its time to take over.
	shippedShare = 2
)

// shippedWays are those of the shipped program's worlds.
var shippedWays = []way{ways[1], ways[4]}

// However often and whenever daemons are killed, every record ends up right, nothing is created or written twice, every
// row has its one outcome, and no run takes a person, or a minute.
func TestKilled(t *testing.T) {
	t.Parallel()
	number := len(engines) * len(ways)
	share := max(1, (*kills-shippedShare*len(engines)*len(shippedWays)+number-1)/number)
	tallies := make([]*tally, len(engines))
	var worlds sync.WaitGroup
	for i, e := range engines {
		tallies[i] = newTally()
		for nth, w := range ways {
			// Side by side, however few cores there are: most of the time they wait for a lease to expire.
			worlds.Go(func() {
				t.Run(e.name+"/"+w.name, func(t *testing.T) {
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
		if d.round > 10+4*kills {
			t.Fatalf("%d kills in %d rounds: what is to kill the daemons does not", struck, d.round)
		}
		strikes := deck.deal()
		hits, _ := d.play(strikes...)
		if len(hits) == 0 {
			deck.missed(strikes[0])
		}
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
				t.Run(e.name+"/"+w.name, func(t *testing.T) {
					haunt(t, newWorld(t, w, e, randomOf(t), program), 0, shippedShare, newTally())
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
