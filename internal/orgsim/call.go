package orgsim

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

// The longest URI, and URI with headers, that Salesforce's front end takes, in
// bytes (REST API guide: status codes and error responses).
const maxURI = 16_384

// call is one API request on its way through the org.
type call struct {
	org     *Org
	request *http.Request
	out     *meteredWriter
	body    *meteredBody
	started time.Time
	entry   journal.Entry

	recorded bool

	session *session // of data calls, once checked
	version string   // of data calls, such as 62.0
}

type callKey struct{}

// newCall wraps a request; the call travels in the request's context, so that
// handlers behind the router find it.
func newCall(o *Org, w http.ResponseWriter, r *http.Request) *call {
	c := &call{org: o, out: &meteredWriter{ResponseWriter: w}, body: &meteredBody{ReadCloser: r.Body}, started: time.Now()}
	c.entry = journal.Entry{Time: o.config.Now(), Method: r.Method, Path: r.URL.Path, Kind: "other"}
	c.request = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	c.request.Body = c.body
	// One trailing slash is as good as none, as in /query/?q=.
	if path := r.URL.Path; len(path) > 1 && strings.HasSuffix(path, "/") {
		trimmed := *r.URL
		trimmed.Path = strings.TrimSuffix(path, "/")
		trimmed.RawPath = strings.TrimSuffix(trimmed.RawPath, "/")
		c.request.URL = &trimmed
	}
	return c
}

// callOf finds the call that a routed request belongs to.
func callOf(r *http.Request) *call {
	c, ok := r.Context().Value(callKey{}).(*call)
	if !ok {
		panic("orgsim: a request was routed past ServeHTTP")
	}
	return c
}

// finish closes the journal entry and lets the end of the answer go. In this
// order, a client that has its whole answer finds the request in the journal.
func (c *call) finish() {
	c.record()
	c.out.release()
}

// record closes the journal entry, once.
func (c *call) record() {
	if c.recorded {
		return
	}
	c.recorded = true
	c.entry.Status = c.out.status
	c.entry.BytesIn, c.entry.BytesOut = c.body.bytes, c.out.bytes
	c.entry.Duration = time.Since(c.started)
	c.org.journal.Add(c.entry)
	c.org.config.Logger.Debug("request", "method", c.entry.Method, "path", c.entry.Path, "kind", c.entry.Kind,
		"status", c.entry.Status, "rows", c.entry.Rows, "duration", c.entry.Duration)
}

// tooLong answers 414 or 431 as the front end does, in HTML.
func (c *call) tooLong() bool {
	uri := len(c.request.RequestURI)
	if c.request.RequestURI == "" { // a request that came over no wire
		uri = len(c.request.URL.RequestURI())
	}
	headers := 0
	for name, values := range c.request.Header {
		for _, v := range values {
			headers += len(name) + len(v) + len(": \r\n")
		}
	}
	switch {
	case uri > maxURI:
		c.raw(http.StatusRequestURITooLong, "text/html;charset=iso-8859-1", []byte("<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"))
	case uri+headers > maxURI:
		c.raw(http.StatusRequestHeaderFieldsTooLarge, "text/html;charset=iso-8859-1", []byte("<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"))
	default:
		return false
	}
	return true
}

// pause waits, unless the client or the org ends first.
func (c *call) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	return await(c, timer.C)
}

// meteredWriter notes status and bytes of an answer and holds back its last byte
// until release. With discard set the answer goes nowhere.
type meteredWriter struct {
	http.ResponseWriter

	status  int
	bytes   int64
	held    []byte // the last byte, or nothing
	discard bool
}

func (w *meteredWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if !w.discard {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *meteredWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.discard || len(p) == 0 {
		return len(p), nil
	}
	w.release()
	last := len(p) - 1
	w.held = append(w.held, p[last])
	w.bytes += int64(len(p))
	n, err := w.ResponseWriter.Write(p[:last]) //nolint:gosec // answers for programs, with a content type that no browser runs
	if err != nil {
		return n, err
	}
	return len(p), nil
}

// release sends the byte that is held back.
func (w *meteredWriter) release() {
	if len(w.held) > 0 {
		_, _ = w.ResponseWriter.Write(w.held) //nolint:gosec // as in Write; a client that has gone away is its own affair
		w.held = w.held[:0]
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (w *meteredWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

type meteredBody struct {
	io.ReadCloser

	bytes int64
}

func (b *meteredBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	return n, err
}
