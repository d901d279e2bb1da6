package auth

import (
	"slices"
	"strings"
	"time"
)

// Account is what a user logs in with. Whether the user is active stands in the
// user's record.
type Account struct {
	Username string
	Password string // "": no login by password
	Locked   bool   // refused until an administrator unlocks it
	Approved bool   // has approved the app, or was pre-authorized by an administrator
}

// lockout is how long too many wrong passwords shut an account (Help: set
// password policies, the default).
const lockout = 15 * time.Minute

// account is what the server knows of a user beyond the record.
type account struct {
	Account

	failures    int
	lockedUntil time.Time
	logins      []time.Time // of the last hour
}

// account finds a user's account by name; users that came with the data have one
// without password. The lock is held.
func (s *Server) account(username string) *account {
	key := strings.ToLower(username)
	if s.accounts[key] == nil {
		s.accounts[key] = &account{Account: Account{Username: username}}
	}
	return s.accounts[key]
}

// signIn checks a password as the login page does. Whatever is wrong, the person
// is told the same.
func (s *Server) signIn(username, password string) (userID string, ok bool) {
	userID, found := s.FindUser(username)
	active := found && s.active(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !found {
		return "", false
	}
	a, now := s.account(username), s.Now()
	if a.Locked || now.Before(a.lockedUntil) {
		return "", false
	}
	if a.Password == "" || !equal(a.Password, password) {
		if a.failures++; a.failures >= s.MaxAttempts {
			a.failures, a.lockedUntil = 0, now.Add(lockout)
		}
		return "", false
	}
	a.failures = 0
	return userID, active && !s.closed
}

// active reports whether the user's record is there and active.
func (s *Server) active(userID string) bool {
	record, ok := s.User(userID)
	return ok && record["IsActive"] == "true"
}

// admit checks what every grant needs, whoever asks for it: an org that is open,
// an app that is installed, a user that is active, and a login rate that is not
// exceeded, which it counts against.
func (s *Server) admit(userID string) *refusal {
	record, _ := s.User(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errInactiveOrg
	case s.app.Uninstalled:
		return errUninstalled
	case record["IsActive"] != "true":
		return errInactiveUser
	}
	a, now := s.account(record["Username"]), s.Now()
	a.logins = slices.DeleteFunc(a.logins, func(at time.Time) bool { return now.Sub(at) >= time.Hour })
	if len(a.logins) >= s.MaxLogins {
		return errRate
	}
	a.logins = append(a.logins, now)
	return nil
}

// permitted reports whether the app's policy lets the user in.
func (s *Server) permitted(userID string) bool {
	approved := s.preapproved(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.app.Users == SelfAuthorized || approved
}

// preapproved reports whether an administrator, or the user at an earlier time,
// has let the app in.
func (s *Server) preapproved(userID string) bool {
	record, _ := s.User(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account(record["Username"]).Approved
}

// locked reports whether the account is shut.
func (s *Server) locked(userID string) bool {
	record, _ := s.User(userID)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(record["Username"])
	return a.Locked || s.Now().Before(a.lockedUntil)
}
