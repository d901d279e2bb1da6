package web

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// The API versions that the org lists; older ones are retired.
const (
	OldestVersion = 31
	NewestVersion = 67

	oldestSupported = 41           // below it, versions are deprecated (Knowledge article 005321531) …
	removal         = "Summer '28" // … and this is when they go
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
	Since int // the API version that brought it; 0: it has always been there
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
	View     func(unit *store.Unit, userID string) *schema.Schema // as seen from the unit, if any
	Running  context.Context                                      //nolint:containedctx // the life of the org, which held requests end with
	Now      func() time.Time
	Latency  time.Duration // added to every request
	Logger   hclog.Logger

	App       string // consumer key, for the journal
	LongCalls int    // most calls under way for 20 seconds or more; 0: any number

	// Acts is what befalls the org by faults that strike it as a whole.
	Acts map[fault.Action]func()

	mux     http.ServeMux
	under   underway
	methods map[string]Methods // by pattern, for faults that strike kinds of calls
}

// ServeHTTP answers one request.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := g.newCall(w, r)
	defer c.finish()
	defer g.under.begin(c)()
	if c.tooLong() || !c.pause(g.Latency) {
		return
	}
	after, ok := c.strike()
	if !ok {
		return
	}
	g.route(c)
	after()
}

// route hands the call to the resource of its path. The router would redirect a
// path with dots in it, which no Salesforce client expects; and nothing has a name
// that is no text.
func (g *Gate) route(c *Call) {
	if escaped := c.Request.URL.EscapedPath(); path.Clean(escaped) != escaped || !readable(c.Request.URL.Path) {
		c.NotFound()
		return
	}
	g.mux.ServeHTTP(c.Out, c.Request)
}

// Unknown answers whatever no resource is registered for: in JSON below
// /services, and as the front end's page elsewhere.
func (g *Gate) Unknown() {
	g.Data(map[string]Methods{"/{unknown...}": nil})
	g.mux.HandleFunc("/services/", func(_ http.ResponseWriter, r *http.Request) { callOf(r).NotFound() })
	g.mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		callOf(r).Raw(http.StatusNotFound, "text/html;charset=UTF-8", []byte(noPage))
	})
}

const noPage = `<html><head><title>URL No Longer Exists</title></head><body><h1>URL No Longer Exists</h1>` +
	`<p>You have attempted to reach a URL that no longer exists on salesforce.com.</p></body></html>`

// Open registers a resource that needs no session and costs no call.
func (g *Gate) Open(pattern string, m Methods) {
	g.note(pattern, m)
	g.mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.Request = r
		e, known := m.find(r.Method)
		c.Entry.Kind = e.Kind
		if !known {
			c.notAllowed(m, r.Method)
			return
		}
		e.Serve(c)
	})
}

// Data registers resources below /services/data/vXX.0, by path. They need a
// session and count against the daily limit.
func (g *Gate) Data(resources map[string]Methods) {
	for resource, m := range resources {
		g.note("/services/data/{version}"+resource, m)
		g.mux.HandleFunc("/services/data/{version}"+resource, func(_ http.ResponseWriter, r *http.Request) {
			c := callOf(r)
			c.Request = r
			method := methodOf(r)
			e, known := m.find(method)
			c.Entry.Kind = e.Kind
			switch {
			case !c.checkVersion() || !c.checkSession() || !c.spend():
			case m == nil || c.Older(e.Since):
				c.NotFound()
			case !known:
				c.notAllowed(m, method)
			case !c.acceptable() || !c.plainQuery() || !c.decodeBody():
			default:
				e.Serve(c)
			}
		})
	}
}

func (g *Gate) note(pattern string, m Methods) {
	if g.methods == nil {
		g.methods = map[string]Methods{}
	}
	g.methods[pattern] = m
}

// find is the endpoint of a method; HEAD is GET, whose body the server then keeps to
// itself.
func (m Methods) find(method string) (Endpoint, bool) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	e, ok := m[method]
	if !ok {
		e.Kind = "other"
	}
	return e, ok
}

// allowed lists the methods in the order of the recorded refusals: HEAD,GET,POST and
// HEAD,GET,PATCH,DELETE.
func (m Methods) allowed() []string {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, ok := m[method]; !ok {
			continue
		}
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
		allowed = append(allowed, method)
	}
	return allowed
}

// acceptable refuses clients that want XML alone, which REST offers and this org
// does not.
func (c *Call) acceptable() bool {
	accept := strings.ToLower(c.Request.Header.Get("Accept"))
	if !strings.Contains(accept, "xml") || strings.Contains(accept, "json") || strings.Contains(accept, "*/*") {
		return true
	}
	c.Out.WriteHeader(http.StatusNotAcceptable)
	return false
}

// methodOf is the method of a data call. Clients that cannot send each of them
// name it in the URL of a POST (REST API guide: using HTTP methods).
func methodOf(r *http.Request) string {
	if query := r.URL.Query(); r.Method == http.MethodPost && query.Has("_HttpMethod") {
		return query.Get("_HttpMethod")
	}
	return r.Method
}

func (c *Call) notAllowed(m Methods, method string) {
	allowed := m.allowed()
	c.Out.Header().Set("Allow", strings.Join(allowed, ","))
	c.Fail(http.StatusMethodNotAllowed, sferr.New("METHOD_NOT_ALLOWED",
		"HTTP Method '%s' not allowed. Allowed are %s", method, strings.Join(allowed, ",")))
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
	if n < oldestSupported {
		c.Out.Header().Set("Warning", fmt.Sprintf(`299 - "This API is deprecated and will be removed by %s."`, removal))
	}
	return true
}

// checkSession answers 401 to a call without a good token. A subrequest has the
// session of its request.
func (c *Call) checkSession() bool {
	if c.outer != nil {
		c.UserID, c.Schema = c.outer.UserID, c.gate.View(c.Unit, c.outer.UserID)
		return true
	}
	user, ok := c.gate.Sessions.Use(Bearer(c.Request))
	if !ok {
		c.Out.Header().Set("WWW-Authenticate", "Token")
		c.Fail(http.StatusUnauthorized, sferr.New("INVALID_SESSION_ID", "Session expired or invalid"))
		return false
	}
	c.UserID, c.Schema, c.Entry.App = user, c.gate.View(c.Unit, user), c.gate.App
	return true
}

// spend counts the call and sets the limit header. Most subrequests are paid for
// with their request.
func (c *Call) spend() bool {
	if c.outer != nil && !c.counted {
		return true
	}
	if most := c.gate.LongCalls; most > 0 && c.gate.under.long(c.gate.Now()) >= most {
		c.Fail(http.StatusForbidden, sferr.New("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."))
		return false
	}
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
