package rest

import (
	"crypto/sha256"
	"net/http"
	"sync"
	"time"
	"weak"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// editions remembers since when each description has been what it is. A
// description holds more than its object's own fields, such as the lookups that
// other objects have to it: what tells one edition from the next is what it says.
type editions struct {
	mu sync.Mutex
	of map[described]edition
}

// described is a description as one user sees it; without an object, the list of
// all objects.
type described struct {
	userID string
	object string
}

type edition struct {
	schema weak.Pointer[schema.Schema] // that it was last printed from: schemas never change
	sum    [sha256.Size]byte
	at     time.Time // whole seconds, as HTTP has them
}

// since tells from when on the present edition is. It is never the time of the
// edition before, but the next second: a change within the second must not look
// like none. The body is printed where the schema is another one than the last time.
func (e *editions) since(d described, s *schema.Schema, now time.Time, body func() []byte) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	last, known := e.of[d]
	if known && last.schema == weak.Make(s) {
		return last.at
	}
	next := edition{schema: weak.Make(s), sum: sha256.Sum256(body()), at: now.UTC().Truncate(time.Second)}
	switch after := last.at.Add(time.Second); {
	case known && next.sum == last.sum:
		next.at = last.at
	case known && next.at.Before(after):
		next.at = after
	}
	if e.of == nil {
		e.of = map[described]edition{}
	}
	e.of[d] = next
	return next.at
}

// unchanged answers 304 where the client has this edition (REST API guide:
// If-Modified-Since header). Last-Modified is never ahead of the clock (RFC 9110
// section 8.8.2.1); an edition of the second to come is sent anew until then.
func (a *API) unchanged(c *web.Call, object string, body func() []byte) bool {
	now := a.Now()
	modified := a.editions.since(described{c.UserID, object}, c.Schema, now, body)
	shown := modified
	if now.Before(modified) {
		shown = now.UTC()
	}
	c.Out.Header().Set("Last-Modified", shown.Format(http.TimeFormat))
	since, err := http.ParseTime(c.Request.Header.Get("If-Modified-Since"))
	if err != nil || modified.After(since) || modified.After(now) {
		return false
	}
	c.Out.WriteHeader(http.StatusNotModified)
	return true
}
