package auth

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// skew is how far clocks may be apart.
const skew = 30 * time.Second

// audiences of the two kinds of org (Help: OAuth 2.0 JWT bearer flow).
const (
	productionAudience = "https://login.salesforce.com"
	sandboxAudience    = "https://test.salesforce.com"
)

// claims are those of an assertion that count.
type claims struct {
	issuer, subject, audience string
	expires, notBefore        time.Time
}

// assertion logs in the user that a signed JWT names. The user must have approved
// the app before, for offline use, or be pre-authorized; there is no refresh
// token.
func (h *Host) assertion(c *web.Call, form url.Values) (*tokenAnswer, *refusal) {
	text := form.Get("assertion")
	if text == "" {
		return nil, errNoAssertion
	}
	claimed, ok := readClaims(text)
	if !ok {
		return nil, errAssertion
	}
	s, refused := h.issuer(claimed.issuer, func(s *Server) bool { _, ok := s.FindUser(claimed.subject); return ok })
	if refused != nil {
		return nil, refused
	}
	if !s.signed(text) {
		return nil, errAssertion
	}
	if claimed.notBefore.Sub(s.Now()) > skew {
		return nil, errAssertion
	}
	ahead := claimed.expires.Sub(s.Now())
	if window := s.App.AssertionWindow; ahead <= -skew || window >= 0 && ahead > window+skew {
		return nil, errExpiredJWT
	}
	if !slices.Contains(s.audiences(c), claimed.audience) {
		return nil, errAudience
	}
	return s.assert(c, claimed.subject)
}

// readClaims reads an assertion whose signature is still to be checked. All four
// claims are needed, nbf is not. A header crit names extensions that must be
// understood (RFC 7515, 4.1.11), and none is.
func readClaims(text string) (claims, bool) {
	members := jwt.MapClaims{}
	token, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(text, members)
	if err != nil {
		return claims{}, false
	}
	if _, critical := token.Header["crit"]; critical {
		return claims{}, false
	}
	issuer, hasIssuer := members["iss"].(string)
	subject, hasSubject := members["sub"].(string)
	audience, hasAudience := members["aud"].(string)
	_, listed := members["aud"].([]any) // which no document says is taken: no audience of ours
	read := claims{issuer: issuer, subject: subject, audience: audience}
	expires, timed := readTime(members["exp"])
	read.expires = expires
	if text, given := members["nbf"]; given {
		notBefore, ok := readTime(text)
		read.notBefore, timed = notBefore, timed && ok
	}
	return read, hasIssuer && hasSubject && (hasAudience || listed) && timed
}

// readTime reads seconds since 1970, which may be a text, as in Salesforce's own
// sample code.
func readTime(claim any) (time.Time, bool) {
	digits, ok := claim.(string)
	if number, isNumber := claim.(json.Number); isNumber {
		digits, ok = number.String(), true
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	return time.Unix(seconds, 0), ok && err == nil
}

// signed reports whether one of the app's certificates fits the signature.
func (s *Server) signed(text string) bool {
	var keys jwt.VerificationKeySet
	for _, v := range s.verifiers {
		if v.until.IsZero() || s.Now().Before(v.until) {
			keys.Keys = append(keys.Keys, v.key)
		}
	}
	parser := jwt.NewParser(jwt.WithoutClaimsValidation(), jwt.WithValidMethods([]string{"RS256"}))
	_, err := parser.Parse(text, func(*jwt.Token) (any, error) { return keys, nil })
	return err == nil && len(keys.Keys) > 0
}

// audiences are the names of the login server: by the kind of org, and those by
// which it is reached here.
func (s *Server) audiences(c *web.Call) []string {
	kind := productionAudience
	if s.Sandbox {
		kind = sandboxAudience
	}
	return []string{kind, s.origin(c), c.Origin()}
}

// assert logs in the user whom a good assertion names.
func (s *Server) assert(c *web.Call, username string) (*tokenAnswer, *refusal) {
	userID, ok := s.FindUser(username)
	if !ok || s.locked(userID) {
		return nil, errAuthFailure
	}
	if refused := s.admit(userID); refused != nil {
		return nil, refused
	}
	if !s.permitted(userID) {
		return nil, errNotAdmitted
	}
	granted := s.ledger.approved(userID)
	switch {
	case s.preapproved(userID):
		granted = s.App.Scopes
	case !granted.offline():
		return nil, errNotApproved
	}
	return s.begin(c, &grant{userID: userID, scopes: granted.online()})
}
