package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
)

// session is one login.
type session struct {
	userID   string
	lastUsed time.Time
	calls    int
}

// sessions keeps the tokens that are good.
type sessions struct {
	policy Policy
	now    func() time.Time

	mu     sync.Mutex
	tokens map[string]*session
	issued uint64
}

func newSessions(policy Policy, now func() time.Time) *sessions {
	return &sessions{policy: policy, now: now, tokens: map[string]*session{}}
}

// open starts a session and returns its token: opaque, of the shape 00D…!….
func (s *sessions) open(orgID, userID, secret string, seed uint64) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	mac := hmac.New(sha256.New, []byte(secret+orgID))
	var number [16]byte
	binary.BigEndian.PutUint64(number[:8], seed)
	binary.BigEndian.PutUint64(number[8:], s.issued)
	mac.Write(number[:])
	sum := mac.Sum(nil)
	token := recordid.Short(orgID) + "!AQ" + base64.RawURLEncoding.EncodeToString(append(sum, sum[:20]...)) + "." + base64.RawURLEncoding.EncodeToString(sum[:6])
	s.tokens[token] = &session{userID: userID, lastUsed: s.now()}
	return token
}

// find returns the session of a token. A session ends after its lifetime without
// use, or when its calls are used up; counting says whether this is such a call.
func (s *sessions) find(token string, counting bool) (*session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.tokens[token]
	if !ok {
		return nil, false
	}
	now := s.now()
	idle := s.policy.Lifetime > 0 && now.Sub(found.lastUsed) >= s.policy.Lifetime
	if idle || s.policy.MaxCalls > 0 && found.calls >= s.policy.MaxCalls {
		delete(s.tokens, token)
		return nil, false
	}
	found.lastUsed = now
	if counting {
		found.calls++
	}
	return found, true
}

// expire ends one session; ok tells whether there was one.
func (s *sessions) expire(token string) (ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok = s.tokens[token]
	delete(s.tokens, token)
	return ok
}

func (s *sessions) expireAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}
