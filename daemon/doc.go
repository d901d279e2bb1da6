// Package daemon puts reportsyncd together. It is the only place that knows every part.
//
// [New] opens what a daemon stands on, in the order in which its parts need each other: the state folder, the
// encryption key, the store, the bucket of artifacts, the scratch folder, the orgs and the work. [Daemon.Start] begins to serve: the queue works, the config API
// listens, the endpoint and the first admin token stand in the state folder, and the service manager is told.
// [Daemon.Stop] undoes it all in reverse (lifecycle.go): the service manager hears of it first, requests and runs under
// way settle, and the store is closed last.
//
//	options.go      what a daemon is told
//	lifecycle.go    named teardown, last in first out
//	orgs.go         one Salesforce client per connection, new when the connection changes
//	execute.go      from a claimed run to its result: sync between store, source and org
//	artifacts.go    the bucket of outcomes, and what a run is told of those before it
//	scratch.go      the folder for what runs don't hold in memory
//	sources.go      the reports of a source
//	check.go        what the config API looks up before it stores something
//	listen.go       the listener and its HTTP server
//	admintoken.go   the first admin token
//	supervise.go    readiness and watchdog of the service manager
//	retention.go    the end of old runs and of their artifacts
//	selfcheck.go    the findings of "reportsyncd check"
//
// The provider's tests start a real daemon in their own process with [New]; cmd/reportsyncd adds flags and signals.
package daemon
