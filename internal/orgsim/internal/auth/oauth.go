package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// tokenAnswer is the answer of the token endpoint. There is no expires_in: how
// long a session lives is the org's policy.
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	Signature   string `json:"signature"`
	Scope       string `json:"scope"`
	InstanceURL string `json:"instance_url"`
	ID          string `json:"id"`
	TokenType   string `json:"token_type"`
	IssuedAt    string `json:"issued_at"` // epoch milliseconds
}

type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

func fail(c *web.Call, code, description string) {
	c.JSON(http.StatusBadRequest, oauthError{Error: code, Description: description})
}

// token logs in by client credentials, the one grant of this org. It is only
// offered on the My Domain host (Help: OAuth 2.0 client credentials flow).
func (s *Server) token(c *web.Call) {
	c.Out.Header().Set("Cache-Control", "no-cache, no-store")
	c.Out.Header().Set("Pragma", "no-cache")
	form, ok := formOf(c)
	if !ok {
		fail(c, "invalid_request", "the request body is not a form")
		return
	}
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		fail(c, "unsupported_grant_type", "grant type not supported")
		return
	}
	if sharedLoginHost(c.Request.Host) {
		fail(c, "invalid_grant", "request not supported on this domain")
		return
	}
	id, secret := clientOf(c.Request, form)
	if !equal(id, s.ClientID) {
		fail(c, "invalid_client_id", "client identifier invalid")
		return
	}
	if !equal(secret, s.ClientSecret) {
		fail(c, "invalid_client", "invalid client credentials")
		return
	}
	if s.NoRunAsUser {
		fail(c, "invalid_grant", "no client credentials user enabled")
		return
	}
	c.JSON(http.StatusOK, s.login(c))
}

func (s *Server) login(c *web.Call) tokenAnswer {
	answer := tokenAnswer{
		AccessToken: s.sessions.open(s.Org(), s.RunAs(), s.ClientSecret, s.Seed),
		Scope:       "api", TokenType: "Bearer",
		InstanceURL: c.Origin(),
		ID:          c.Origin() + "/id/" + s.Org() + "/" + s.RunAs(),
		IssuedAt:    strconv.FormatInt(s.Now().UnixMilli(), 10),
	}
	mac := hmac.New(sha256.New, []byte(s.ClientSecret))
	mac.Write([]byte(answer.ID + answer.IssuedAt))
	answer.Signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return answer
}

// revoke ends the session of a token.
func (s *Server) revoke(c *web.Call) {
	form, _ := formOf(c)
	if !s.sessions.expire(form.Get("token")) {
		fail(c, "invalid_token", "invalid token: "+shortened(form.Get("token")))
		return
	}
	c.Out.WriteHeader(http.StatusOK)
}

// form reads a form body; parameters of the URL do not count.
func formOf(c *web.Call) (url.Values, bool) {
	mediaType, _, _ := strings.Cut(c.Request.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded") {
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Out, c.Request.Body, maxForm))
	if err != nil {
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	return form, err == nil
}

// maxForm is the most that a form may hold, in bytes.
const maxForm = 1 << 20

// clientOf takes the credentials from the form, or from a Basic header.
func clientOf(r *http.Request, form url.Values) (id, secret string) {
	if id, secret, ok := r.BasicAuth(); ok {
		return unescaped(id), unescaped(secret)
	}
	return form.Get("client_id"), form.Get("client_secret")
}

// unescaped undoes the form encoding of Basic credentials (RFC 6749, 2.3.1).
func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// sharedLoginHost reports the hosts that belong to no single org.
func sharedLoginHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.EqualFold(host, "login.salesforce.com") || strings.EqualFold(host, "test.salesforce.com")
}

// shortened shows just enough of a token to recognise it.
func shortened(token string) string { return token[:min(len(token), 15)] }
