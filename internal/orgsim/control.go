package orgsim

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/value"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/journal"
)

const controlPrefix = "/orgsim/"

// flushing is how many bytes are gathered before they are sent.
const flushing = 64 << 10

// maxFault is the most that a posted fault may hold, in bytes.
const maxFault = 10_000_000

// JournalAnswer is what GET /orgsim/journal answers.
type JournalAnswer struct {
	Summary journal.Summary `json:"summary"`
	Entries []journal.Entry `json:"entries"`
}

// FaultAnswer is one rule in what GET /orgsim/faults answers.
type FaultAnswer struct {
	fault.Fault

	Hits int `json:"hits"`
}

// controlRoutes is what the org offers to whoever runs it.
func (o *Org) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orgsim/journal", o.controlJournal)
	mux.HandleFunc("DELETE /orgsim/journal", func(w http.ResponseWriter, _ *http.Request) {
		o.journal.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /orgsim/query", o.controlQuery)
	mux.HandleFunc("GET /orgsim/records/{object}", o.controlRecords)
	mux.HandleFunc("GET /orgsim/records/{object}/{id}/history", o.controlHistory)
	mux.HandleFunc("POST /orgsim/sessions/expire", func(w http.ResponseWriter, _ *http.Request) {
		o.ExpireSessions()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /orgsim/faults", o.controlFaults)
	mux.HandleFunc("POST /orgsim/faults", o.controlAddFault)
	mux.HandleFunc("DELETE /orgsim/faults", func(w http.ResponseWriter, _ *http.Request) {
		o.faults.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /orgsim/faults/release", func(w http.ResponseWriter, _ *http.Request) {
		o.faults.Release()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /orgsim/reset", o.controlReset)
	return mux
}

// serveControl lets in callers on this machine only.
func (o *Org) serveControl(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	address, parseErr := netip.ParseAddr(host)
	if err != nil || parseErr != nil || !address.Unmap().IsLoopback() {
		controlFail(w, http.StatusForbidden, "control calls are taken from this machine only")
		return
	}
	// A page in a browser on this machine could reach the port; it cannot leave
	// out its origin.
	if r.Header.Get("Origin") != "" {
		controlFail(w, http.StatusForbidden, "control calls are not taken from browsers")
		return
	}
	o.control.ServeHTTP(w, r)
}

func (o *Org) controlJournal(w http.ResponseWriter, _ *http.Request) {
	entries := o.journal.Entries()
	if entries == nil {
		entries = []journal.Entry{}
	}
	controlJSON(w, http.StatusOK, JournalAnswer{Summary: o.journal.Summary(), Entries: entries})
}

// controlQuery answers SOQL like REST does, but whole and without attributes.
func (o *Org) controlQuery(w http.ResponseWriter, r *http.Request) {
	result, err := o.db.Query(r.URL.Query().Get("q"), store.Scope{Hidden: true})
	if err != nil {
		controlFail(w, http.StatusBadRequest, store.QueryRefusal(err).Error())
		return
	}
	if result.Rows == nil && result.Fields == nil {
		controlJSON(w, http.StatusOK, map[string]int{"totalSize": result.Total})
		return
	}
	streamRecords(w, result)
}

// controlRecords dumps an object's records with all fields.
func (o *Org) controlRecords(w http.ResponseWriter, r *http.Request) {
	object, ok := o.db.Schema().Object(r.PathValue("object"))
	if !ok {
		controlFail(w, http.StatusNotFound, errNoObject.Error()+": "+r.PathValue("object"))
		return
	}
	result := &store.Result{Object: object, Rows: o.db.Rows(object.Name)}
	for i := range object.Fields {
		result.Fields = append(result.Fields, i)
	}
	streamRecords(w, result)
}

// streamRecords writes records as one JSON array, piece by piece.
func streamRecords(w http.ResponseWriter, result *store.Result) {
	w.Header().Set("Content-Type", web.JSONType)
	body := []byte{'['}
	for i, row := range result.Rows {
		if i > 0 {
			body = append(body, ",\n"...)
		}
		open := byte('{')
		for _, field := range result.Fields {
			f := &result.Object.Fields[field]
			body = append(body, open)
			body = append(value.AppendString(body, f.Name), ':')
			body = value.AppendJSON(body, f, row.At(field))
			open = ','
		}
		body = append(body, '}')
		if len(body) >= flushing {
			if _, err := w.Write(body); err != nil { //nolint:gosec // JSON, and said to be
				return // the caller has gone away
			}
			body = body[:0]
		}
	}
	_, _ = w.Write(append(body, "]\n"...)) //nolint:gosec // as above
}

func (o *Org) controlHistory(w http.ResponseWriter, r *http.Request) {
	object, id := r.PathValue("object"), r.PathValue("id")
	if _, ok := o.db.Row(object, id); !ok {
		controlFail(w, http.StatusNotFound, "there is no record "+id+" of "+object)
		return
	}
	writes := o.History(object, id)
	if writes == nil {
		writes = []Write{}
	}
	controlJSON(w, http.StatusOK, writes)
}

func (o *Org) controlFaults(w http.ResponseWriter, _ *http.Request) {
	list := []FaultAnswer{}
	for _, rule := range o.faults.Rules() {
		list = append(list, FaultAnswer{Fault: rule.Fault, Hits: rule.Hits()})
	}
	controlJSON(w, http.StatusOK, list)
}

func (o *Org) controlAddFault(w http.ResponseWriter, r *http.Request) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFault))
	decoder.DisallowUnknownFields()
	var f fault.Fault
	err := decoder.Decode(&f)
	if err == nil {
		err = f.Check()
	}
	if err != nil {
		controlFail(w, http.StatusBadRequest, err.Error())
		return
	}
	o.faults.Add(f)
	w.WriteHeader(http.StatusCreated)
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
