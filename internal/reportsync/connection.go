package reportsync

import (
	"net"
	"net/url"
	"strings"
)

// Environment says which kind of Salesforce org a connection leads to.
type Environment string

// The environments.
const (
	Production Environment = "production"
	Sandbox    Environment = "sandbox"
)

// Hosts that every production org and every sandbox can log in at. The client credentials flow is refused there
// (Salesforce Help: OAuth 2.0 Client Credentials Flow).
const (
	productionLoginURL = "https://login.salesforce.com"
	sandboxLoginURL    = "https://test.salesforce.com"
)

// ConnectionSpec declares one authorised Salesforce org.
type ConnectionSpec struct {
	Name              string             `json:"name" doc:"Unique name" example:"production"`
	Environment       Environment        `json:"environment" enum:"production,sandbox" doc:"Kind of org"`
	LoginURL          *string            `json:"login_url,omitempty" doc:"The org's My Domain URL; by default login.salesforce.com or test.salesforce.com by environment" example:"https://acme.my.salesforce.com"`
	ClientCredentials *ClientCredentials `json:"client_credentials,omitempty" doc:"OAuth 2.0 client credentials flow: works only on the org's My Domain, with an app that has a run-as user"`
	Limits            *Limits            `json:"limits,omitempty" doc:"What runs may use of the org"`
}

// Limits bound what runs may use of an org.
type Limits struct {
	BatchRows     *int64 `json:"batch_rows,omitempty" doc:"Most rows that one sObject Collections call writes, 1 to 200, unless an integration says otherwise; default 200. Few make many calls, so that the Bulk API is taken earlier: a run's forecast says where"`
	DailyAPICalls *int64 `json:"daily_api_calls,omitempty" doc:"Most API calls that all runs on this connection make in a day (UTC); default as many as the org allows. A run that needs more fails; ignore_guards lets one through, and a dry run goes on and says so"`
}

// ClientCredentials identify an app of the org for the OAuth 2.0 client credentials flow.
type ClientCredentials struct {
	ClientID     string `json:"client_id" doc:"Consumer key of the app"`
	ClientSecret Secret `json:"client_secret,omitempty" writeOnly:"true" doc:"Consumer secret of the app. Required on create; left out of a replacement, the stored one stays. Never returned"`
}

// Connection is a stored connection. It never holds a secret.
type Connection struct {
	ID                     string `json:"id" readOnly:"true" doc:"Opaque, stable id"`
	Revision               int64  `json:"revision" readOnly:"true" doc:"Counts the changes, from 1; also the ETag"`
	CredentialsFingerprint string `json:"credentials_fingerprint" readOnly:"true" doc:"Changes whenever the stored secret does; tells nothing about it"`
	ConnectionSpec
}

// EffectiveLoginURL returns the URL that logins go to, without a trailing slash.
func (c ConnectionSpec) EffectiveLoginURL() string {
	switch {
	case c.LoginURL != nil:
		return strings.TrimRight(*c.LoginURL, "/")
	case c.Environment == Sandbox:
		return sandboxLoginURL
	default:
		return productionLoginURL
	}
}

// Secret returns the secret that the spec carries, empty for none.
func (c ConnectionSpec) Secret() Secret {
	if c.ClientCredentials == nil {
		return ""
	}
	return c.ClientCredentials.ClientSecret
}

// WithSecret returns a copy of the spec that carries the secret s; an empty s takes the secret out.
func (c ConnectionSpec) WithSecret(s Secret) ConnectionSpec {
	if c.ClientCredentials != nil {
		cc := *c.ClientCredentials
		cc.ClientSecret = s
		c.ClientCredentials = &cc
	}
	return c
}

// SecretPointer is the JSON pointer to the secret of a connection.
const SecretPointer = "/client_credentials/client_secret"

// KeepsSecret reports whether the secret stored with old still holds for the spec that replaces it: nil when it does,
// and the error for a replacement that sends none when it does not. Else who may change a connection without knowing its
// secret could have it sent to a host of their own.
func (c ConnectionSpec) KeepsSecret(old ConnectionSpec) error {
	switch before := old.EffectiveLoginURL(); {
	case c.EffectiveLoginURL() != before:
		return c.noSecret("must be sent again, since the login URL changes: the stored one is meant for " + before + " only")
	case c.clientID() != old.clientID():
		return c.noSecret("must be sent again, since client_id changes: the stored one belongs to the app before")
	}
	return nil
}

// RequireSecret reports a spec without a secret where none is stored that could stand in.
func (c ConnectionSpec) RequireSecret() error {
	if c.Secret() == "" {
		return c.noSecret("is required: without it nobody can log in")
	}
	return nil
}

func (c ConnectionSpec) noSecret(detail string) error {
	return Invalid("connection "+quoteName(c.Name), []FieldError{{Pointer: SecretPointer, Code: CodeInvalid, Detail: detail}})
}

func (c ConnectionSpec) clientID() string {
	if c.ClientCredentials == nil {
		return ""
	}
	return c.ClientCredentials.ClientID
}

// Validate reports everything that is wrong with the spec by itself. Whether the secret is there is not its concern:
// a replacement may leave it out.
func (c ConnectionSpec) Validate() error {
	var v validator
	v.name(c.Name)
	v.oneOf("/environment", string(c.Environment), string(Production), string(Sandbox))
	if c.LoginURL != nil {
		v.loginURL("/login_url", *c.LoginURL)
	}
	v.limits(c.Limits)
	cc := c.ClientCredentials
	if cc == nil {
		v.add("/client_credentials", "is required: it is the way to log in that this version knows")
		return v.err("connection " + quoteName(c.Name))
	}
	v.required("/client_credentials/client_id", cc.ClientID, maxTextLength)
	if len(cc.ClientSecret) > maxTextLength {
		v.add(SecretPointer, "is longer than %d characters", maxTextLength)
	}
	switch u := c.EffectiveLoginURL(); {
	case v.has("/login_url"):
	case strings.EqualFold(u, productionLoginURL), strings.EqualFold(u, sandboxLoginURL):
		v.add("/login_url", "the client credentials flow works only on the org's My Domain: set login_url to a URL such as https://acme.my.salesforce.com, not %s", u)
	}
	return v.err("connection " + quoteName(c.Name))
}

// loginURL checks that raw is the root of an https site. Plain http would send the secret and the records in clear, so
// it is let through only to this very machine, where simulated orgs live.
func (v *validator) loginURL(pointer, raw string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		v.add(pointer, "%q is no URL: give one such as https://acme.my.salesforce.com", raw)
	case u.User != nil:
		v.add(pointer, "must not hold a user name or password")
	case u.Scheme == "http" && !IsLoopback(u.Hostname()):
		v.add(pointer, "plain http is allowed for this machine only: use https://%s", u.Host)
	case u.Scheme != "https" && u.Scheme != "http":
		v.add(pointer, "%q must start with https://", raw)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		v.add(pointer, "must end after the host: %s://%s", u.Scheme, u.Host)
	}
}

// IsLoopback reports whether host (a name or an address, without port) is this very machine.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
