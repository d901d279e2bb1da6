package auth

import (
	"net/url"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// Host answers the OAuth endpoints of one host name. In front of one org it is
// that org's My Domain; in front of several it is login.salesforce.com or
// test.salesforce.com, and finds the org by username, code or token.
type Host struct {
	servers []*Server
	shared  bool
	sandbox bool
	desk    *desk
}

// NewHost returns the My Domain of an org.
func NewHost(server *Server) *Host {
	return &Host{servers: []*Server{server}, sandbox: server.Sandbox, desk: newDesk(server.Now)}
}

// NewSharedHost returns a login host for orgs of one kind.
func NewSharedHost(servers []*Server, sandbox bool, now func() time.Time) *Host {
	return &Host{servers: servers, shared: true, sandbox: sandbox, desk: newDesk(now)}
}

// Register adds the host's resources to the gate.
func (h *Host) Register(g *web.Gate) {
	page := func(serve func(*web.Call)) web.Endpoint { return web.Endpoint{Kind: "oauth page", Serve: serve} }
	g.Open("/services/oauth2/authorize", web.Methods{"GET": page(h.authorize)})
	g.Open(loginPath, web.Methods{"GET": page(h.loginPage), "POST": page(h.login)})
	g.Open(consentPath, web.Methods{"GET": page(h.consentPage), "POST": page(h.consent)})
	g.Open(stylePath, web.Methods{"GET": page(style)})

	oauth := func(serve func(*web.Call)) web.Endpoint { return web.Endpoint{Kind: "oauth", Serve: serve} }
	g.Open("/services/oauth2/token", web.Methods{"POST": oauth(h.token)})
	g.Open("/services/oauth2/revoke", web.Methods{"GET": oauth(h.revokeByLink), "POST": oauth(h.revokeByForm)})
	g.Open("/services/oauth2/introspect", web.Methods{"POST": oauth(h.introspect)})

	identity := func(serve func(*web.Call)) web.Endpoint { return web.Endpoint{Kind: "identity", Serve: serve} }
	g.Open("/services/oauth2/userinfo", web.Methods{"GET": identity(h.userinfo), "POST": identity(h.userinfo)})
	g.Open("/id/{org}/{user}", web.Methods{"GET": identity(h.identity), "POST": identity(h.identity)})
	g.Open("/id/keys", web.Methods{"GET": identity(h.keys)})
	g.Open("/.well-known/openid-configuration", web.Methods{"GET": identity(h.discovery)})
}

// Reset signs everybody out of the pages.
func (h *Host) Reset() { h.desk.clear() }

// Use implements [web.Sessions].
func (h *Host) Use(token string) (userID string, ok bool) {
	for _, s := range h.servers {
		if userID, ok := s.Use(token); ok {
			return userID, true
		}
	}
	return "", false
}

// Expire implements [web.Sessions].
func (h *Host) Expire(token string) (ok bool) {
	for _, s := range h.servers {
		ok = s.Expire(token) || ok
	}
	return ok
}

// issuer finds the org whose app has the client id. Several orgs may know the
// app: then the first is meant that the test says yes to.
func (h *Host) issuer(clientID string, meant func(*Server) bool) (found *Server, refused *refusal) {
	for _, s := range h.servers {
		if !equal(clientID, s.App.ClientID) {
			continue
		}
		if meant(s) {
			return s, nil
		}
		if found == nil {
			found = s
		}
	}
	if found == nil {
		return nil, errUnknownClient
	}
	return found, nil
}

// client is issuer for a request that comes with the app's credentials.
func (h *Host) client(c *web.Call, form url.Values, meant func(*Server) bool) (*Server, *refusal) {
	id, secret := clientOf(c.Request, form)
	s, refused := h.issuer(id, meant)
	switch {
	case refused != nil:
		return nil, refused
	case !s.authentic(secret):
		return nil, errClientSecret
	}
	return s, nil
}

func anyServer(*Server) bool { return true }

// origin is where the org itself is reached.
func (s *Server) origin(c *web.Call) string {
	if own := s.URL(); own != "" {
		return own
	}
	return c.Origin()
}

// idURL is the identity URL of a user, at the host that was asked.
func (s *Server) idURL(c *web.Call, userID string) string {
	return c.Origin() + "/id/" + s.Org() + "/" + userID
}
