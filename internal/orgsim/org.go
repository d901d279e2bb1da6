package orgsim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// Org is one simulated org. It is safe for concurrent use.
type Org struct {
	config Config
	id     string // of the organization, 18 characters
	runAs  string // id of the run-as user

	db       *store.DB
	sessions *sessions
	cursors  *cursors
	jobs     *jobs
	usage    *usage
	journal  journal.Journal
	faults   fault.Injector

	api     *http.ServeMux
	control *http.ServeMux

	running context.Context //nolint:containedctx // the life of the org, which its background jobs end with
	stop    context.CancelFunc
	work    sync.WaitGroup // background jobs
}

// New returns an org without records. It fails where the schema's defaults break
// their own fields' rules or a user cannot be made.
func New(config Config) (*Org, error) {
	config = config.withDefaults()
	if err := config.Schema.Check(); err != nil {
		return nil, fmt.Errorf("check schema: %w", err)
	}
	pod := recordid.Pod(config.Seed)
	db, err := store.New(config.Schema, pod, config.Now)
	if err != nil {
		return nil, fmt.Errorf("set up records: %w", err)
	}
	o := &Org{
		config: config, db: db,
		sessions: newSessions(config.Sessions, config.Now), cursors: newCursors(),
		usage: newUsage(config.DailyCalls, config.DailyBatches),
	}
	o.jobs = newJobs(pod)
	o.running, o.stop = context.WithCancel(context.Background())
	if err := o.furnish(); err != nil {
		return nil, err
	}
	o.api, o.control = o.apiRoutes(), o.controlRoutes()
	return o, nil
}

// furnish makes the records that every org has: itself and its users.
func (o *Org) furnish() (err error) {
	o.id, err = o.Insert("Organization", map[string]string{
		"Name": "orgsim", "IsSandbox": strconv.FormatBool(o.config.Sandbox),
		"OrganizationType": "Developer Edition", "InstanceName": "SIM1",
	})
	if err != nil {
		return fmt.Errorf("add organization: %w", err)
	}
	for i, u := range o.config.Users {
		id, err := o.Insert("User", map[string]string{
			"Username": u.Username, "FirstName": u.FirstName, "LastName": u.LastName, "Email": u.Email,
		})
		if err != nil {
			return fmt.Errorf("add user %q: %w", u.Username, err)
		}
		if i == 0 {
			o.runAs = id
		}
	}
	return nil
}

// ID is the organization's id, 18 characters.
func (o *Org) ID() string { return o.id }

// Journal is the record of all requests.
func (o *Org) Journal() *journal.Journal { return &o.journal }

// Faults holds the fault rules in force.
func (o *Org) Faults() *fault.Injector { return &o.faults }

// ExpireSessions ends all sessions: their tokens are INVALID_SESSION_ID from now
// on.
func (o *Org) ExpireSessions() { o.sessions.expireAll() }

// Close ends background jobs and whatever faults hold, and waits for the jobs.
// It may be called twice. Requests still under way are the server's to wait for.
func (o *Org) Close() {
	o.stop()
	o.faults.Release()
	o.work.Wait()
}

// Reset forgets journal, faults, sessions, cursors and jobs, and with records
// also all records but the org itself and its users.
func (o *Org) Reset(records bool) error {
	o.faults.Clear()
	o.jobs.clear()
	o.cursors.clear()
	o.sessions.expireAll()
	o.usage.reset()
	o.journal.Reset()
	if !records {
		return nil
	}
	o.db.Reset()
	return o.furnish()
}

// ServeHTTP answers API calls, and under /orgsim/ the control calls, which it
// takes from this machine only and keeps out of the journal.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		o.serveControl(w, r)
		return
	}
	c := newCall(o, w, r)
	defer c.finish()
	if c.tooLong() {
		return
	}
	if !c.pause(o.config.Latency) {
		return
	}
	path, _ := strings.CutSuffix(r.URL.Path, "/")
	after, ok := c.strike(o.faults.Request(r.Method, path))
	if !ok {
		return
	}
	o.api.ServeHTTP(c.out, c.request)
	after()
}

var errNoObject = errors.New("the org has no object of that name")
