package orgsim

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

const controlPrefix = "/orgsim/"

// controlRoute is one call that an org or a login host takes from whoever runs it, and the
// parameters that its query may have.
type controlRoute struct {
	pattern string
	serve   http.HandlerFunc
	params  []string
}

// judge is what an org and a login host alike offer to whoever runs them: to see
// what they were asked, and to have faults strike.
type judge struct {
	journal *journal.Journal
	faults  *fault.Injector
	add     func(...fault.Fault) error
	running context.Context //nolint:containedctx // the life of the host, which waiting callers end with
}

func (j *judge) controlTable() []controlRoute {
	return []controlRoute{
		{"GET /orgsim/journal", j.showJournal, []string{"after", "kind", "path", "since", "wait"}},
		{"DELETE /orgsim/journal", controlDone(j.journal.Reset), nil},
		{"GET /orgsim/faults", j.listFaults, nil},
		{"POST /orgsim/faults", j.addFault, nil},
		{"DELETE /orgsim/faults", controlDone(j.faults.Clear), nil},
		{"POST /orgsim/faults/release", controlDone(j.faults.Release), nil},
		{"GET /orgsim/faults/{name}", j.showFault, nil},
		{"DELETE /orgsim/faults/{name}", j.eachNamed((*fault.Rule).Remove), nil},
		{"POST /orgsim/faults/{name}/release", j.eachNamed((*fault.Rule).Release), nil},
	}
}

// controlTable is what the org offers to whoever runs it.
func (o *Org) controlTable() []controlRoute {
	j := &judge{journal: &o.journal, faults: &o.faults, add: o.AddFaults, running: o.running}
	return append(j.controlTable(), []controlRoute{
		{"GET /orgsim/query", o.controlQuery, []string{"q"}},
		{"GET /orgsim/records/{object}", o.controlRecords, nil},
		{"GET /orgsim/records/{object}/{id}/history", o.controlHistory, nil},
		{"POST /orgsim/load", o.controlLoad, []string{"object"}},
		{"GET /orgsim/dump", o.controlDump, []string{"history"}},
		{"POST /orgsim/sessions/expire", controlDone(o.ExpireSessions), nil},
		{"POST /orgsim/reset", o.controlReset, []string{"records"}},
		{"POST /orgsim/auth/{change}", o.controlAuth, nil},
		{"POST /orgsim/auth/users/{username}/{change}", o.controlUser, nil},
	}...)
}

// controlRoutes routes control calls by the table.
func controlRoutes(table []controlRoute) *http.ServeMux {
	mux := http.NewServeMux()
	for _, route := range table {
		mux.HandleFunc(route.pattern, func(w http.ResponseWriter, r *http.Request) {
			for name := range r.URL.Query() {
				if !slices.Contains(route.params, name) {
					controlFail(w, http.StatusBadRequest, fmt.Sprintf("%s has no parameter %q%s", route.pattern, name, offered(route.params)))
					return
				}
			}
			route.serve(w, r)
		})
	}
	mux.HandleFunc(controlPrefix, func(w http.ResponseWriter, r *http.Request) { controlUnknown(w, r, mux, table) })
	return mux
}

func offered(params []string) string {
	if len(params) == 0 {
		return ": it has none"
	}
	return ": it has " + strings.Join(params, ", ")
}

// controlUnknown says what there is: 405 where another method would do.
func controlUnknown(w http.ResponseWriter, r *http.Request, mux *http.ServeMux, table []controlRoute) {
	status := http.StatusNotFound
	var all, allowed []string
	for _, route := range table {
		all = append(all, route.pattern)
		method, _, _ := strings.Cut(route.pattern, " ")
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern == route.pattern {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		status, all = http.StatusMethodNotAllowed, allowed
		w.Header().Set("Allow", strings.Join(allowed, ", "))
	}
	controlFail(w, status, "there is no "+r.Method+" "+r.URL.Path+"; there are "+strings.Join(all, ", "))
}

// controlDone is an endpoint that does one thing and answers 204.
func controlDone(act func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		act()
		w.WriteHeader(http.StatusNoContent)
	}
}

// serveControl lets in callers on this machine only: those that reach it by a
// loopback address, or from just the address of its that they have called.
func serveControl(control http.Handler, w http.ResponseWriter, r *http.Request) {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	called := calledAddress(r)
	if err != nil || !loopback(from) && !same(from, called) {
		controlFail(w, http.StatusForbidden, "control calls are taken from this machine only")
		return
	}
	// A page in a browser on this machine could reach the port. It cannot leave
	// out its origin, or the browser's word on it; where it takes the org for its
	// own origin, by a name that it makes point here, it cannot leave out that name.
	name, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		name = r.Host
	}
	name = strings.Trim(name, "[]")
	if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != "" || name != "localhost" && !loopback(name) && !same(name, called) {
		controlFail(w, http.StatusForbidden, "control calls are not taken from browsers, nor under a name other than localhost")
		return
	}
	// What a proxy on this machine passes on comes from elsewhere.
	if r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Via") != "" {
		controlFail(w, http.StatusForbidden, "control calls are not taken through a proxy")
		return
	}
	control.ServeHTTP(w, r)
}

// calledAddress is the address of this machine that the caller has connected to,
// or "".
func calledAddress(r *http.Request) string {
	address, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return ""
	}
	host, _, err := net.SplitHostPort(address.String())
	if err != nil {
		return ""
	}
	return host
}

// same reports whether both are the same IP address.
func same(a, b string) bool {
	one, err := netip.ParseAddr(a)
	other, errOther := netip.ParseAddr(b)
	return err == nil && errOther == nil && one.Unmap() == other.Unmap()
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// choice reads a parameter that is true, false or not there; it answers where it
// is neither.
func choice(w http.ResponseWriter, r *http.Request, param string) (chosen, ok bool) {
	text := r.URL.Query().Get(param)
	if text != "" && text != "true" && text != "false" {
		controlFail(w, http.StatusBadRequest, fmt.Sprintf("%s %q is neither true nor false", param, text))
		return false, false
	}
	return text == "true", true
}

func (o *Org) controlReset(w http.ResponseWriter, r *http.Request) {
	records, ok := choice(w, r, "records")
	if !ok {
		return
	}
	if err := o.Reset(records); err != nil {
		controlFail(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func controlFail(w http.ResponseWriter, status int, message string) {
	controlJSON(w, status, map[string]string{"error": message})
}

func controlJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", web.JSONType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) //nolint:errchkjson // the types are this file's own, and the caller may have gone away
}
