package auth

import (
	"slices"
	"sync"
	"time"
)

// codeLifetime is how long an authorization code is good (Help: OAuth 2.0 web
// server flow).
const codeLifetime = 15 * time.Minute

// Policy says when a session ends by itself. Zero values: never.
type Policy struct {
	Lifetime time.Duration // without use
	MaxCalls int           // data calls per token
}

// grant is what one login gave: sessions and, where the scopes say so, a refresh
// token.
type grant struct {
	userID  string
	scopes  scopes
	nonce   string // of the authorization request, for its id token
	refresh string // the refresh token that is good, or ""
	begun   time.Time
	used    time.Time // the refresh token, last
	ended   bool
}

// session is one access token.
type session struct {
	grant    *grant
	begun    time.Time
	lastUsed time.Time
	calls    int
}

// code is an authorization code on its way through the browser.
type code struct {
	userID      string
	scopes      scopes
	redirectURI string
	challenge   string // "": none
	nonce       string
	begun       time.Time
	spent       bool
	gave        *grant // what it was exchanged for
}

// ledger keeps what was given and is still good. It is safe for concurrent use.
type ledger struct {
	policy Policy
	now    func() time.Time

	mu        sync.Mutex
	sessions  map[string]*session
	refreshes map[string]*grant // by every refresh token it ever had
	codes     map[string]*code
	grants    []*grant          // those with a refresh token, oldest first
	approvals map[string]scopes // by user, what was allowed on the consent page
}

func newLedger(policy Policy, now func() time.Time) *ledger {
	l := &ledger{policy: policy, now: now}
	l.clear()
	return l
}

// clear forgets everything.
func (l *ledger) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sessions, l.refreshes, l.codes = map[string]*session{}, map[string]*grant{}, map[string]*code{}
	l.grants, l.approvals = nil, map[string]scopes{}
}

// begin notes a new grant and drops the user's oldest where there are too many
// with a refresh token; most < 0 means any number.
func (l *ledger) begin(g *grant, refresh string, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g.begun, g.used = l.now(), l.now()
	if refresh == "" || g.ended { // its code was shown again meanwhile
		return
	}
	g.refresh, l.refreshes[refresh] = refresh, g
	l.grants = append(l.grants, g)
	var own []*grant
	for _, other := range l.grants {
		if other.userID == g.userID {
			own = append(own, other)
		}
	}
	for ; most >= 0 && len(own) > most; own = own[1:] {
		l.end(own[0])
	}
}

// open starts a session; ok is false where the grant has ended meanwhile.
func (l *ledger) open(token string, g *grant) (ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g.ended {
		return false
	}
	l.sessions[token] = &session{grant: g, begun: l.now(), lastUsed: l.now()}
	return true
}

// find returns copies of a token's session and of its grant. A session ends after
// its lifetime without use, or when its calls are used up.
func (l *ledger) find(token string) (session, grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.good(token)
	if !ok {
		return session{}, grant{}, false
	}
	return *found, *found.grant, true
}

// use is find for a call that counts, which prolongs the session.
func (l *ledger) use(token string, data bool) (grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.good(token)
	if !ok {
		return grant{}, false
	}
	found.lastUsed = l.now()
	if data {
		found.calls++
	}
	return *found.grant, true
}

func (l *ledger) good(token string) (*session, bool) {
	found, ok := l.sessions[token]
	if !ok {
		return nil, false
	}
	idle := l.policy.Lifetime > 0 && l.now().Sub(found.lastUsed) >= l.policy.Lifetime
	if idle || l.policy.MaxCalls > 0 && found.calls >= l.policy.MaxCalls {
		delete(l.sessions, token)
		return nil, false
	}
	return found, true
}

// expire ends one session; ok tells whether there was one.
func (l *ledger) expire(token string) (ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok = l.sessions[token]
	delete(l.sessions, token)
	return ok
}

func (l *ledger) expireAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.sessions)
}

// end closes a grant with all it gave. With the user's last refresh token the
// user's approval goes as well: to Salesforce both are one entry.
func (l *ledger) end(g *grant) {
	g.ended = true
	for token, s := range l.sessions {
		if s.grant == g {
			delete(l.sessions, token)
		}
	}
	if g.refresh == "" {
		return
	}
	l.grants = slices.DeleteFunc(l.grants, func(other *grant) bool { return other == g })
	if !slices.ContainsFunc(l.grants, func(other *grant) bool { return other.userID == g.userID }) {
		delete(l.approvals, g.userID)
	}
}

// endAll closes the grants that have a refresh token, of one user or ("") of all.
func (l *ledger) endAll(userID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, g := range slices.Clone(l.grants) {
		if userID == "" || g.userID == userID {
			l.end(g)
		}
	}
}
