package auth

import "time"

// ExpireAll ends all sessions; refresh tokens stay good.
func (s *Server) ExpireAll() { s.ledger.expireAll() }

// RevokeAll revokes all refresh tokens, and with them their sessions and the
// users' approvals.
func (s *Server) RevokeAll() { s.ledger.endAll("") }

// Forget makes every token and code worthless, as a sandbox refresh does.
func (s *Server) Forget() { s.ledger.clear() }

// SetOpen opens or closes the org.
func (s *Server) SetOpen(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = !open
}

// SetInstalled installs or uninstalls the app.
func (s *Server) SetInstalled(installed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.Uninstalled = !installed
}

// SetRotation turns refresh token rotation on or off.
func (s *Server) SetRotation(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.RefreshTokens.Rotate = on
}

// SetPermittedUsers changes the app's policy.
func (s *Server) SetPermittedUsers(policy PermittedUsers) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.Users = policy
}

// SetApproved lets a user in beforehand, or takes back every approval the user
// has, refresh tokens included.
func (s *Server) SetApproved(userID string, approved bool) {
	record, _ := s.User(userID)
	s.mu.Lock()
	s.account(record["Username"]).Approved = approved
	s.mu.Unlock()
	if !approved {
		s.ledger.endAll(userID)
		s.ledger.disapprove(userID)
	}
}

// SetLocked locks a user out of password and assertion logins, or lets the user
// in again.
func (s *Server) SetLocked(userID string, locked bool) {
	record, _ := s.User(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(record["Username"])
	a.Locked = locked
	if !locked {
		a.failures, a.lockedUntil = 0, time.Time{}
	}
}
