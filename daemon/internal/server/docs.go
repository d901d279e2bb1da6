package server

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

// docsHandler renders the OpenAPI document as one page for people. It fetches nothing and runs no script, and its
// policy lets nothing else in; the page is made once, when the daemon starts.
func docsHandler(doc *huma.OpenAPI) http.Handler {
	page, err := renderDocs(doc)
	if err != nil {
		panic(fmt.Sprintf("render API docs: %v", err)) // template and document are both our own
	}
	sum := sha256.Sum256([]byte(docsCSS))
	policy := fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		base64.StdEncoding.EncodeToString(sum[:]))
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		w.Write(page) //nolint:errcheck // the client has gone; there is nobody to tell
	})
}

func renderDocs(doc *huma.OpenAPI) ([]byte, error) {
	t, err := template.New("docs").Parse(docsHTML)
	if err != nil {
		return nil, err
	}
	view := newDocsView(doc)
	view.Style = template.CSS(docsCSS) //nolint:gosec // our own file
	var page bytes.Buffer
	if err := t.Execute(&page, view); err != nil {
		return nil, err
	}
	return page.Bytes(), nil
}
