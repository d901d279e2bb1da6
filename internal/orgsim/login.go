package orgsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/auth"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/rest"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// LoginHost stands for login.salesforce.com or test.salesforce.com: an
// [http.Handler] through which people and programs log in to several orgs of one
// kind. It finds the org by username, code or token; client credentials it
// refuses. Data calls go to the instance_url that it answers with, so that each
// org should know its own ([Org.SetURL], [Start]).
type LoginHost struct {
	gate    *web.Gate
	journal journal.Journal
	faults  fault.Injector
	control *http.ServeMux
	stop    context.CancelFunc
}

// NewLoginHost returns the login host of those orgs that are of its kind. It knows
// nothing of the others, as test.salesforce.com knows no production user.
func NewLoginHost(sandbox bool, orgs ...*Org) *LoginHost {
	config := Config{}.withDefaults()
	var servers []*auth.Server
	acts := map[fault.Action]func(){}
	for _, org := range orgs {
		if org.config.Sandbox == sandbox {
			servers = append(servers, org.auth)
			config = org.config
			for action, act := range org.acts() {
				others := acts[action]
				acts[action] = func() {
					if others != nil {
						others()
					}
					act()
				}
			}
		}
	}
	running, stop := context.WithCancel(context.Background())
	l := &LoginHost{stop: stop}
	host := auth.NewSharedHost(servers, sandbox, config.Now)
	l.gate = &web.Gate{
		Journal: &l.journal, Faults: &l.faults, Quota: quota.New(0, 0), Sessions: host,
		View:    func(*store.Unit, string) *schema.Schema { return config.Schema },
		Running: running, Now: config.Now, Logger: config.Logger, Acts: acts,
	}
	host.Register(l.gate)
	rest.RegisterVersions(l.gate)
	l.gate.Unknown()
	j := &judge{journal: &l.journal, faults: &l.faults, add: l.AddFaults, running: running}
	l.control = controlRoutes(append(j.controlTable(), controlRoute{"POST /orgsim/reset", controlDone(l.reset), nil}))
	return l
}

// ServeHTTP answers one request: a client's, or under /orgsim/ a control call for
// the host's own journal and faults, as [Org.ServeHTTP] does.
func (l *LoginHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		serveControl(l.control, w, r)
		return
	}
	l.gate.ServeHTTP(w, r)
}

// reset forgets journal and faults; the logins are the orgs' own.
func (l *LoginHost) reset() {
	l.faults.Clear()
	l.journal.Reset()
}

// Journal is the record of all requests to this host.
func (l *LoginHost) Journal() *journal.Journal { return &l.journal }

// Faults holds the fault rules in force at this host.
func (l *LoginHost) Faults() *fault.Injector { return &l.faults }

// Close lets go of whatever faults hold. It may be called twice.
func (l *LoginHost) Close() {
	l.stop()
	l.faults.Release()
}

// SetURL says where clients reach the org, such as https://acme.my.salesforce.com:
// its instance_url. Without it, [Start] names the address that it listens on, and
// otherwise it is whatever host a request is for. "" takes it back.
func (o *Org) SetURL(url string) {
	if url == "" {
		o.url.Store(nil)
		return
	}
	url = strings.TrimSuffix(url, "/")
	o.url.Store(&url)
}

// listening takes an address for the org's URL, where it has none and the address
// is that of one interface. It returns what it has set, or nil.
func (o *Org) listening(address net.Addr) *string {
	url := "http://" + address.String()
	tcp, ok := address.(*net.TCPAddr)
	if !ok || tcp.IP.IsUnspecified() || !o.url.CompareAndSwap(nil, &url) {
		return nil
	}
	return &url
}

// authConfig is what the login server needs of the org.
func (o *Org) authConfig() auth.Config {
	c := o.config
	accounts := make([]auth.Account, 0, len(c.Users))
	for _, u := range c.Users {
		accounts = append(accounts, auth.Account{Username: u.Username, Password: u.Password, Locked: u.Locked, Approved: u.Approved})
	}
	return auth.Config{
		App: c.App, Accounts: accounts, Policy: c.Sessions, Seed: c.Seed, Sandbox: c.Sandbox, Now: c.Now,
		MaxAttempts: c.MaxLoginAttempts, MaxLogins: c.MaxLogins,
		Org: o.ID, RunAs: o.RunAs,
		URL: func() string {
			if url := o.url.Load(); url != nil {
				return *url
			}
			return ""
		},
		User:     func(id string) (map[string]string, bool) { return o.Record("User", id) },
		FindUser: o.db.UserNamed,
	}
}

var errNoUser = errors.New("the org has no user of that name")

// userID is the id of a user by name, for callers that name a user they know.
func (o *Org) userID(username string) (string, error) {
	id, ok := o.db.UserNamed(username)
	if !ok {
		return "", fmt.Errorf("%w: %s", errNoUser, username)
	}
	return id, nil
}
