package orgsim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/auth"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/bulk"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/paging"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/rest"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/tooling"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// Org is one simulated org. It is safe for concurrent use.
type Org struct {
	config Config
	url    atomic.Pointer[string]

	naming sync.RWMutex
	id     string // of the organization, 18 characters
	runAs  string // id of the run-as user

	db      *store.DB
	quota   *quota.Usage
	journal journal.Journal
	faults  fault.Injector

	auth    *auth.Server
	host    *auth.Host
	rest    *rest.API
	bulk    *bulk.API
	gate    *web.Gate
	control *http.ServeMux

	running context.Context //nolint:containedctx // the life of the org, which its background jobs end with
	stop    context.CancelFunc
	work    workers // background jobs
}

// New returns an org without records. It fails where the schema's defaults break
// their own fields' rules or a user cannot be made.
func New(config Config) (*Org, error) { return newOrg(config, (*Org).furnish) }

// newOrg returns an org with the records that fill makes.
func newOrg(config Config, fill func(*Org) error) (*Org, error) {
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("check config: %w", err)
	}
	config = config.withDefaults()
	if err := config.Schema.Check(); err != nil {
		return nil, fmt.Errorf("check schema: %w", err)
	}
	pod := podOf(config)
	db, err := store.New(config.Schema, pod, config.Now)
	if err != nil {
		return nil, fmt.Errorf("set up records: %w", err)
	}
	db.RestrictSetup(config.mayCustomize)
	o := &Org{config: config, db: db, quota: quota.New(config.DailyCalls, config.DailyBatches)}
	o.running, o.stop = context.WithCancel(context.Background())
	o.faults.Seed, o.faults.Now = config.Seed, config.Now
	if err := fill(o); err != nil {
		return nil, err
	}
	if err := o.wire(pod); err != nil {
		return nil, err
	}
	o.control = controlRoutes(o.controlTable())
	return o, nil
}

// wire puts the APIs behind the gate.
func (o *Org) wire(pod string) (err error) {
	c := o.config
	pages := paging.Pages{Seed: c.Seed, Steady: c.SteadyPages}
	if o.auth, err = auth.New(o.authConfig()); err != nil {
		return fmt.Errorf("set up logins: %w", err)
	}
	o.host = auth.NewHost(o.auth)
	o.rest = rest.New(rest.Config{DB: o.db, Quota: o.quota, Pages: pages, PageSize: c.PageSize, Org: o.ID, Now: c.Now})
	o.bulk = bulk.New(bulk.Config{
		DB: o.db, Faults: &o.faults, Quota: o.quota, Journal: &o.journal, Pages: pages, PageRows: c.BulkPageRows,
		Pod: pod, Now: c.Now, Running: o.running, Start: o.work.start,
		Pace: c.BulkPace, HardDelete: o.mayHardDelete,
	})
	o.gate = &web.Gate{
		Journal: &o.journal, Faults: &o.faults, Quota: o.quota, Sessions: o.auth, View: func(u *store.Unit, userID string) *schema.Schema { return o.db.In(u).View(userID) },
		Running: o.running, Now: c.Now, Latency: c.Latency, Logger: c.Logger, Acts: o.acts(),
		App: c.App.ClientID, LongCalls: c.LongCalls,
	}
	o.host.Register(o.gate)
	o.rest.Register(o.gate)
	o.bulk.Register(o.gate)
	fields, err := tooling.New(tooling.Config{DB: o.db, Pod: pod, Now: c.Now, MayCustomize: o.mayCustomize})
	if err != nil {
		return fmt.Errorf("set up the Tooling API: %w", err)
	}
	fields.Register(o.gate)
	o.gate.Unknown()
	return nil
}

// furnish makes the records that every org has: itself and its users.
func (o *Org) furnish() error {
	if err := o.found(); err != nil {
		return err
	}
	for i, u := range o.config.Users {
		id, err := o.Insert("User", map[string]string{
			"Username": u.Username, "FirstName": u.FirstName, "LastName": u.LastName, "Email": u.Email,
			"IsActive": strconv.FormatBool(!u.Inactive),
		})
		if err != nil {
			return fmt.Errorf("add user %q: %w", u.Username, err)
		}
		if i == 0 {
			o.naming.Lock()
			o.runAs = id
			o.naming.Unlock()
		}
	}
	if err := o.db.Catalogue(o.administrator(true)); err != nil {
		return fmt.Errorf("list the schema: %w", err)
	}
	return nil
}

