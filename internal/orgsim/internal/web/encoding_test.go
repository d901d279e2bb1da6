package web_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/quota"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testBundle is a gate with resources that answer so and so many bytes, at once
// or in pieces, and one that reads JSON.
type testBundle struct {
	t       *testing.T
	journal journal.Journal
	server  *httptest.Server
	client  *http.Client
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{t: t}
	s := schema.Standard()
	gate := &web.Gate{
		Journal: &b.journal, Faults: &fault.Injector{}, Quota: quota.New(0, 0), Sessions: anyone{},
		View: func(*store.Unit, string) *schema.Schema { return s }, Running: t.Context(), Now: time.Now, Logger: hclog.NewNullLogger(),
	}
	length := func(c *web.Call) int {
		n, _ := strconv.Atoi(c.Request.PathValue("n"))
		return n
	}
	gate.Data(map[string]web.Methods{
		"/whole/{n}": {"GET": {Kind: "whole", Serve: func(c *web.Call) {
			c.Raw(http.StatusOK, "text/csv", bytes.Repeat([]byte("a"), length(c)))
		}}},
		"/pieces/{n}": {"GET": {Kind: "pieces", Serve: func(c *web.Call) {
			for range length(c) {
				c.Write([]byte("a"))
			}
		}}},
		"/nothing": {"GET": {Kind: "nothing", Serve: (*web.Call).NoContent}},
		"/read": {"POST": {Kind: "read", Serve: func(c *web.Call) {
			var text string
			if c.ReadJSON(&text) {
				c.Raw(http.StatusOK, "text/plain", []byte(text))
			}
		}}},
	})
	gate.Unknown()
	b.server = httptest.NewServer(gate)
	b.client = &http.Client{Transport: &http.Transport{DisableCompression: true}}
	t.Cleanup(func() {
		b.client.CloseIdleConnections()
		b.server.Close()
	})
	return b
}

type anyone struct{}

func (anyone) Use(string) (string, bool) { return "005000000000000AAA", true }
func (anyone) Expire(string) bool        { return true }

type answer struct {
	status int
	header http.Header
	text   []byte
}

func (b *testBundle) do(method, path string, body io.Reader, headers ...string) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.server.URL+"/services/data/v60.0"+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, text}
}

func TestAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, test := range map[string]struct {
		path, accept string
		compressed   bool
		length       int
	}{
		"long":                  {"/whole/100000", "gzip", true, 100_000},
		"long, among others":    {"/whole/100000", "br;q=1.0, gzip;q=0.8, *;q=0.1", true, 100_000},
		"anything":              {"/whole/100000", "*", true, 100_000},
		"not wanted":            {"/whole/100000", "gzip;q=0.0, identity", false, 100_000},
		"not asked for":         {"/whole/100000", "", false, 100_000},
		"short":                 {"/whole/100", "gzip", false, 100},
		"of an unknown length":  {"/pieces/5000", "gzip", true, 5_000},
		"in pieces, plain":      {"/pieces/5000", "", false, 5_000},
		"no content":            {"/nothing", "gzip", false, 0},
		"nothing, of no length": {"/pieces/0", "gzip", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{}
			if test.accept != "" {
				headers = []string{"Accept-Encoding", test.accept}
			}
			answer := b.do(http.MethodGet, test.path, nil, headers...)
			text := answer.text
			if got := answer.header.Get("Content-Encoding") == "gzip"; got != test.compressed {
				t.Fatalf("compressed: %t", got)
			}
			wire := len(text)
			if test.compressed {
				if wire >= test.length {
					t.Errorf("%d bytes on the wire", wire)
				}
				text = unzip(t, text)
			}
			if len(text) != test.length {
				t.Errorf("%d bytes, want %d", len(text), test.length)
			}
			entries := b.journal.Entries()
			if e := entries[len(entries)-1]; e.BytesOut != int64(wire) {
				t.Errorf("the journal has %d bytes, %d were on the wire", e.BytesOut, wire)
			}
		})
	}
}

func unzip(t *testing.T, text []byte) []byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	if _, err := zip.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRequestsMayBeCompressed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := strings.Repeat("abc", 10_000)
	body := zipped(t, `"`+long+`"`)
	for name, test := range map[string]struct {
		encoding string
		body     []byte
		status   int
		want     string
	}{
		"gzip":            {"gzip", body, http.StatusOK, long},
		"in capitals":     {"GZIP", body, http.StatusOK, long},
		"identity":        {"identity", []byte(`"x"`), http.StatusOK, "x"},
		"cut off":         {"gzip", body[:len(body)/2], http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"the end cut off": {"gzip", body[:len(body)-4], http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"empty":           {"gzip", nil, http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"no gzip":         {"gzip", []byte(`"x"`), http.StatusBadRequest, "JSON_PARSER_ERROR"},
		"unknown":         {"deflate", []byte(`"x"`), http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.do(http.MethodPost, "/read", bytes.NewReader(test.body), "Content-Encoding", test.encoding)
			if answer.status != test.status || !strings.Contains(string(answer.text), test.want) {
				t.Errorf("status %d, %.200s", answer.status, answer.text)
			}
		})
	}
	b.do(http.MethodPost, "/read", bytes.NewReader(body), "Content-Encoding", "gzip")
	entries := b.journal.Entries()
	if e := entries[len(entries)-1]; e.BytesIn != int64(len(body)) {
		t.Errorf("the journal has %d bytes, %d were sent", e.BytesIn, len(body))
	}
}

func BenchmarkStream(b *testing.B) {
	line := []byte(`"003000000000000AAA","Doe","Jane","jane.doe@example.com","2026-05-01T07:25:37.000Z"` + "\n")
	block := bytes.Repeat(line, 400)
	for _, accept := range []string{"", "gzip"} {
		b.Run("accept="+accept, func(b *testing.B) {
			gate := &web.Gate{
				Journal: &journal.Journal{}, Faults: &fault.Injector{}, Quota: quota.New(0, 0), Sessions: anyone{},
				View: func(*store.Unit, string) *schema.Schema { return nil }, Running: b.Context(), Now: time.Now, Logger: hclog.NewNullLogger(),
			}
			gate.Data(map[string]web.Methods{"/stream": {"GET": {Kind: "stream", Serve: func(c *web.Call) {
				for b.Loop() {
					c.Write(block)
				}
			}}}})
			b.SetBytes(int64(len(block)))
			r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/services/data/v60.0/stream", nil)
			r.Header.Set("Accept-Encoding", accept)
			gate.ServeHTTP(discard{http.Header{}}, r)
		})
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
