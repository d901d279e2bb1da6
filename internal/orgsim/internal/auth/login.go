package auth

import (
	"net/http"
	"net/url"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// opened finds the request that a page is opened for, or says that there is none.
func (h *Host) opened(c *web.Call) (*authorization, browser, bool) {
	query, _ := url.ParseQuery(c.Request.URL.RawQuery) // what it cannot read, it leaves out
	a, b, ok := h.desk.find(c, query.Get("source"))
	if !ok {
		errorPage(c, expired)
	}
	return a, b, ok
}

// sent is opened for a form: its token shows that this host's page has sent it.
func (h *Host) sent(c *web.Call) (*authorization, browser, url.Values, bool) {
	form, refused := readForm(c)
	if refused != nil {
		errorPage(c, refused)
		return nil, browser{}, nil, false
	}
	a, b, ok := h.desk.find(c, form.Get("source"))
	if !ok || !equal(a.formToken, form.Get("token")) {
		errorPage(c, expired)
		return nil, browser{}, nil, false
	}
	return a, b, form, true
}

func (h *Host) loginPage(c *web.Call) {
	if a, _, ok := h.opened(c); ok {
		h.showLogin(c, a, a.hint, false)
	}
}

func (h *Host) showLogin(c *web.Call, a *authorization, username string, failed bool) {
	kind := "Production"
	if h.sandbox {
		kind = "Sandbox"
	}
	show(c, http.StatusOK, "login.html", a.redirectURI, page{
		Action: loginPath, Source: a.id, FormToken: a.formToken, Username: username, Failed: failed, Kind: kind,
	})
}

// login takes the form of the login page.
func (h *Host) login(c *web.Call) {
	a, b, form, ok := h.sent(c)
	if !ok {
		return
	}
	for _, s := range h.servers {
		if userID, ok := s.signIn(form.Get("username"), form.Get("pw")); ok {
			h.proceed(c, a, h.desk.signIn(c, a, b, s, userID))
			return
		}
	}
	h.showLogin(c, a, form.Get("username"), true)
}

func (h *Host) consentPage(c *web.Call) {
	a, b, ok := h.opened(c)
	if !ok {
		return
	}
	if b.server == nil {
		errorPage(c, expired)
		return
	}
	granted, _ := a.check(b.server) // proceed has checked it; without, the page asks for nothing
	user, _ := b.server.User(b.userID)
	show(c, http.StatusOK, "consent.html", a.redirectURI, page{
		Action: consentPath, Source: a.id, FormToken: a.formToken, Username: user["Username"],
		App: b.server.App.Name, Asks: asks(granted),
	})
}

// consent takes the form of the consent page.
func (h *Host) consent(c *web.Call) {
	a, b, form, ok := h.sent(c)
	if !ok {
		return
	}
	switch {
	case b.server == nil || a.forceLogin && !a.signedIn:
		errorPage(c, expired)
	case form.Has("cancel"):
		h.finish(c, a, errDenied.values())
	case form.Has("save"):
		a.consented = true
		h.proceed(c, a, b) // which checks again what may have changed meanwhile
	default:
		errorPage(c, expired)
	}
}

// asks puts scopes into words, as the consent page does.
func asks(granted scopes) []string {
	var list scopes
	for _, name := range granted {
		text := "Use the scope " + name
		switch name {
		case "api":
			text = "Manage user data via APIs"
		case "web":
			text = "Manage user data via Web browsers"
		case "full":
			text = "Full access to all data accessible by the user"
		case "refresh_token", "offline_access":
			text = "Perform requests at any time"
		case "openid":
			text = "Access unique user identifiers"
		case "id", "profile", "email", "address", "phone":
			text = "Access the identity URL service"
		}
		list = list.union(scopes{text})
	}
	return list
}
