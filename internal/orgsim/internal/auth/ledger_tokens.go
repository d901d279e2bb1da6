package auth

// approve notes what the user allowed on the consent page.
func (l *ledger) approve(userID string, granted scopes) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.approvals[userID] = l.approvals[userID].union(granted)
}

// disapprove forgets it.
func (l *ledger) disapprove(userID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.approvals, userID)
}

// approved returns what the user has allowed so far.
func (l *ledger) approved(userID string) scopes {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.approvals[userID]
}

// addCode keeps a code, and forgets codes that have been of no use for long.
func (l *ledger) addCode(token string, c *code) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.begun = l.now()
	for old, other := range l.codes {
		if c.begun.Sub(other.begun) > 4*codeLifetime {
			delete(l.codes, old)
		}
	}
	l.codes[token] = c
}

func (l *ledger) hasCode(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.codes[token] != nil
}

// spendCode takes a code out of use, whatever comes of it. One that was spent
// before is taken for stolen: what it gave ends (RFC 6749, 4.1.2).
func (l *ledger) spendCode(token string) (*code, *refusal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.codes[token]
	switch {
	case c == nil:
		return nil, errUnknownCode
	case c.spent:
		if c.gave != nil {
			l.end(c.gave)
		}
		return nil, errExpiredCode
	}
	c.spent = true
	if l.now().Sub(c.begun) >= codeLifetime {
		return nil, errExpiredCode
	}
	return c, nil
}

// settleCode notes what a code gave, so that its second use can end it.
func (l *ledger) settleCode(c *code, g *grant) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.gave = g
}

// holder returns the grant that a refresh token belongs or belonged to.
func (l *ledger) holder(token string) (*grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, ok := l.refreshes[token]
	return g, ok
}

// redeem uses a refresh token, and puts next in its place where that is not "".
// A token that was replaced before ends the grant (KB 005316711).
func (l *ledger) redeem(token, next string, p RefreshPolicy) (*grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.refreshes[token]
	if g == nil || g.ended {
		return nil, false
	}
	if token != g.refresh || l.lapsed(g, p) {
		l.end(g)
		return nil, false
	}
	g.used = l.now()
	if next != "" {
		g.refresh, l.refreshes[next] = next, g
	}
	return g, true
}

func (l *ledger) lapsed(g *grant, p RefreshPolicy) bool {
	now := l.now()
	return p.Lifetime > 0 && now.Sub(g.begun) >= p.Lifetime || p.IdleLifetime > 0 && now.Sub(g.used) >= p.IdleLifetime
}

// fresh returns a copy of the grant whose refresh token this is, if it is good.
func (l *ledger) fresh(token string, p RefreshPolicy) (grant, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.refreshes[token]
	if g == nil || g.ended || token != g.refresh || l.lapsed(g, p) {
		return grant{}, false
	}
	return *g, true
}

// revoke ends what a refresh token or an access token stands for; ok is false
// where it stands for nothing.
func (l *ledger) revoke(token string, p RefreshPolicy) (ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, session := l.good(token); session {
		delete(l.sessions, token)
		return true
	}
	g := l.refreshes[token]
	if g == nil || g.ended {
		return false
	}
	good := token == g.refresh && !l.lapsed(g, p)
	l.end(g)
	return good
}