// found makes the record of the org itself, which gives it its id.
func (o *Org) found() error {
	id, err := o.Insert("Organization", map[string]string{
		"Name": "orgsim", "IsSandbox": strconv.FormatBool(o.config.Sandbox),
		"OrganizationType": "Developer Edition", "InstanceName": "SIM1",
	})
	if err != nil {
		return fmt.Errorf("add organization: %w", err)
	}
	o.naming.Lock()
	defer o.naming.Unlock()
	o.id = id
	return nil
}

// mayCustomize tells whether the user has the permission Customize Application.
func (o *Org) mayCustomize(userID string) bool {
	record, ok := o.Record("User", userID)
	return ok && o.config.mayCustomize(record["Username"])
}

// mayCustomize is [Org.mayCustomize] for the name of a user there is.
func (c Config) mayCustomize(username string) bool {
	return !slices.ContainsFunc(c.Users, func(u User) bool { return u.NoCustomize && strings.EqualFold(u.Username, username) })
}

// mayHardDelete tells whether the user has the permission Bulk API Hard Delete.
func (o *Org) mayHardDelete(userID string) bool {
	return o.configured(userID, func(u User) bool { return u.HardDelete })
}

// configured tells whether the user stands in the config with the property.
func (o *Org) configured(userID string, has func(User) bool) bool {
	record, ok := o.Record("User", userID)
	return ok && slices.ContainsFunc(o.config.Users, func(u User) bool {
		return has(u) && strings.EqualFold(u.Username, record["Username"])
	})
}

// podOf is the pod of the org's ids. A sandbox has another than the production
// org of the same seed.
func podOf(config Config) string {
	if config.Sandbox {
		return recordid.Pod(config.Seed + sandboxPod)
	}
	return recordid.Pod(config.Seed)
}

// sandboxPod is how far a sandbox's pod lies from its production org's.
const sandboxPod = 62 * 31

// ID is the organization's id, 18 characters.
func (o *Org) ID() string {
	o.naming.RLock()
	defer o.naming.RUnlock()
	return o.id
}

// RunAs is the id of the app's run-as user, 18 characters.
func (o *Org) RunAs() string {
	o.naming.RLock()
	defer o.naming.RUnlock()
	return o.runAs
}

// Journal is the record of all requests.
func (o *Org) Journal() *journal.Journal { return &o.journal }

// Faults holds the fault rules in force.
func (o *Org) Faults() *fault.Injector { return &o.faults }

// Close ends background jobs and whatever faults hold, and waits for the jobs; no
// others start afterwards. It may be called twice. Requests still under way are the
// server's to wait for.
func (o *Org) Close() {
	o.stop()
	o.faults.Release()
	o.work.close()
}

// Reset forgets journal, faults, logins, cursors and jobs, takes back what was
// changed in the app and its users' accounts, and with records also drops all
// records but the org itself and its users, and the fields that were made since.
func (o *Org) Reset(records bool) error {
	o.faults.Clear()
	o.bulk.Reset()
	o.rest.Reset()
	o.auth.Reset()
	o.host.Reset()
	o.quota.Reset()
	o.journal.Reset()
	if !records {
		return nil
	}
	if err := o.unmakeFields(); err != nil {
		return err
	}
	o.db.Reset()
	return o.furnish()
}

// unmakeFields removes the fields that the schema which the org began with lacks.
func (o *Org) unmakeFields() error {
	for _, object := range o.db.Schema().Objects() {
		first, known := o.config.Schema.Object(object.Name)
		for i := range object.Fields {
			f := &object.Fields[i]
			if f.Removed() || !known {
				continue
			}
			if _, had := first.AnyField(f.Name); had {
				continue
			}
			if err := o.db.RemoveField(object.Name, f.Name); err != nil {
				return fmt.Errorf("remove field %s of %s: %w", f.Name, object.Name, err)
			}
		}
	}
	return nil
}

// ServeHTTP answers API calls, and under /orgsim/ the control calls, which it
// takes from this machine only and keeps out of the journal.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		serveControl(o.control, w, r)
		return
	}
	o.gate.ServeHTTP(w, r)
}

var errNoObject = errors.New("the org has no object of that name")
