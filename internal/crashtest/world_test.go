package crashtest_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	mathrand "math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

const (
	// recovery is how soon after a kill a run has ended (invariant 6).
	recovery = time.Minute
	// patience is for what must happen soon; it is used up only when a test fails.
	patience = 30 * time.Second
)

// world is an org, an integration that writes to it in one way, and the daemons that carry it out.
type world struct {
	*testing.T

	way         way
	random      *mathrand.Rand
	org         *orgsim.Org
	wire        *wire
	dir         string
	database    string // URL
	nodes       []*node
	integration reportsync.Integration
	round       int
	titles      map[string]string // what the org must hold, by key
}

// newWorld makes a world and starts its daemons: programs as shipped where one is named.
func newWorld(t *testing.T, w way, e engine, random *mathrand.Rand, program string) *world {
	t.Helper()
	d := &world{T: t, way: w, random: random, dir: t.TempDir(), titles: w.known()}
	d.openOrg()
	for _, folder := range []string{"reports", "artifacts", "blows"} {
		d.must(os.Mkdir(d.path(folder), 0o700))
	}
	key := make([]byte, 32)
	_, err := rand.Read(key)
	d.must(err)
	d.must(os.WriteFile(d.path("key"), []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600))
	d.database = e.database(t, d.dir)
	for i := range e.nodes {
		d.nodes = append(d.nodes, &node{program: program, settings: settings{
			StateDir: d.path(fmt.Sprint("node", i)), DatabaseURL: d.database, ArtifactsURL: "file://" + d.path("artifacts"),
			KeyFile: d.path("key"), Reports: d.path("reports"), Blows: d.path("blows"),
		}})
	}
	t.Cleanup(func() {
		for _, n := range d.nodes {
			n.end(t)
			if t.Failed() {
				t.Log(tail(n.log()))
			}
		}
	})
	d.writeReport(nil) // for the columns that the integration is checked against
	d.reviveAll()
	d.configure()
	return d
}

func (d *world) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *world) path(name string) string { return filepath.Join(d.dir, name) }

// openOrg makes the org, with the records that are known, and has it listen.
func (d *world) openOrg() {
	d.Helper()
	s := schema.Standard()
	d.must(s.Add(schema.Object{Name: object, Fields: contactFields}))
	org, err := orgsim.New(orgsim.Config{Schema: s})
	d.must(err)
	d.org, d.wire = org, &wire{org: org}
	server := httptest.NewServer(d.wire)
	d.Cleanup(func() { server.Close(); org.Close() })
	org.SetURL(server.URL)
	for key, title := range d.titles {
		_, err := org.Insert(object, map[string]string{d.way.field: key, "LastName": name(key), "Title": title})
		d.must(err)
	}
	d.wire.url = server.URL
}

// token is that of the first node, which made it.
func (d *world) token() reportsync.Secret {
	text, err := os.ReadFile(daemon.AdminTokenFile(d.nodes[0].settings.StateDir))
	d.must(err)
	return reportsync.Secret(strings.TrimSpace(string(text)))
}

// reviveAll starts every daemon that is dead.
func (d *world) reviveAll() {
	d.Helper()
	for _, n := range d.nodes {
		if !n.alive() {
			n.end(d.T)
			n.start(d.T, d.token)
		}
	}
}

// revive starts the dead daemons, or leaves the run to the ones that are left for now.
func (d *world) revive() {
	d.Helper()
	for _, n := range d.nodes {
		if n.alive() && d.random.IntN(2) == 0 {
			return
		}
	}
	d.reviveAll()
}

// ask calls a daemon that is alive, and another one when that dies meanwhile.
func (d *world) ask(call func(c *api.Client) error) {
	d.Helper()
	await(d.T, "a daemon answers", patience, func() bool {
		for _, n := range d.nodes {
			if !n.alive() {
				continue
			}
			err := call(n.client)
			if reportsync.CodeOf(err) != reportsync.CodeUnavailable {
				d.must(err)
				return true
			}
		}
		return false
	})
}

func (d *world) writeReport(rows []row) {
	d.Helper()
	d.must(os.WriteFile(d.path("reports/report.csv"), []byte(text(rows)), 0o600))
}

