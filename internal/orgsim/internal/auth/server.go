package auth

import (
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// Policy says when a session ends by itself. Zero values: never.
type Policy struct {
	Lifetime time.Duration // without use
	MaxCalls int           // data calls per token
}

// Config is what the org gives its login server. All fields must be set.
type Config struct {
	ClientID     string
	ClientSecret string
	NoRunAsUser  bool
	Policy       Policy
	Seed         uint64
	Now          func() time.Time

	Org   func() string                                       // id of the organization
	RunAs func() string                                       // id of the app's run-as user
	User  func(id string) (fields map[string]string, ok bool) // a user's record
}

// Server issues tokens and knows which of them are good.
type Server struct {
	Config

	sessions *sessions
}

// New returns a server without sessions.
func New(config Config) *Server {
	return &Server{Config: config, sessions: newSessions(config.Policy, config.Now)}
}

// Register adds the server's resources to the gate.
func (s *Server) Register(g *web.Gate) {
	g.Open("/services/oauth2/token", web.Methods{"POST": {Kind: "oauth", Serve: s.token}})
	g.Open("/services/oauth2/revoke", web.Methods{"POST": {Kind: "oauth", Serve: s.revoke}})
	g.Open("/services/oauth2/userinfo", web.Methods{"GET": {Kind: "identity", Serve: s.userinfo}, "POST": {Kind: "identity", Serve: s.userinfo}})
	g.Open("/id/{org}/{user}", web.Methods{"GET": {Kind: "identity", Serve: s.identity}})
}

// Use implements [web.Sessions].
func (s *Server) Use(token string) (userID string, ok bool) {
	found, ok := s.sessions.find(token, true)
	if !ok {
		return "", false
	}
	return found.userID, true
}

// Expire implements [web.Sessions].
func (s *Server) Expire(token string) bool { return s.sessions.expire(token) }

// ExpireAll ends all sessions.
func (s *Server) ExpireAll() { s.sessions.expireAll() }
