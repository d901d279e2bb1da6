// Package auth is the org's login server: OAuth 2.0 grants, the sessions they
// open, and the identity endpoints that tell whose a session is.
package auth
