package orgsim

import (
	"net/http"
)

// dumpType is the content type of a dump: a JSON document a line.
const dumpType = "application/x-ndjson"

// controlDump answers the whole org, with history=true that too.
func (o *Org) controlDump(w http.ResponseWriter, r *http.Request) {
	history, ok := choice(w, r, "history")
	if !ok {
		return
	}
	w.Header().Set("Content-Type", dumpType)
	if err := o.Dump(w, history); err != nil {
		panic(http.ErrAbortHandler) // the caller has gone away, or must not take a part for the whole
	}
}

// LoadAnswer is what POST /orgsim/load answers, also where it fails: the rows
// before the one that is wrong stay.
type LoadAnswer struct {
	Loaded int    `json:"loaded"`
	Error  string `json:"error,omitzero"`
}

// controlLoad makes records of the object that the query names from the CSV text
// of the body.
func (o *Org) controlLoad(w http.ResponseWriter, r *http.Request) {
	loaded, err := o.LoadCSV(r.URL.Query().Get("object"), r.Body)
	if err != nil {
		controlJSON(w, http.StatusBadRequest, LoadAnswer{Loaded: loaded, Error: err.Error()})
		return
	}
	controlJSON(w, http.StatusOK, LoadAnswer{Loaded: loaded})
}
