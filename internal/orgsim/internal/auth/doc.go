// Package auth is the org's login server: OAuth 2.0 grants, the sessions and
// refresh tokens they open, the pages on which a person signs in and allows, and
// the identity endpoints that tell whose a session is.
//
// # Parts
//
// A [Server] is the state of one org: its app, its accounts, and a ledger of
// codes, grants and sessions. A [Host] answers the endpoints of one host name in
// front of one server (an org's My Domain) or of several (login.salesforce.com,
// which finds the org by username, code or token).
//
// # Flow
//
// The authorize endpoint checks the request, and keeps it for the browser while
// that is sent through the login page and the consent page. Allowing makes an
// approval and a code. The token endpoint turns a code, refresh token, signed
// assertion or client secret into a grant with a session. Revoking a refresh
// token ends its grant, and with it every session the grant opened.
//
// Whatever is refused is in refusals.go, in Salesforce's words.
package auth
