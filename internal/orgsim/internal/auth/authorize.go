package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// authorize begins the web server flow (Help: OAuth 2.0 web server flow). Where
// app or callback are not known to be right, the browser is told on a page and
// never sent on; all else goes back to the callback.
func (h *Host) authorize(c *web.Call) {
	unstored(c)
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil || len(query["client_id"]) > 1 || len(query["redirect_uri"]) > 1 {
		errorPage(c, errRepeated)
		return
	}
	a := &authorization{redirectURI: query.Get("redirect_uri"), state: query["state"], nonce: query.Get("nonce"), hint: query.Get("login_hint")}
	for _, s := range h.servers {
		if equal(query.Get("client_id"), s.App.ClientID) {
			a.servers = append(a.servers, s)
		}
	}
	switch {
	case len(a.servers) == 0:
		errorPage(c, errUnknownClient)
		return
	case a.redirectURI == "":
		errorPage(c, errRedirectMissing)
		return
	}
	a.servers = slices.DeleteFunc(a.servers, func(s *Server) bool { return !s.App.redirectable(a.redirectURI) })
	if len(a.servers) == 0 {
		errorPage(c, errRedirectMismatch)
		return
	}
	if refused := a.read(query); refused != nil {
		a.state = a.state[:min(len(a.state), 1)]
		a.answer(c, refused.values())
		return
	}
	b := h.desk.visit(c)
	h.desk.begin(a, b)
	h.proceed(c, a, b)
}

// read takes over the parameters that a callback may be told of.
func (a *authorization) read(query url.Values) *refusal {
	if refused := once(query); refused != nil {
		return refused
	}
	if query.Get("response_type") != "code" {
		return errResponseType
	}
	a.asked = query.Get("scope")
	if refused := a.readChallenge(query); refused != nil {
		return refused
	}
	a.immediate = query.Get("immediate") == "true"
	prompts := strings.Fields(query.Get("prompt"))
	for _, prompt := range prompts {
		switch prompt {
		case "login", "select_account":
			a.forceLogin = true
		case "consent":
			a.forceConsent = true
		case "none":
			a.silent = true
		default:
			return errPrompt
		}
	}
	if a.silent && len(prompts) > 1 {
		return errPrompt
	}
	_, refused := a.check(a.servers[0])
	return refused
}

// readChallenge takes S256 alone; a challenge without method is of S256, as
// Salesforce's own clients send it.
func (a *authorization) readChallenge(query url.Values) *refusal {
	a.challenge = query.Get("code_challenge")
	method := query.Get("code_challenge_method")
	switch {
	case query.Has("code_challenge_method") && method != "S256":
		return errMethod
	case a.challenge == "" && (method != "" || query.Has("code_challenge")):
		return errNoChallenge
	case a.challenge != "" && !wellFormed(a.challenge, 43, 43, "-_"):
		return errChallenge
	}
	return nil
}

// check settles the scopes by the app as the org has it.
func (a *authorization) check(s *Server) (scopes, *refusal) {
	if a.challenge == "" && !s.App.OptionalPKCE {
		return nil, errNoChallenge
	}
	granted, ok := s.App.grantable(a.asked)
	if !ok {
		return nil, errScope
	}
	return granted, nil
}

// proceed sends the browser to its next page, or back to the callback.
func (h *Host) proceed(c *web.Call, a *authorization, b browser) {
	s := b.server
	if s == nil || !s.alive(b.userID) || a.forceLogin && !a.signedIn {
		h.ask(c, a, loginPath, errLoginRequired)
		return
	}
	if !slices.Contains(a.servers, s) || s.policy().Uninstalled {
		h.desk.finish(a)
		errorPage(c, errGenericApproval)
		return
	}
	granted, refused := a.check(s)
	if refused == nil && !s.permitted(b.userID) {
		refused = errAccessDenied
	}
	if refused != nil {
		h.finish(c, a, refused.values())
		return
	}
	approved := s.preapproved(b.userID) || granted.within(s.ledger.approved(b.userID))
	if !a.consented && (a.forceConsent || !approved) {
		h.ask(c, a, consentPath, errConsentNeeded)
		return
	}
	h.allow(c, a, b, granted)
}

// ask sends the browser to a page, unless the client wants none.
func (h *Host) ask(c *web.Call, a *authorization, page string, refused *refusal) {
	switch {
	case a.immediate:
		h.finish(c, a, errImmediate.values())
	case a.silent:
		h.finish(c, a, refused.values())
	default:
		redirect(c, page+"?"+url.Values{"source": {a.id}}.Encode())
	}
}

// allow gives the callback a code.
func (h *Host) allow(c *web.Call, a *authorization, b browser, granted scopes) {
	s := b.server
	token := s.mint.code(s.Org())
	if h.finish(c, a, url.Values{"code": {token}}) {
		s.ledger.approve(b.userID, granted)
		s.ledger.addCode(token, &code{
			userID: b.userID, scopes: granted, redirectURI: a.redirectURI, challenge: a.challenge, nonce: a.nonce,
		})
	}
}

// finish ends the request at its callback; ok is false where another form has
// ended it already.
func (h *Host) finish(c *web.Call, a *authorization, values url.Values) (ok bool) {
	if ok = h.desk.finish(a); ok {
		a.answer(c, values)
	} else {
		errorPage(c, expired)
	}
	return ok
}

// answer sends the browser to the callback, with the state that the client gave.
func (a *authorization) answer(c *web.Call, values url.Values) {
	if len(a.state) > 0 {
		values.Set("state", a.state[0])
	}
	to, err := url.Parse(a.redirectURI)
	if err != nil {
		errorPage(c, errRedirectMismatch) // no app has such a callback
		return
	}
	if to.RawQuery != "" {
		to.RawQuery += "&"
	}
	to.RawQuery += values.Encode()
	redirect(c, to.String())
}

func (r *refusal) values() url.Values {
	return url.Values{"error": {r.Code}, "error_description": {r.Description}}
}

func redirect(c *web.Call, to string) {
	c.Out.Header().Set("Location", to)
	c.Out.WriteHeader(http.StatusFound)
}
