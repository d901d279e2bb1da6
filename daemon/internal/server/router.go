package server

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// route answers with a problem where the mux would answer with its plain texts: unknown paths and methods.
func (s *server) route(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		refusal := &headerOnly{header: http.Header{}}
		refuse.ServeHTTP(refusal, r)
		x := exchangeOf(r.Context())
		if allow := refusal.header.Get("Allow"); allow != "" {
			w.Header().Set("Allow", allow)
			writeProblem(w, newProblem(x, http.StatusMethodNotAllowed, &reportsync.Error{
				Code: reportsync.CodeInvalid, Message: fmt.Sprintf("%s is not possible on %s", r.Method, r.URL.Path), Hint: "use " + allow,
			}))
			return
		}
		// Not CodeNotFound: that says that an object is gone, which clients forget it for.
		writeProblem(w, newProblem(x, http.StatusNotFound, &reportsync.Error{
			Code:    reportsync.CodeInvalid,
			Message: fmt.Sprintf("this daemon's API has no path %q%s", r.URL.Path, s.nearestPath(r.URL.Path)),
			Hint:    "/docs lists what it has",
		}))
	})
}

func (s *server) nearestPath(path string) string {
	known := slices.DeleteFunc(slices.Collect(maps.Keys(s.api.OpenAPI().Paths)), func(p string) bool { return strings.Contains(p, "{") })
	slices.Sort(known)
	return reportsync.DidYouMean(path, known)
}

// headerOnly keeps the header of a response and drops the rest.
type headerOnly struct{ header http.Header }

// Header returns the header that is kept.
func (h *headerOnly) Header() http.Header { return h.header }

// Write drops a body.
func (h *headerOnly) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader drops a status.
func (h *headerOnly) WriteHeader(int) {}
