package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// idTokenLifetime is how long an id token is good (Help: OpenID Connect).
const idTokenLifetime = 2 * time.Minute

// announcedLifetime is the session timeout that a token's exp tells of where the
// org's policy has none: Salesforce's default.
const announcedLifetime = 2 * time.Hour

// tokenAnswer is the answer of the token endpoint. There is no expires_in: how
// long a session lives is the org's policy.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitzero"`
	Signature    string `json:"signature"`
	Scope        string `json:"scope"`
	IDToken      string `json:"id_token,omitzero"`
	InstanceURL  string `json:"instance_url"`
	ID           string `json:"id"`
	TokenType    string `json:"token_type"`
	IssuedAt     string `json:"issued_at"` // epoch milliseconds
}

// begin starts a grant: its first session, and its refresh token where it is to
// have one.
func (s *Server) begin(c *web.Call, g *grant) (*tokenAnswer, *refusal) {
	refresh := ""
	if g.scopes.offline() {
		refresh = s.mint.refresh(s.Org())
	}
	s.ledger.begin(g, refresh, s.App.RefreshTokens.MaxPerUser)
	answer, refused := s.open(c, g)
	if refused == nil {
		answer.RefreshToken = refresh
	}
	return answer, refused
}

// open starts a session of a grant.
func (s *Server) open(c *web.Call, g *grant) (*tokenAnswer, *refusal) {
	now := s.Now()
	answer := &tokenAnswer{
		AccessToken: s.accessToken(c, g, now),
		Scope:       g.scopes.String(), TokenType: "Bearer",
		InstanceURL: s.origin(c), ID: s.idURL(c, g.userID),
		IssuedAt: strconv.FormatInt(now.UnixMilli(), 10),
	}
	if !s.ledger.open(answer.AccessToken, g) {
		return nil, errExpiredRefresh // revoked in this very moment
	}
	// Help: OAuth 2.0 token response, signature.
	mac := hmac.New(sha256.New, []byte(s.App.ClientSecret))
	mac.Write([]byte(answer.ID + answer.IssuedAt))
	answer.Signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if g.scopes.has("openid") {
		answer.IDToken = s.idToken(c, g, answer, now)
	}
	return answer, nil
}

func (s *Server) accessToken(c *web.Call, g *grant, now time.Time) string {
	if !s.App.JWTAccessTokens {
		return s.mint.access(s.Org())
	}
	// Help: JWT-based access tokens. Real ones list more hosts and features.
	return s.signer.sign(jwt.MapClaims{
		"iss": s.origin(c), "sub": "uid:" + g.userID, "client_id": s.App.ClientID, "scp": g.scopes.String(),
		"aud":   []string{s.origin(c), "https://api.salesforce.com"},
		"iat":   now.Unix(),
		"nbf":   now.Unix() - 15,
		"exp":   now.Add(announcedLifetime).Unix(),
		"mty":   "oauth",
		"roles": []string{},
		"sfi":   strings.Repeat(hex.EncodeToString(s.mint.bytes("sfi")), 8),
		"jti":   hex.EncodeToString(s.mint.bytes("jti")),
	})
}

// idToken tells the app who logged in (OpenID Connect Core, 2).
func (s *Server) idToken(c *web.Call, g *grant, answer *tokenAnswer, now time.Time) string {
	sum := sha256.Sum256([]byte(answer.AccessToken))
	claims := jwt.MapClaims{
		"iss": c.Origin(), "sub": answer.ID, "aud": s.App.ClientID,
		"iat": now.Unix(), "exp": now.Add(idTokenLifetime).Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2]),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	return s.signer.sign(claims)
}

// isIDToken recognises what the org signed that is no access token.
func (s *Server) isIDToken(token string) bool {
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithoutClaimsValidation(), jwt.WithValidMethods([]string{"RS256"})).ParseWithClaims(token, claims,
		func(*jwt.Token) (any, error) { return &s.signer.key().PublicKey, nil })
	_, ok := claims["at_hash"]
	return err == nil && ok
}
