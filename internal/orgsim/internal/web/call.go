package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// maxURI is the longest URI, and URI with headers, that Salesforce's front end
// takes, in bytes (REST API guide: status codes and error responses).
const maxURI = 16_384

// MaxHeaderBytes is what a server in front of the gate must let through, so that
// the gate itself answers what is too long, and notes it in the journal.
const MaxHeaderBytes = 4 << 20

// Call is one API request on its way through the org.
type Call struct {
	Request *http.Request
	Out     http.ResponseWriter
	Entry   journal.Entry // handlers set Rows, and Kind where the route does not know it

	// Of data calls, once the session is checked.
	UserID  string
	Version string         // such as 62.0
	Schema  *schema.Schema // what the user may see
	Unit    *store.Unit    // of a subrequest whose writes belong to one

	// FailedRows is set by handlers whose answer succeeds though rows failed.
	FailedRows bool

	gate     *Gate
	outer    *Call // of a subrequest
	counted  bool  // subrequest that costs a call of its own
	meter    *meteredWriter
	out      *encoder
	body     *meteredBody
	length   int64     // of the body as the client tells it, or -1
	begun    time.Time // by the org's clock
	started  time.Time
	recorded bool
}

type callKey struct{}

// newCall wraps a request; the call travels in the request's context, so that
// handlers behind the router find it.
func (g *Gate) newCall(w http.ResponseWriter, r *http.Request) *Call {
	meter := &meteredWriter{ResponseWriter: w}
	c := &Call{gate: g, meter: meter, out: newEncoder(meter, r), body: &meteredBody{ReadCloser: r.Body}, length: r.ContentLength, started: time.Now()}
	c.Out = c.out
	c.Request = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	c.Request.Body = c.body
	c.Request.URL = plainURL(r.URL)
	c.begun = g.Now()
	c.Entry = journal.Entry{Time: c.begun, Method: r.Method, Path: c.Request.URL.Path, Kind: "other"}
	return c
}

// plainURL reads doubled slashes as one and a slash at the end as none, as
// Salesforce does in //services/data and /query/?q=. Slashes that are part of a
// key are escaped and stay.
func plainURL(u *url.URL) *url.URL {
	path := slashes.ReplaceAllString(u.EscapedPath(), "/")
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	plain := *u
	text, err := url.PathUnescape(path)
	if err != nil {
		return u // the server has parsed it before, so that this cannot be
	}
	plain.Path, plain.RawPath = text, path
	return &plain
}

var slashes = regexp.MustCompile(`/{2,}`)

// callOf finds the call that a routed request belongs to.
func callOf(r *http.Request) *Call {
	c, ok := r.Context().Value(callKey{}).(*Call)
	if !ok {
		panic("orgsim: a request was routed past its gate")
	}
	return c
}

// finish closes the journal entry and lets the end of the answer go. In this
// order, a client that has its whole answer finds the request in the journal.
func (c *Call) finish() {
	c.out.end()
	c.record()
	c.meter.release()
}

// record closes the journal entry, once.
func (c *Call) record() {
	if c.recorded {
		return
	}
	c.recorded = true
	c.Entry.Status = c.meter.status
	c.Entry.BytesIn, c.Entry.BytesOut = c.received(), c.meter.bytes
	c.Entry.Duration = time.Since(c.started)
	c.gate.Journal.Add(c.Entry)
	c.gate.Logger.Debug("request", "method", c.Entry.Method, "path", c.Entry.Path, "kind", c.Entry.Kind,
		"status", c.Entry.Status, "rows", c.Entry.Rows, "duration", c.Entry.Duration)
}

// tooLong answers 414 or 431 as the front end does, in HTML.
func (c *Call) tooLong() bool {
	const contentType = "text/html;charset=iso-8859-1"
	uri := len(c.Request.RequestURI)
	if c.Request.RequestURI == "" { // a request that came over no wire
		uri = len(c.Request.URL.RequestURI())
	}
	headers := 0
	for name, values := range c.Request.Header {
		for _, v := range values {
			headers += len(name) + len(v) + len(": \r\n")
		}
	}
	switch {
	case uri > maxURI:
		c.Raw(http.StatusRequestURITooLong, contentType, []byte("<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"))
	case uri+headers > maxURI:
		c.Raw(http.StatusRequestHeaderFieldsTooLarge, contentType, []byte("<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"))
	default:
		return false
	}
	return true
}

// Base is the path of the version that the call uses.
func (c *Call) Base() string { return "/services/data/v" + c.Version }

// Origin is where the client reached this org: scheme, host and port.
func (c *Call) Origin() string {
	scheme := "http"
	if c.Request.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + c.Request.Host
}

// Older reports whether the call uses a version before the given one.
func (c *Call) Older(version int) bool { return major(c.Version) < version }

// OlderThan is [Call.Older] for a version as a URL has it, such as v62.0.
func (c *Call) OlderThan(version string) bool { return c.Older(major(version)) }

func major(version string) int {
	text, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	n, _ := strconv.Atoi(text) // 0 for what is no version
	return n
}
