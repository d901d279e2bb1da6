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
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/auth"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulk"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/paging"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/rest"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// Org is one simulated org. It is safe for concurrent use.
type Org struct {
	config Config
	id     string // of the organization, 18 characters
	runAs  string // id of the run-as user

	db      *store.DB
	quota   *quota.Usage
	journal journal.Journal
	faults  fault.Injector

	auth    *auth.Server
	rest    *rest.API
	bulk    *bulk.API
	gate    *web.Gate
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
	o := &Org{config: config, db: db, quota: quota.New(config.DailyCalls, config.DailyBatches)}
	o.running, o.stop = context.WithCancel(context.Background())
	if err := o.furnish(); err != nil {
		return nil, err
	}
	o.wire(pod)
	o.control = o.controlRoutes()
	return o, nil
}

// wire puts the APIs behind the gate.
func (o *Org) wire(pod string) {
	c := o.config
	pages := paging.Pages{Seed: c.Seed, Steady: c.SteadyPages}
	o.auth = auth.New(auth.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, NoRunAsUser: c.NoRunAsUser,
		Policy: c.Sessions, Seed: c.Seed, Now: c.Now,
		Org: o.ID, RunAs: func() string { return o.runAs },
		User: func(id string) (map[string]string, bool) { return o.Record("User", id) },
	})
	o.rest = rest.New(rest.Config{DB: o.db, Faults: &o.faults, Quota: o.quota, Pages: pages, PageSize: c.PageSize, Org: o.ID})
	o.bulk = bulk.New(bulk.Config{
		DB: o.db, Faults: &o.faults, Quota: o.quota, Journal: &o.journal, Pages: pages, PageRows: c.BulkPageRows,
		Pod: pod, Now: c.Now, Running: o.running, Work: &o.work,
	})
	o.gate = &web.Gate{
		Journal: &o.journal, Faults: &o.faults, Quota: o.quota, Sessions: o.auth, View: o.db.View,
		Running: o.running, Now: c.Now, Latency: c.Latency, Logger: c.Logger,
	}
	o.auth.Register(o.gate)
	o.rest.Register(o.gate)
	o.bulk.Register(o.gate)
	o.gate.Unknown()
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
func (o *Org) ExpireSessions() { o.auth.ExpireAll() }

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
	o.bulk.Reset()
	o.rest.Reset()
	o.auth.ExpireAll()
	o.quota.Reset()
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
	o.gate.ServeHTTP(w, r)
}

var errNoObject = errors.New("the org has no object of that name")
