package auth

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// Where the pages are.
const (
	loginPath   = "/login"
	stylePath   = "/login/style.css"
	consentPath = "/setup/secur/RemoteAccessAuthorizationPage.apexp"
)

//go:embed pages
var files embed.FS

var templates = template.Must(template.ParseFS(files, "pages/*.html"))

// page is what the templates show.
type page struct {
	Action    string // of the form
	Source    string // the authorization request
	FormToken string
	Username  string
	Failed    bool // the last attempt to sign in
	Kind      string
	App       string
	Asks      []string
	Refusal   *refusal
}

// expired is shown for a form or page that belongs to no request of this browser.
var expired = &refusal{"INVALID_REQUEST", "This authorization request has expired or belongs to another browser. Start again from your app."}

// show answers with a page. Scripts, frames and foreign content are shut out;
// forms may end at this host and, by redirects, at the callback.
func show(c *web.Call, status int, name, callback string, p page) {
	var text bytes.Buffer
	if err := templates.ExecuteTemplate(&text, name, p); err != nil {
		panic(fmt.Errorf("render %s: %w", name, err)) // the templates are this package's own
	}
	header := c.Out.Header()
	header.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; form-action 'self'"+formTarget(callback)+"; base-uri 'none'; frame-ancestors 'none'")
	header.Set("X-Frame-Options", "DENY")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	unstored(c)
	c.Raw(status, "text/html;charset=UTF-8", text.Bytes())
}

// formTarget allows a callback in the content security policy, which browsers
// apply to the redirects after a form as well. The policy knows no IPv6 hosts.
func formTarget(callback string) string {
	u, err := url.Parse(callback)
	switch {
	case err != nil || u.Scheme == "":
		return ""
	case u.Hostname() == "" || u.Hostname() == "::1":
		return " " + u.Scheme + ":"
	}
	return " " + u.Scheme + "://" + u.Host
}

// errorPage tells a person what cannot be told to a callback.
func errorPage(c *web.Call, r *refusal) {
	show(c, http.StatusBadRequest, "error.html", "", page{Refusal: r})
}

func style(c *web.Call) {
	text, err := files.ReadFile("pages/style.css")
	if err != nil {
		panic(fmt.Errorf("read style sheet: %w", err)) // it is embedded
	}
	c.Raw(http.StatusOK, "text/css;charset=UTF-8", text)
}