func (d *world) configure() {
	d.Helper()
	d.ask(func(c *api.Client) error {
		connection, err := c.CreateConnection(d.Context(), reportsync.ConnectionSpec{
			Name: "org", Environment: reportsync.Production, LoginURL: &d.wire.url,
			ClientCredentials: &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: orgsim.DefaultClientSecret},
		})
		if err != nil {
			return err
		}
		source, err := c.CreateSource(d.Context(), reportsync.SourceSpec{Name: "reports", Files: &reportsync.FilesSource{URL: "file://" + d.path("reports")}})
		if err != nil {
			return err
		}
		spec := d.way.spec()
		spec.ConnectionID, spec.SourceID = connection.ID, source.ID
		d.integration, err = c.CreateIntegration(d.Context(), spec)
		return err
	})
}

// play runs the integration on a new report. Each attempt dies of one of the strikes, until there are none left or the
// run has ended before. It returns the strikes that struck, and how many requests the org had.
func (d *world) play(strikes ...strike) (struck []strike, requests int) {
	d.Helper()
	d.round++
	rows := d.way.report(d.round, d.titles)
	d.writeReport(rows)
	d.org.Faults().Clear()
	d.must(d.org.AddFaults(troubles(d.round)...))
	writes, before := d.org.Writes(object), d.wire.requests()

	deaths := d.deaths()
	if len(strikes) > 0 {
		d.Logf("round %d: %v", d.round, strikes)
		d.arm(strikes[0])
	}
	id := d.start()
	for len(struck) < len(strikes) && d.awaitDeath(id, deaths) {
		struck = append(struck, strikes[len(struck)])
		deaths = d.deaths()
		d.disarm()
		if len(struck) < len(strikes) {
			d.arm(strikes[len(struck)]) // before anybody can take over
		}
		d.revive()
		if id == "" {
			id = d.newest()
		}
		d.assertOneLive(id)
	}
	d.disarm()
	d.reviveAll()
	d.assertRound(d.awaitEnd(id), rows, writes)
	return struck, d.wire.requests() - before
}

// start starts a run. The id is empty when the daemon that was asked died before it could tell.
func (d *world) start() (id string) {
	d.Helper()
	run, err := d.nodes[0].client.StartRun(d.Context(), d.integration.ID, api.StartRun{}, "")
	if err != nil && reportsync.CodeOf(err) != reportsync.CodeUnavailable {
		d.Fatal(err)
	}
	return run.ID
}

// newest returns the id of the run that was started last.
func (d *world) newest() (id string) {
	d.Helper()
	d.ask(func(c *api.Client) error {
		for run, err := range c.Runs(d.Context(), api.RunQuery{Limit: 1}) {
			if err != nil {
				return err
			}
			id = run.ID
		}
		return nil
	})
	return id
}

// arm makes a strike the fate of the next attempt.
func (d *world) arm(s strike) {
	d.Helper()
	if s.blow.Nth == 0 {
		d.wire.strike(s.request, s.moment, d.killHolder)
		return
	}
	text, err := json.Marshal(s.blow)
	d.must(err)
	// In one step, since a daemon may be looking.
	d.must(os.WriteFile(d.path("blow.new"), text, 0o600))
	d.must(os.Rename(d.path("blow.new"), filepath.Join(d.path("blows"), blowFile)))
}

func (d *world) disarm() {
	d.Helper()
	d.wire.calm()
	if err := os.Remove(filepath.Join(d.path("blows"), blowFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.Fatal(err)
	}
}

// commits returns how many commits went through so far, by method.
func (d *world) commits() map[string]int {
	d.Helper()
	counts := map[string]int{}
	text, err := os.ReadFile(filepath.Join(d.path("blows"), traceFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.Fatal(err)
	}
	for method := range strings.FieldsSeq(string(text)) {
		counts[method]++
		counts[""]++
	}
	return counts
}

// killHolder kills the daemon that holds the run.
func (d *world) killHolder() {
	holder := d.nodes[0].current()
	if len(d.nodes) > 1 {
		pid, err := d.holder()
		if err != nil {
			d.Errorf("find out who holds the run: %v", err)
			return
		}
		for _, n := range d.nodes {
			if p := n.current(); p.process.Pid == pid {
				holder = p
			}
		}
	}
	if err := holder.kill(); err != nil {
		d.Error(err)
	}
	<-holder.dead
}

// holder returns the process that holds the run. Nobody but the database says that, in the name of the node:
// host/process/random.
func (d *world) holder() (pid int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pool, err := pgxpool.New(ctx, d.database)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	err = pool.QueryRow(ctx, `SELECT split_part(owner, '/', 2)::int FROM runs WHERE status = 'running'`).Scan(&pid)
	return pid, err
}
