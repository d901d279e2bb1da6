package orgsim

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sobject"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// flushing is how many bytes are gathered before they are sent.
const flushing = 64 << 10

// controlQuery answers SOQL like REST does, but whole and without attributes.
func (o *Org) controlQuery(w http.ResponseWriter, r *http.Request) {
	result, err := o.db.Query(r.URL.Query().Get("q"), store.Scope{})
	if err != nil {
		controlFail(w, http.StatusBadRequest, store.QueryRefusal(err).Error())
		return
	}
	switch {
	case result.Counts != nil:
		counts := map[string]int{}
		for _, count := range result.Counts {
			counts[count.Name] = count.Count
		}
		controlJSON(w, http.StatusOK, []map[string]int{counts})
	case result.Columns() == nil:
		controlJSON(w, http.StatusOK, map[string]int{"totalSize": result.Total})
	default:
		streamRecords(w, result)
	}
}

// controlRecords dumps an object's records with all fields.
func (o *Org) controlRecords(w http.ResponseWriter, r *http.Request) {
	object, ok := o.db.Schema().Object(r.PathValue("object"))
	if !ok {
		controlFail(w, http.StatusNotFound, errNoObject.Error()+": "+r.PathValue("object"))
		return
	}
	streamRecords(w, store.ResultOf(object, o.db.Rows(object.Name)))
}

// streamRecords writes records as one JSON array, piece by piece.
func streamRecords(w http.ResponseWriter, result *store.Result) {
	w.Header().Set("Content-Type", web.JSONType)
	body := []byte{'['}
	members := result.Members()
	for row := range result.Rows {
		if row > 0 {
			body = append(body, ",\n"...)
		}
		body = sobject.AppendBare(body, result, members, row)
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
