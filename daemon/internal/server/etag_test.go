package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestRevisionsGuardAgainstLostUpdates(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.do(call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")})
	created := decode[reportsync.Source](t, r, http.StatusCreated)
	path := "/v1/sources/" + created.ID
	if got := r.header.Get("ETag"); got != `"1"` {
		t.Errorf("ETag of a new source: %s", got)
	}
	put := func(name, ifMatch string) reply {
		return w.do(call{method: http.MethodPut, path: path, body: sourceSpec(name), header: map[string]string{"If-Match": ifMatch}})
	}
	if r := put("b", `"1"`); r.status != http.StatusOK || r.header.Get("ETag") != `"2"` {
		t.Fatalf("first change: %d, ETag %s", r.status, r.header.Get("ETag"))
	}
	for _, stale := range []string{`"1"`, `"3"`, `"0"`, `"-2"`, `"02"`, `2`, `W/"2"`, `"x"`} {
		if p := problem(t, put("c", stale), http.StatusPreconditionFailed); p.Code != reportsync.CodePreconditionFailed {
			t.Errorf("If-Match %s: %+v", stale, p)
		}
	}
	p := problem(t, put("c", `"1"`), http.StatusPreconditionFailed)
	if !strings.Contains(p.Detail, "1") || !strings.Contains(p.Detail, "2") {
		t.Errorf("both revisions are not named: %s", p.Detail)
	}
	if r := put("b", `"2"`); r.header.Get("ETag") != `"2"` {
		t.Errorf("nothing changed, but the revision is %s", r.header.Get("ETag"))
	}
	for _, last := range []string{"*", ""} {
		if r := put("by "+strings.Trim(last+"any", "*"), last); r.status != http.StatusOK {
			t.Errorf("If-Match %q: %d %s", last, r.status, r.body)
		}
	}
	del := call{method: http.MethodDelete, path: path, header: map[string]string{"If-Match": `"1"`}}
	problem(t, w.do(del), http.StatusPreconditionFailed)
	del.header = nil
	if r := w.do(del); r.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
}

func TestConditionalRead(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := "/v1/integrations/" + w.integration("a").ID
	for header, want := range map[string]int{
		`"1"`: http.StatusNotModified, `W/"1"`: http.StatusNotModified, `"7", "1"`: http.StatusNotModified, `*`: http.StatusNotModified,
		`"2"`: http.StatusOK, `1`: http.StatusOK, "": http.StatusOK,
	} {
		r := w.do(call{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": header}})
		if r.status != want || r.header.Get("ETag") != `"1"` || (want == http.StatusNotModified) != (len(r.body) == 0) {
			t.Errorf("If-None-Match %s: %d, ETag %s, body %q", header, r.status, r.header.Get("ETag"), r.body)
		}
	}
}
