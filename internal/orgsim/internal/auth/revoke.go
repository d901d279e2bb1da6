package auth

import (
	"net/http"
	"net/url"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// revokeByForm ends what a token stands for (Help: revoke OAuth tokens).
func (h *Host) revokeByForm(c *web.Call) {
	form, refused := readForm(c)
	if refused != nil {
		refuse(c, refused)
		return
	}
	h.revoke(c, form)
}

// revokeByLink is revokeByForm with the token in the URL, which Salesforce takes
// as well.
func (h *Host) revokeByLink(c *web.Call) {
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	switch {
	case err != nil:
		refuse(c, errNoForm)
	case once(query) != nil:
		refuse(c, errRepeated)
	case query.Has("callback"):
		refuse(c, errJSONP)
	default:
		h.revoke(c, query)
	}
}

func (h *Host) revoke(c *web.Call, form url.Values) {
	unstored(c)
	token := form.Get("token")
	for _, s := range h.servers {
		if s.ledger.revoke(token, s.policy().RefreshTokens) {
			c.Out.WriteHeader(http.StatusOK)
			return
		}
	}
	for _, s := range h.servers {
		if s.ledger.hasCode(token) || s.isIDToken(token) {
			refuse(c, errTokenType)
			return
		}
	}
	refuse(c, errUnknownToken(token))
}

// inactive is all that is said of a token that is not, or no longer, good.
type inactive struct {
	Active bool `json:"active"`
}

// introspection tells an app of a good token (Help: OpenID Connect token
// introspection). Times are epoch seconds.
type introspection struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope"`
	ClientID  string `json:"client_id"`
	Username  string `json:"username"`
	Subject   string `json:"sub"`
	TokenType string `json:"token_type"`
	Expires   int64  `json:"exp,omitzero"`
	Issued    int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
}

// introspect tells an app that proves itself what a token of its own is worth.
// Asking does not prolong a session.
func (h *Host) introspect(c *web.Call) {
	unstored(c)
	form, refused := readForm(c)
	if refused != nil {
		refuse(c, refused)
		return
	}
	token := form.Get("token")
	s, refused := h.client(c, form, func(s *Server) bool { _, ok := s.tell(c, token); return ok })
	switch {
	case refused != nil:
	case s.App.Public:
		refused = errClientSecret
	case token == "":
		refused = errNoToken
	default:
		refused = checkHint(form.Get("token_type_hint"))
	}
	if refused != nil {
		refuse(c, refused)
		return
	}
	if told, ok := s.tell(c, token); ok {
		c.JSON(http.StatusOK, told)
		return
	}
	c.JSON(http.StatusOK, inactive{})
}

func checkHint(hint string) *refusal {
	switch hint {
	case "", "access_token", "refresh_token":
		return nil
	}
	return errTokenTypeHint
}

// tell describes a good token.
func (s *Server) tell(c *web.Call, token string) (introspection, bool) {
	var g grant
	told := introspection{Active: true, ClientID: s.App.ClientID, TokenType: "access_token"}
	if found, of, ok := s.ledger.find(token); ok {
		lifetime := s.Policy.Lifetime
		if lifetime == 0 {
			lifetime = announcedLifetime
		}
		g = of
		told.Issued, told.Expires = found.begun.Unix(), found.lastUsed.Add(lifetime).Unix()
	} else if g, ok = s.ledger.fresh(token, s.policy().RefreshTokens); ok {
		told.TokenType, told.Issued = "refresh_token", g.begun.Unix()
		told.Expires = s.lapse(&g)
	} else {
		return told, false
	}
	record, _ := s.User(g.userID)
	told.NotBefore, told.Scope, told.Username, told.Subject = told.Issued, g.scopes.String(), record["Username"], s.idURL(c, g.userID)
	return told, s.alive(g.userID)
}

// lapse is when a refresh token ends by itself, in epoch seconds; 0 means never.
func (s *Server) lapse(g *grant) int64 {
	p := s.policy().RefreshTokens
	var ends time.Time
	if p.Lifetime > 0 {
		ends = g.begun.Add(p.Lifetime)
	}
	if idle := g.used.Add(p.IdleLifetime); p.IdleLifetime > 0 && (ends.IsZero() || idle.Before(ends)) {
		ends = idle
	}
	if ends.IsZero() {
		return 0
	}
	return ends.Unix()
}
