package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// minCompressed is the least length of an answer that is worth compressing.
const minCompressed = 1_024

// encoder compresses an answer where the client takes gzip (REST API guide:
// using compression) and the answer is long, or of a length not known
// beforehand. It stands in front of the meter, so that the journal counts what
// goes over the wire.
type encoder struct {
	*meteredWriter

	accepted bool
	zip      *gzip.Writer // nil: the answer goes as it is
}

// Compression must not be what a benchmark of a client measures, hence the
// fastest level, and writers that are used again.
var zippers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		panic(fmt.Errorf("make gzip writer: %w", err)) // only an unknown level gets here
	}
	return w
}}

func newEncoder(meter *meteredWriter, r *http.Request) *encoder {
	return &encoder{meteredWriter: meter, accepted: acceptsGzip(r.Header.Get("Accept-Encoding"))}
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3).
func acceptsGzip(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		coding, weight, _ := strings.Cut(item, ";")
		coding = strings.TrimSpace(coding)
		if !strings.EqualFold(coding, "gzip") && coding != "*" {
			continue
		}
		_, q, weighed := strings.Cut(weight, "=")
		if !weighed || strings.Trim(q, " 0.") != "" {
			return true
		}
	}
	return false
}

func (e *encoder) WriteHeader(status int) {
	header := e.Header()
	if e.status == 0 && e.accepted && status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified {
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil || length >= minCompressed {
			header.Del("Content-Length")
			header.Set("Content-Encoding", "gzip")
			header.Add("Vary", "Accept-Encoding")
			e.zip, _ = zippers.Get().(*gzip.Writer)
			e.zip.Reset(e.meteredWriter)
		}
	}
	e.meteredWriter.WriteHeader(status)
}

func (e *encoder) Write(p []byte) (int, error) {
	if e.status == 0 {
		e.WriteHeader(http.StatusOK)
	}
	if e.zip == nil {
		return e.meteredWriter.Write(p)
	}
	n, err := e.zip.Write(p)
	if err != nil {
		return n, fmt.Errorf("compress answer: %w", err)
	}
	return n, nil
}

// end completes a compressed answer.
func (e *encoder) end() {
	if e.zip == nil {
		return
	}
	_ = e.zip.Close() // fails where the client has gone away, which is its own affair
	e.zip.Reset(io.Discard)
	zippers.Put(e.zip)
	e.zip = nil
}

// decodeBody lets handlers read the body as it was before the client compressed
// it; it answers where the coding is unknown.
func (c *Call) decodeBody() bool {
	switch coding := strings.ToLower(strings.TrimSpace(c.Request.Header.Get("Content-Encoding"))); coding {
	case "", "identity":
		return true
	case "gzip":
		c.Request.Body = &unzippedBody{source: c.Request.Body}
		c.Request.ContentLength = -1
		return true
	default:
		c.Fail(http.StatusUnsupportedMediaType, sferr.New("UNSUPPORTED_MEDIA_TYPE", "Content-encoding '%s' is not supported; use gzip", coding))
		return false
	}
}

// unzippedBody opens the gzip stream at the first read: opening reads.
type unzippedBody struct {
	source io.ReadCloser
	zip    *gzip.Reader
}

func (b *unzippedBody) Read(p []byte) (int, error) {
	if b.zip == nil {
		zip, err := gzip.NewReader(b.source)
		if err != nil {
			return 0, fmt.Errorf("the body is no gzip stream: %w", noEnd(err))
		}
		b.zip = zip
	}
	n, err := b.zip.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, fmt.Errorf("the body's gzip stream is broken: %w", err)
	}
	return n, err //nolint:wrapcheck // io.EOF is to be passed on as it is
}

// noEnd keeps an empty stream from passing for an empty body.
func noEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (b *unzippedBody) Close() error { return b.source.Close() } //nolint:wrapcheck // the server's own body
