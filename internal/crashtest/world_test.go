package crashtest_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	mathrand "math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	// jobPace has Bulk jobs looked at more than once, so that daemons die while one is at work.
	jobPace = 150 * time.Millisecond
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
	org, err := orgsim.New(orgsim.Config{Schema: s, BulkPace: jobPace})
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
