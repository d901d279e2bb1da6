package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A cursor that no page has given is refused: it would pass for the begin of a list, or for its end.
func TestForeignCursors(t *testing.T) {
	t.Parallel()
	w := setup(t)
	run := w.finishedRun("a")
	byNumber := []string{"x", "-1", "1.5", run.ID}
	for path, cursors := range map[string][]string{
		"/v1/connections":                  foreignTo(reportsync.ConnectionID),
		"/v1/sources":                      foreignTo(reportsync.SourceID),
		"/v1/integrations":                 foreignTo(reportsync.IntegrationID),
		"/v1/runs":                         foreignTo(reportsync.RunID),
		"/v1/tokens":                       foreignTo(reportsync.TokenID),
		"/v1/runs/" + run.ID + "/log":      byNumber,
		"/v1/runs/" + run.ID + "/outcomes": byNumber,
	} {
		for _, cursor := range cursors {
			p := problem(t, w.do(call{method: http.MethodGet, path: path + "?cursor=" + url.QueryEscape(cursor)}), http.StatusUnprocessableEntity)
			if p.Code != reportsync.CodeInvalid || len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Detail, "query parameter cursor: ") {
				t.Errorf("%s with the cursor %q: %+v", path, cursor, p)
			}
		}
	}
}

// foreignTo returns cursors that lists of ids of the prefix don't give.
func foreignTo(ids reportsync.IDPrefix) []string {
	id := reportsync.NewID(ids)
	return []string{"x", "0", string(ids), strings.ToUpper(id), id + "'", id + " ", id[1:], "xyz_" + id[4:]}
}
