package auth

import (
	"crypto/subtle"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Limits where the org sets none.
const (
	defaultMaxAttempts = 10    // Help: set password policies
	defaultMaxLogins   = 3_600 // an hour and user (Help: login rate)
)

// Config is what the org gives its login server. All functions must be set.
type Config struct {
	App      App
	Accounts []Account
	Policy   Policy
	Seed     uint64
	Sandbox  bool
	Now      func() time.Time

	MaxAttempts int // wrong passwords before a lockout; default 10
	MaxLogins   int // logins of a user in an hour; default 3,600

	Org      func() string                                       // id of the organization
	URL      func() string                                       // the org's own URL, or "" for that of the request
	RunAs    func() string                                       // id of the app's run-as user
	User     func(id string) (fields map[string]string, ok bool) // a user's record
	FindUser func(username string) (id string, ok bool)          // by name, whatever its case
}

// Server is the state of one org's logins: it issues tokens and knows which of
// them are good. It is safe for concurrent use.
type Server struct {
	Config

	ledger    *ledger
	mint      *mint
	signer    *signer
	verifiers []verifier

	mu       sync.Mutex
	app      App  // as it is now
	closed   bool // the org is inactive
	accounts map[string]*account
}

// New returns a server without sessions. It fails where the app is not set up
// right.
func New(config Config) (*Server, error) {
	verifiers, err := config.App.settle()
	if err != nil {
		return nil, fmt.Errorf("set up app: %w", err)
	}
	if config.MaxAttempts == 0 {
		config.MaxAttempts = defaultMaxAttempts
	}
	if config.MaxLogins == 0 {
		config.MaxLogins = defaultMaxLogins
	}
	s := &Server{
		Config: config, verifiers: verifiers, ledger: newLedger(config.Policy, config.Now),
		mint:   &mint{secret: config.App.ClientSecret, seed: config.Seed},
		signer: newSigner(config.Seed, strconv.FormatBool(config.Sandbox)),
	}
	s.Reset()
	return s, nil
}

// Reset forgets all logins, and what was changed since the start.
func (s *Server) Reset() {
	s.ledger.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app, s.closed, s.accounts = s.App, false, map[string]*account{}
	for _, a := range s.Accounts {
		s.accounts[strings.ToLower(a.Username)] = &account{Account: a}
	}
}

// Use implements [web.Sessions]. A session without the scope api is not valid for
// use with data APIs.
func (s *Server) Use(token string) (userID string, ok bool) {
	g, ok := s.ledger.use(token, true)
	if !ok || !g.scopes.data() || !s.alive(g.userID) {
		return "", false
	}
	return g.userID, true
}

// alive reports whether the org is open and the user active.
func (s *Server) alive(userID string) bool {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	return !closed && s.active(userID)
}

// Expire implements [web.Sessions].
func (s *Server) Expire(token string) bool { return s.ledger.expire(token) }

// policy returns the app as it is now.
func (s *Server) policy() App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app
}

// authentic checks a secret; a public app has none, and must send none.
func (s *Server) authentic(secret string) bool {
	if s.App.Public {
		return secret == ""
	}
	return equal(secret, s.App.ClientSecret)
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
