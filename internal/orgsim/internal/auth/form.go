package auth

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// maxForm is the most that a form may hold, in bytes.
const maxForm = 1 << 20

// readForm reads a form body; parameters of the URL do not count.
func readForm(c *web.Call) (url.Values, *refusal) {
	mediaType, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded") {
		return nil, errNoForm
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Out, c.Request.Body, maxForm))
	if err != nil {
		return nil, errNoForm
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errNoForm
	}
	return form, once(form)
}

// once refuses parameters that come twice (RFC 6749, 3.1 and 3.2).
func once(form url.Values) *refusal {
	for _, values := range form {
		if len(values) > 1 {
			return errRepeated
		}
	}
	return nil
}

// clientOf takes the credentials from a Basic header, or from the form.
func clientOf(r *http.Request, form url.Values) (id, secret string) {
	if id, secret, ok := r.BasicAuth(); ok {
		return unescaped(id), unescaped(secret)
	}
	return form.Get("client_id"), form.Get("client_secret")
}

// unescaped undoes the form encoding of Basic credentials (RFC 6749, 2.3.1).
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// unstored keeps an answer out of caches.
func unstored(c *web.Call) {
	c.Out.Header().Set("Cache-Control", "no-cache, no-store")
	c.Out.Header().Set("Pragma", "no-cache")
}
