package server_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/server"
)

func TestDocsPage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(call{method: http.MethodGet, path: "/docs", anonymous: true})
	page := string(r.body)
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %s", r.status, r.header.Get("Content-Type"))
	}
	for _, op := range operations(server.OpenAPI(w.cfg)) {
		for _, part := range []string{`id="` + op.OperationID + `"`, op.Method + " " + op.Path, op.Summary} {
			if !strings.Contains(page, part) {
				t.Errorf("the page lacks %q", part)
			}
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+link[1]+`"`) {
			t.Errorf("a link leads to %q, which is not there", link[1])
		}
	}
	for _, word := range []string{"<script", "src=", "@import", "url(", "ZgotmplZ", `href="http`} {
		if strings.Contains(page, word) {
			t.Errorf("the page holds %q", word)
		}
	}
}

// The policy lets in exactly the style that stands in the page.
func TestDocsPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(call{method: http.MethodGet, path: "/docs", anonymous: true})
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindSubmatch(r.body)
	if style == nil {
		t.Fatal("the page has no style")
	}
	sum := sha256.Sum256(style[1])
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if got := r.header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %s\nwant   %s", got, want)
	}
}
