package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The API versions that the org lists; older ones are retired.
const (
	OldestVersion = 31
	NewestVersion = 67
)

// Sessions knows the access tokens that are good.
type Sessions interface {
	// Use returns the user of a token for one data call; ok is false where the
	// token is not, or no longer, good.
	Use(token string) (userID string, ok bool)
	// Expire ends a token; ok tells whether it was good.
	Expire(token string) (ok bool)
}

// Endpoint is what one method of a resource does; Kind names it in the journal.
type Endpoint struct {
	Kind  string
	Serve func(*Call)
}

// Methods are a resource's endpoints by HTTP method.
type Methods map[string]Endpoint

// Gate stands between the wire and the handlers: an [http.Handler] that notes
// every request in the journal, enforces the URI limit, lets faults strike, and
// for data calls checks version, session and daily limit before it routes. All
// fields must be set.
type Gate struct {
	Journal  *journal.Journal
	Faults   *fault.Injector
	Quota    *quota.Usage
	Sessions Sessions
	View     func(userID string) *schema.Schema
	Running  context.Context //nolint:containedctx // the life of the org, which held requests end with
	Now      func() time.Time
	Latency  time.Duration // added to every request
	Logger   hclog.Logger

	mux http.ServeMux
}

// ServeHTTP answers one request.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := g.newCall(w, r)
	defer c.finish()
	if c.tooLong() || !c.pause(g.Latency) {
		return
	}
	after, ok := c.strike(g.Faults.Request(r.Method, c.Request.URL.Path))
	if !ok {
		return
	}
	g.mux.ServeHTTP(c.Out, c.Request)
	after()
}

// Unknown answers whatever no resource is registered for.
func (g *Gate) Unknown() {
	g.mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) { callOf(r).NotFound() })
}

// Open registers a resource that needs no session and costs no call.
func (g *Gate) Open(pattern string, m Methods) {
	g.mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.Request = r
		e, known := m.find(r.Method)
		c.Entry.Kind = e.Kind
		if !known {
			c.notAllowed(m)
			return
		}
		e.Serve(c)
	})
}

// Data registers resources below /services/data/vXX.0, by path. They need a
// session and count against the daily limit.
func (g *Gate) Data(resources map[string]Methods) {
	for path, m := range resources {
		g.mux.HandleFunc("/services/data/{version}"+path, func(_ http.ResponseWriter, r *http.Request) {
			c := callOf(r)
			c.Request = r
			e, known := m.find(r.Method)
			c.Entry.Kind = e.Kind
			switch {
			case !c.checkVersion() || !c.checkSession() || !c.spend():
			case !known:
				c.notAllowed(m)
			default:
				e.Serve(c)
			}
		})
	}
}

func (m Methods) find(method string) (Endpoint, bool) {
	e, ok := m[method]
	if !ok {
		e.Kind = "other"
	}
	return e, ok
}

func (c *Call) notAllowed(m Methods) {
	var allowed []string
	for method := range m {
		allowed = append(allowed, method)
	}
	slices.Sort(allowed)
	c.Out.Header().Set("Allow", strings.Join(allowed, ","))
	c.Fail(http.StatusMethodNotAllowed, sferr.New("METHOD_NOT_ALLOWED",
		"HTTP Method '%s' not allowed. Allowed are %s", c.Request.Method, strings.Join(allowed, ",")))
}

// checkVersion reads the version of the path.
func (c *Call) checkVersion() bool {
	version, ok := strings.CutPrefix(c.Request.PathValue("version"), "v")
	major, whole := strings.CutSuffix(version, ".0")
	n, err := strconv.Atoi(major)
	switch {
	case !ok || !whole || err != nil || n > NewestVersion || strconv.Itoa(n) != major:
		c.NotFound()
		return false
	case n < OldestVersion:
		c.Fail(http.StatusGone, sferr.New("GONE", "API version %s is retired; the oldest supported is %d.0", version, OldestVersion))
		return false
	}
	c.Version = version
	return true
}

// checkSession answers 401 to a call without a good token.
func (c *Call) checkSession() bool {
	user, ok := c.gate.Sessions.Use(Bearer(c.Request))
	if !ok {
		c.Out.Header().Set("WWW-Authenticate", "Token")
		c.Fail(http.StatusUnauthorized, sferr.New("INVALID_SESSION_ID", "Session expired or invalid"))
		return false
	}
	c.UserID, c.Schema = user, c.gate.View(user)
	return true
}

// spend counts the call and sets the limit header.
func (c *Call) spend() bool {
	header, ok := c.gate.Quota.Spend()
	if header != "" {
		c.Out.Header().Set(limitHeader, header)
	}
	if !ok {
		c.Fail(http.StatusForbidden, sferr.New("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
		return false
	}
	c.Entry.Calls = 1
	return true
}

// Bearer is the token of an Authorization header, of scheme Bearer or OAuth.
func Bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "OAuth") {
		return strings.TrimSpace(token)
	}
	return ""
}
