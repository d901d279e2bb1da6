// Package web is one API call on its way through the org, before and after its
// handler: the journal entry, the URI limit, the faults that strike it, the checks
// of version, session and daily limit, and the shapes of answers and refusals. It
// knows nothing of what a resource does.
package web
