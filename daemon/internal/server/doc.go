// Package server is the config API: HTTP and JSON below /v1, described by /openapi.json and, for people, by /docs.
//
// A request passes, from the outside in: a request id, a net for panics and the request log (exchange.go), the router,
// whose own 404 and 405 become problems (router.go), then for every operation its token and role (auth.go), its body,
// limited in size and time (body.go), its idempotency key (idempotency.go) and huma's validation against the schema.
// The handlers of each resource mount themselves: connections.go, sources.go, integrations.go, runs.go, tokens.go,
// meta.go. An operation declares the role it needs where it is mounted; the OpenAPI document shows it.
//
// Every error is an application/problem+json whose errors point at the values to blame. problem.go is the one place
// where an error's code becomes an HTTP status, and where errors that are nobody's business but ours are logged once,
// under the request's id, and hidden.
//
// The package knows nothing of Salesforce or of report files: what has to look at them is asked of [Checks].
package server
