package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// token answers the token endpoint.
func (h *Host) token(c *web.Call) {
	unstored(c)
	form, refused := readForm(c)
	if refused != nil {
		refuse(c, refused)
		return
	}
	answer, refused := h.grant(c, form)
	if refused != nil {
		refuse(c, refused)
		return
	}
	c.JSON(http.StatusOK, answer)
}

func (h *Host) grant(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	if format := form.Get("format"); format != "" && format != "json" {
		return nil, errFormat
	}
	switch form.Get("grant_type") {
	case "authorization_code":
		return h.exchangeCode(c, form)
	case "refresh_token":
		return h.refresh(c, form)
	case "client_credentials":
		return h.clientCredentials(c, form)
	case jwtBearer:
		return h.assertion(c, form)
	case "password":
		return h.password(c, form)
	}
	return nil, errGrantType
}

// exchangeCode turns an authorization code into tokens. A code that is shown
// with the right client is spent, whatever else is wrong.
func (h *Host) exchangeCode(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	token := form.Get("code")
	s, refused := h.client(c, form, func(s *Server) bool { return s.ledger.hasCode(token) })
	if refused != nil {
		return nil, refused
	}
	if token == "" {
		return nil, errNoCode
	}
	code, refused := s.ledger.spendCode(token)
	if refused != nil {
		return nil, refused
	}
	if form.Get("redirect_uri") != code.redirectURI {
		return nil, errRedirectMismatch
	}
	if refused := proven(code.challenge, form.Get("code_verifier")); refused != nil {
		return nil, refused
	}
	if refused := s.admit(code.userID); refused != nil {
		return nil, refused
	}
	if !s.permitted(code.userID) {
		return nil, errNotAdmitted
	}
	g := &grant{userID: code.userID, scopes: code.scopes, nonce: code.nonce}
	s.ledger.settleCode(code, g)
	return s.begin(c, g)
}

// proven checks the verifier of a code (RFC 7636, 4.6).
func proven(challenge, verifier string) *refusal {
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case challenge == "" && verifier == "":
		return nil
	case verifier == "":
		return errNoVerifier
	case !equal(challenge, base64.RawURLEncoding.EncodeToString(sum[:])) || !wellFormed(verifier, 43, maxVerifier, "-._~"):
		return errWrongVerifier
	}
	return nil
}

// maxVerifier is the longest verifier. RFC 7636 ends at 128 characters, but the
// Salesforce CLI and jsforce, which log in to real orgs, send 171: 128 random bytes
// in base64url.
const maxVerifier = 256

// wellFormed checks length and alphabet: letters, digits and some more.
func wellFormed(text string, shortest, longest int, more string) bool {
	if len(text) < shortest || len(text) > longest {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune(more, r)
	}) < 0
}

// refresh turns a refresh token into a new session.
func (h *Host) refresh(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	token := form.Get("refresh_token")
	s, refused := h.client(c, form, func(s *Server) bool { _, ok := s.ledger.holder(token); return ok })
	if refused != nil {
		return nil, refused
	}
	if token == "" {
		return nil, errNoRefreshToken
	}
	holder, ok := s.ledger.holder(token)
	if !ok {
		return nil, errExpiredRefresh
	}
	if !parseScopes(form.Get("scope")).within(holder.scopes) {
		return nil, errScope
	}
	if refused := s.admit(holder.userID); refused != nil {
		return nil, refused
	}
	if !s.permitted(holder.userID) {
		return nil, errNotAdmitted
	}
	policy, next := s.policy().RefreshTokens, ""
	if policy.Rotate {
		next = s.mint.refresh(s.Org())
	}
	g, ok := s.ledger.redeem(token, next, policy)
	if !ok {
		return nil, errExpiredRefresh
	}
	answer, refused := s.open(c, g)
	if refused == nil {
		answer.RefreshToken = next
	}
	return answer, refused
}

// clientCredentials logs in the app itself, as its run-as user. It is only
// offered on the My Domain host (Help: OAuth 2.0 client credentials flow).
func (h *Host) clientCredentials(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	if h.shared || sharedName(c.Request.Host) {
		return nil, errDomain
	}
	s, refused := h.client(c, form, anyServer)
	switch {
	case refused != nil:
		return nil, refused
	case s.App.Public:
		return nil, errClientSecret
	case s.App.NoRunAsUser:
		return nil, errNoRunAs
	}
	if refused := s.admit(s.RunAs()); refused != nil {
		return nil, refused
	}
	return s.begin(c, &grant{userID: s.RunAs(), scopes: scopes(s.App.Scopes).online()})
}

// password refuses as orgs do in which the username-password flow is blocked,
// which new ones are (Help: block OAuth 2.0 username-password flow).
func (h *Host) password(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	if _, refused := h.client(c, form, anyServer); refused != nil {
		return nil, refused
	}
	return nil, errAuthFailure
}

// sharedName reports the host names that belong to no single org.
func sharedName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(host, "login.salesforce.com") || strings.EqualFold(host, "test.salesforce.com")
}
