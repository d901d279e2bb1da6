package web

import (
	"bytes"
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
)

// Subrequest is one of the requests that a composite request carries.
type Subrequest struct {
	Method  string
	URL     string // path from /services/data on, with its query string
	Headers map[string]string
	Body    []byte      // JSON, or nil
	Counted bool        // against the daily limit, on its own
	Unit    *store.Unit // that its writes belong to, or nil
}

// Answer is what a subrequest was answered.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte

	FailedRows bool // rows of it failed, whatever its status
}

// Inner carries out a subrequest on the same way that requests of their own
// take, as the same user. Its rows, and its call where it is counted, go to the
// journal entry of c; faults strike whole requests only.
func (c *Call) Inner(s Subrequest) (Answer, error) {
	memory := &memoryWriter{header: http.Header{}}
	r, err := http.NewRequestWithContext(c.Request.Context(), s.Method, s.URL, bytes.NewReader(s.Body))
	if err != nil {
		return Answer{}, err //nolint:wrapcheck // tells what is wrong with the URL or method
	}
	r.Host, r.TLS = c.Request.Host, c.Request.TLS
	for name, text := range s.Headers {
		r.Header.Set(name, text)
	}
	r.Header.Set("Content-Type", "application/json")
	inner := c.gate.newCall(memory, r)
	inner.Unit = s.Unit
	inner.outer, inner.counted, inner.recorded, inner.out.accepted = c, s.Counted, true, false
	c.gate.route(inner)
	inner.finish()
	c.Entry.Rows += inner.Entry.Rows
	c.Entry.Calls += inner.Entry.Calls
	return Answer{Status: inner.meter.status, Header: memory.header, Body: memory.body.Bytes(), FailedRows: inner.FailedRows}, nil
}

// memoryWriter keeps the answer to a subrequest.
type memoryWriter struct {
	header http.Header
	body   bytes.Buffer
}

func (w *memoryWriter) Header() http.Header { return w.header }

func (w *memoryWriter) Write(p []byte) (int, error) { return w.body.Write(p) } //nolint:wrapcheck // never fails

func (w *memoryWriter) WriteHeader(int) {}
