package auth

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// patience is how long a browser may stand at a page, and stay signed in.
const patience = time.Hour

// authorization is a checked request for a code, on its way through the pages.
type authorization struct {
	id          string
	formToken   string    // which forms of this request carry
	servers     []*Server // that know the app and the callback
	redirectURI string
	state       []string // nothing, or the one that the client gave
	nonce       string
	challenge   string
	asked       string // scopes
	hint        string // the username, as far as the client knows

	forceLogin, forceConsent bool
	silent, immediate        bool // no page may be shown
	signedIn                 bool // on the login page, since the request came
	consented                bool // on the consent page

	browser string
	begun   time.Time
}

// browser is one that has asked for pages, and whoever has signed in with it.
type browser struct {
	id     string // its cookie
	server *Server
	userID string
	seen   time.Time
}

// desk keeps the browsers at the pages of a host and what they are there for. It
// is safe for concurrent use.
type desk struct {
	cookie string // its name: hosts on other ports of one machine share cookies
	now    func() time.Time

	mu       sync.Mutex
	browsers map[string]*browser
	requests map[string]*authorization
}

func newDesk(now func() time.Time) *desk {
	d := &desk{cookie: "orgsim_" + rand.Text(), now: now}
	d.clear()
	return d
}

func (d *desk) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.browsers, d.requests = map[string]*browser{}, map[string]*authorization{}
}

// visit finds the browser of a call, or gives it a cookie.
func (d *desk) visit(c *web.Call) browser {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, b := range d.browsers {
		if d.now().Sub(b.seen) > patience {
			delete(d.browsers, id)
		}
	}
	if cookie, err := c.Request.Cookie(d.cookie); err == nil {
		if b := d.browsers[cookie.Value]; b != nil {
			b.seen = d.now()
			return *b
		}
	}
	return *d.add(c, nil, "")
}

// add makes a browser with a new cookie.
func (d *desk) add(c *web.Call, s *Server, userID string) *browser {
	b := &browser{id: rand.Text(), server: s, userID: userID, seen: d.now()}
	d.browsers[b.id] = b
	http.SetCookie(c.Out, &http.Cookie{ //nolint:gosec // secure wherever the org is reached by TLS
		Name: d.cookie, Value: b.id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.Request.TLS != nil,
	})
	return b
}

// begin keeps a request for its browser.
func (d *desk) begin(a *authorization, b browser) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a.id, a.formToken, a.browser, a.begun = rand.Text(), rand.Text(), b.id, d.now()
	for id, other := range d.requests {
		if a.begun.Sub(other.begun) > patience {
			delete(d.requests, id)
		}
	}
	d.requests[a.id] = a
}

// find returns copies of the request that a page was opened for, and of its
// browser; ok is false where another browser asks.
func (d *desk) find(c *web.Call, id string) (a *authorization, b browser, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	cookie, err := c.Request.Cookie(d.cookie)
	if err != nil {
		return nil, browser{}, false
	}
	found, visitor := d.requests[id], d.browsers[cookie.Value]
	if found == nil || visitor == nil || !equal(found.browser, visitor.id) {
		return nil, browser{}, false
	}
	visitor.seen = d.now()
	request := *found
	return &request, *visitor, true
}

// signIn notes who has signed in. The browser gets a new cookie, so that one it
// brought along is worth nothing.
func (d *desk) signIn(c *web.Call, a *authorization, old browser, s *Server, userID string) browser {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.add(c, s, userID)
	delete(d.browsers, old.id)
	for _, request := range d.requests {
		if request.browser == old.id {
			request.browser = b.id
		}
	}
	if kept := d.requests[a.id]; kept != nil {
		kept.signedIn = true
	}
	a.signedIn, a.browser = true, b.id
	return *b
}

// finish forgets a request; ok is false where it is over already.
func (d *desk) finish(a *authorization) (ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok = d.requests[a.id]
	delete(d.requests, a.id)
	return ok
}
