// Package api is the config API as both ends see it: paths, wire types and a client.
//
// Configuration objects, runs, outcomes and log entries travel as the types of package reportsync; this package adds
// the envelopes around them. Answers never hold a secret. An error travels as a [Problem] (RFC 9457) whose errors
// point at the values to blame.
package api
