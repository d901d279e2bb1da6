package salesforce

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// grant is one token with what came along with it.
type grant struct {
	token    string
	instance *url.URL
	// identity is the id URL, https://login.salesforce.com/id/ORG/USER.
	identity *url.URL
	orgID    string
	userID   string
}

// session holds the token that all views of a client share.
type session struct {
	login        *url.URL
	clientID     string
	clientSecret string
	http         *http.Client

	// turn lets one caller at a time log in; the others wait for the outcome.
	turn chan struct{}

	mu      sync.Mutex
	current *grant
	// logins counts finished attempts and failure is the last one's error, so that callers who waited
	// for an attempt share its outcome instead of repeating a refused login each.
	logins  int
	failure error
	// orgID is the first grant's; no later one may lead elsewhere.
	orgID string
}

func newSession(login *url.URL, clientID, clientSecret string, httpClient *http.Client) *session {
	return &session{
		login: login, clientID: clientID, clientSecret: clientSecret, http: httpClient,
		turn: make(chan struct{}, 1),
	}
}

// grant returns the token to use, fetching one if there is none yet.
func (s *session) grant(ctx context.Context) (*grant, error) {
	if g := s.peek(); g != nil {
		return g, nil
	}
	return s.renew(ctx, nil)
}

func (s *session) peek() *grant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// renew replaces a token that has been refused. Of all callers that hold the same stale token one
// logs in and the others get its outcome.
func (s *session) renew(ctx context.Context, stale *grant) (*grant, error) {
	s.mu.Lock()
	before := s.logins
	s.mu.Unlock()

	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a login: %w", context.Cause(ctx))
	}
	defer func() { <-s.turn }()

	if g, settled, err := s.outcome(stale, before); settled {
		return g, err
	}
	g, err := s.authenticate(ctx)
	if err == nil {
		err = s.sameOrg(g)
	}
	return s.settle(ctx, g, err)
}

// outcome tells what a login that ended since before means for a caller with a stale token.
func (s *session) outcome(stale *grant, before int) (_ *grant, settled bool, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current != stale {
		return s.current, true, nil
	}
	if s.logins > before && s.failure != nil {
		return nil, true, s.failure
	}
	return nil, false, nil
}

func (s *session) settle(ctx context.Context, g *grant, err error) (*grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.current, s.failure = g, nil
		s.orgID = g.orgID
		s.logins++
		return g, nil
	}
	s.current = nil
	// A caller who gave up says nothing about the credentials: the next in line tries again.
	if ctx.Err() == nil {
		s.failure = err
		s.logins++
	}
	return nil, err
}

// sameOrg refuses a token for another org than the first one: a refreshed sandbox has a new id, and
// its records are not those that were compared.
func (s *session) sameOrg(g *grant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.orgID == "" || s.orgID == g.orgID {
		return nil
	}
	return &Error{
		Op: "log in to " + s.login.Host, Code: CodeOrganizationChanged,
		Message: fmt.Sprintf("the org is now %s and was %s", g.orgID, s.orgID),
		Hint:    hintFor(CodeOrganizationChanged, ""),
		class:   classAuth,
	}
}
