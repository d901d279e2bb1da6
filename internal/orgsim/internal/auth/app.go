package auth

import (
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// App is the connected app or External Client App that clients log in through.
type App struct {
	Name         string // shown on the consent page; default: the client id
	ClientID     string // consumer key
	ClientSecret string // consumer secret
	Public       bool   // has no secret, and sending one is refused

	// RedirectURIs are the callbacks, each to be matched exactly. None: any path
	// on any port of 127.0.0.1, localhost or [::1], by http.
	RedirectURIs []string
	// Certificates are PEM certificates or public keys, RSA of 2,048 bits or more,
	// that JWT assertions may be signed for.
	Certificates []string
	// Scopes are those the app may ask for. None: api, web, refresh_token,
	// offline_access, openid, id, profile, email.
	Scopes []string

	Users         PermittedUsers
	RefreshTokens RefreshPolicy

	OptionalPKCE    bool          // a request without code_challenge is taken
	AssertionWindow time.Duration // how far ahead exp of an assertion may lie; default 3 minutes; negative: any distance, as the Salesforce CLI needs, which writes milliseconds
	Uninstalled     bool          // the app is not installed in the org
	NoRunAsUser     bool          // no user for client credentials
	JWTAccessTokens bool          // access tokens are JWTs of more than 1 KB
}

// PermittedUsers is the app's policy of who may use it.
type PermittedUsers string

// The policies (Help: manage OAuth access policies).
const (
	SelfAuthorized PermittedUsers = ""               // all users may self-authorize
	AdminApproved  PermittedUsers = "admin approved" // admin approved users are pre-authorized
)

// RefreshPolicy says how long refresh tokens are good. Zero values: until revoked.
type RefreshPolicy struct {
	Rotate       bool          // each works once; an old one revokes the new one
	Lifetime     time.Duration // since the person allowed
	IdleLifetime time.Duration // since the last use
	MaxPerUser   int           // the oldest beyond it is dropped; default 5, negative: any number
}

// The app's defaults and Salesforce's own limits.
const (
	defaultAssertionWindow = 3 * time.Minute
	defaultMaxPerUser      = 5
	minKeyBits             = 2048
)

// verifier is a public key, good until a time or for ever.
type verifier struct {
	key   *rsa.PublicKey
	until time.Time
}

// settle fills in defaults and reads the certificates.
func (a *App) settle() ([]verifier, error) {
	a.Name = cmp.Or(a.Name, a.ClientID)
	if len(a.Scopes) == 0 {
		a.Scopes = usual
	}
	if unknown := slices.IndexFunc(a.Scopes, func(name string) bool { return !slices.Contains(known, name) }); unknown >= 0 {
		return nil, fmt.Errorf("scope %q is none of %s", a.Scopes[unknown], known)
	}
	if a.Users != SelfAuthorized && a.Users != AdminApproved {
		return nil, fmt.Errorf("permitted users %q is neither empty nor %q", a.Users, AdminApproved)
	}
	if a.AssertionWindow == 0 {
		a.AssertionWindow = defaultAssertionWindow
	}
	if a.RefreshTokens.MaxPerUser == 0 {
		a.RefreshTokens.MaxPerUser = defaultMaxPerUser
	}
	for _, uri := range a.RedirectURIs {
		if err := checkRedirect(uri); err != nil {
			return nil, fmt.Errorf("redirect URI %q: %w", uri, err)
		}
	}
	var verifiers []verifier
	for i, text := range a.Certificates {
		v, err := parseVerifier(text)
		if err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
		verifiers = append(verifiers, v)
	}
	return verifiers, nil
}

// checkRedirect refuses what Salesforce's setup refuses: plain http beyond this
// machine, and what is no absolute URL.
func checkRedirect(uri string) error {
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		return errors.Unwrap(err)
	case u.Scheme == "" || u.Opaque != "" || u.User != nil || strings.Contains(uri, "#"):
		return errors.New("not an absolute URL without user and fragment")
	case u.Scheme == "http" && !loopback(u), u.Scheme == "javascript", u.Scheme == "data":
		return errors.New("must be https, http on this machine, or an app's own scheme")
	}
	return nil
}

func loopback(u *url.URL) bool {
	return slices.Contains([]string{"127.0.0.1", "localhost", "::1"}, u.Hostname())
}

// redirectable reports whether the browser may be sent there.
func (a *App) redirectable(uri string) bool {
	if len(a.RedirectURIs) > 0 {
		return slices.Contains(a.RedirectURIs, uri)
	}
	u, err := url.Parse(uri)
	return err == nil && u.Scheme == "http" && checkRedirect(uri) == nil
}

// grantable settles which scopes a request gets: all of the app's where it names
// none; ok is false where it names another.
func (a *App) grantable(asked string) (granted scopes, ok bool) {
	granted = parseScopes(asked)
	if len(granted) == 0 {
		return a.Scopes, true
	}
	return granted, granted.within(a.Scopes)
}

func parseVerifier(text string) (verifier, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return verifier{}, errors.New("no PEM block")
	}
	var v verifier
	var key any
	switch block.Type {
	case "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return v, fmt.Errorf("parse certificate: %w", err)
		}
		key, v.until = certificate.PublicKey, certificate.NotAfter
	case "PUBLIC KEY":
		var err error
		if key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
			return v, fmt.Errorf("parse public key: %w", err)
		}
	default:
		return v, fmt.Errorf("PEM block %q is neither CERTIFICATE nor PUBLIC KEY", block.Type)
	}
	var isRSA bool
	if v.key, isRSA = key.(*rsa.PublicKey); !isRSA || v.key.N.BitLen() < minKeyBits {
		return v, fmt.Errorf("not an RSA key of %d bits or more", minKeyBits)
	}
	return v, nil
}
