package rest

import (
	"net/http"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// editions remembers since when a description has been what it is. Descriptions
// never change: after a field was added or granted there is another one, so that
// the moment when it is first asked for tells them apart.
type editions struct {
	mu    sync.Mutex
	since map[any]time.Time
	last  time.Time
}

// of is the edition's time in whole seconds, as HTTP has it. No two editions
// have the same: a change within the second must not look like none.
func (e *editions) of(description any, now time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if at, ok := e.since[description]; ok {
		return at
	}
	at := now.UTC().Truncate(time.Second)
	if next := e.last.Add(time.Second); at.Before(next) {
		at = next
	}
	if e.since == nil {
		e.since = map[any]time.Time{}
	}
	e.since[description], e.last = at, at
	return at
}

func (e *editions) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.since)
}

// unchanged answers 304 where the client has this edition (REST API guide:
// If-Modified-Since header).
func (a *API) unchanged(c *web.Call, description any) bool {
	modified := a.editions.of(description, a.Now())
	c.Out.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
	since, err := http.ParseTime(c.Request.Header.Get("If-Modified-Since"))
	if err != nil || modified.After(since) {
		return false
	}
	c.Out.WriteHeader(http.StatusNotModified)
	return true
}
