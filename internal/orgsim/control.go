package orgsim

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

const controlPrefix = "/orgsim/"

// controlRoutes is what the org offers to whoever runs it.
func (o *Org) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orgsim/journal", o.controlJournal)
	mux.HandleFunc("DELETE /orgsim/journal", controlDone(o.journal.Reset))
	mux.HandleFunc("GET /orgsim/query", o.controlQuery)
	mux.HandleFunc("GET /orgsim/records/{object}", o.controlRecords)
	mux.HandleFunc("GET /orgsim/records/{object}/{id}/history", o.controlHistory)
	mux.HandleFunc("POST /orgsim/load", o.controlLoad)
	mux.HandleFunc("GET /orgsim/dump", o.controlDump)
	mux.HandleFunc("POST /orgsim/sessions/expire", controlDone(o.ExpireSessions))
	mux.HandleFunc("GET /orgsim/faults", o.controlFaults)
	mux.HandleFunc("POST /orgsim/faults", o.controlAddFault)
	mux.HandleFunc("DELETE /orgsim/faults", controlDone(o.faults.Clear))
	mux.HandleFunc("POST /orgsim/faults/release", controlDone(o.faults.Release))
	mux.HandleFunc("GET /orgsim/faults/{name}", o.controlFault)
	mux.HandleFunc("DELETE /orgsim/faults/{name}", o.controlNamedFaults((*fault.Rule).Remove))
	mux.HandleFunc("POST /orgsim/faults/{name}/release", o.controlNamedFaults((*fault.Rule).Release))
	mux.HandleFunc("POST /orgsim/reset", o.controlReset)
	mux.HandleFunc("POST /orgsim/auth/{change}", o.controlAuth)
	mux.HandleFunc("POST /orgsim/auth/users/{username}/{change}", o.controlUser)
	return mux
}

// controlDone is an endpoint that does one thing and answers 204.
func controlDone(act func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		act()
		w.WriteHeader(http.StatusNoContent)
	}
}

// serveControl lets in callers on this machine only.
func (o *Org) serveControl(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopback(host) {
		controlFail(w, http.StatusForbidden, "control calls are taken from this machine only")
		return
	}
	// A page in a browser on this machine could reach the port. It cannot leave
	// out its origin; where it takes the org for its own origin, by a name that it
	// makes point here, it cannot leave out that name.
	if name, _, err := net.SplitHostPort(r.Host); r.Header.Get("Origin") != "" || err != nil && !local(r.Host) || err == nil && !local(name) {
		controlFail(w, http.StatusForbidden, "control calls are not taken from browsers, nor under a name other than localhost")
		return
	}
	// What a proxy on this machine passes on comes from elsewhere.
	if r.Header.Get("Forwarded") != "" || r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Via") != "" {
		controlFail(w, http.StatusForbidden, "control calls are not taken through a proxy")
		return
	}
	o.control.ServeHTTP(w, r)
}

func local(host string) bool { return host == "localhost" || loopback(strings.Trim(host, "[]")) }

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

func (o *Org) controlReset(w http.ResponseWriter, r *http.Request) {
	if err := o.Reset(r.URL.Query().Get("records") == "true"); err != nil {
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
