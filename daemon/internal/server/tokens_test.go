package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestTokenLife(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ends := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	made := decode[api.NewToken](t, w.do(call{method: http.MethodPost, path: "/v1/tokens", body: reportsync.TokenSpec{
		Name: "ci", Role: reportsync.RoleViewer, ExpiresAt: &ends,
	}}), http.StatusCreated)
	if !made.ExpiresAt.Equal(ends) || made.Name != "ci" || made.Secret == "" {
		t.Errorf("made %+v", made.Token)
	}
	if r := w.do(call{method: http.MethodGet, path: "/v1/meta", token: made.Secret}); r.status != http.StatusOK {
		t.Errorf("the new token: %d", r.status)
	}
	list := w.do(call{method: http.MethodGet, path: "/v1/tokens"})
	if strings.Contains(string(list.body), made.Secret) {
		t.Error("the list shows a secret")
	}
	if r := w.do(call{method: http.MethodDelete, path: "/v1/tokens/" + made.ID}); r.status != http.StatusNoContent {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
	problem(t, w.do(call{method: http.MethodGet, path: "/v1/meta", token: made.Secret}), http.StatusUnauthorized)
	past := time.Now().Add(-time.Hour)
	p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/tokens", body: reportsync.TokenSpec{Name: "late", Role: "boss", ExpiresAt: &past}}), http.StatusUnprocessableEntity)
	wantPointers(t, p, "/role", "/expires_at")
	p = problem(t, w.do(call{method: http.MethodPost, path: "/v1/tokens", body: reportsync.TokenSpec{Name: "late", Role: reportsync.RoleAdmin, ExpiresAt: &past}}), http.StatusUnprocessableEntity)
	wantPointers(t, p, "/expires_at")
}

func TestLastAdminTokenStays(t *testing.T) {
	t.Parallel()
	w := setup(t)
	page := decode[api.Page[reportsync.Token]](t, w.do(call{method: http.MethodGet, path: "/v1/tokens"}), http.StatusOK)
	admin := page.Items[slices.IndexFunc(page.Items, func(t reportsync.Token) bool { return t.Role == reportsync.RoleAdmin })]
	remove := call{method: http.MethodDelete, path: "/v1/tokens/" + admin.ID}
	problem(t, w.do(remove), http.StatusConflict)
	made := w.do(call{method: http.MethodPost, path: "/v1/tokens", body: reportsync.TokenSpec{Name: "second", Role: reportsync.RoleAdmin}})
	if made.status != http.StatusCreated {
		t.Fatalf("second admin token: %d %s", made.status, made.body)
	}
	if r := w.do(remove); r.status != http.StatusNoContent {
		t.Errorf("delete beside another: %d %s", r.status, r.body)
	}
}

func TestTokenPages(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var names []string
	cursor, pages := "", 0
	for {
		page := decode[api.Page[reportsync.Token]](t, w.do(call{method: http.MethodGet, path: "/v1/tokens?limit=2&cursor=" + cursor}), http.StatusOK)
		for _, token := range page.Items {
			names = append(names, token.Name)
		}
		pages++
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"viewer", "operator", "admin"}, names); diff != "" || pages != 2 {
		t.Errorf("%d pages (-want +got):\n%s", pages, diff)
	}
}

func TestAuthorizationHeader(t *testing.T) {
	t.Parallel()
	w := setup(t)
	token := w.tokens[reportsync.RoleViewer]
	for header, want := range map[string]int{
		"Bearer " + token: http.StatusOK, "bearer " + token: http.StatusOK, "BEARER   " + token: http.StatusOK,
		token: http.StatusUnauthorized, "Basic " + token: http.StatusUnauthorized, "Bearer": http.StatusUnauthorized, "Bearer ": http.StatusUnauthorized,
		"Bearer " + token + "x": http.StatusUnauthorized, "Bearer " + token[:len(token)-1]: http.StatusUnauthorized,
	} {
		r := w.do(call{method: http.MethodGet, path: "/v1/meta", anonymous: true, header: map[string]string{"Authorization": header}})
		if r.status != want {
			t.Errorf("Authorization %q: %d, want %d", header, r.status, want)
		}
	}
}

// What is done is logged at debug level: who, what and how it ended, and nothing that was said.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.do(call{method: http.MethodGet, path: "/v1/sources?name=private", header: map[string]string{api.HeaderRequestID: "r-1"}})
	w.close() // the line is written after the answer
	var line string
	for l := range strings.Lines(w.log.String()) {
		if strings.Contains(l, "request_id=r-1") {
			line = l
		}
	}
	for _, part := range []string{"method=GET", "route=/v1/sources", "status=200", "duration=", "token=admin"} {
		if !strings.Contains(line, part) {
			t.Errorf("%q is not in %q", part, line)
		}
	}
	if strings.Contains(w.log.String(), "private") || strings.Contains(w.log.String(), w.tokens[reportsync.RoleAdmin]) {
		t.Errorf("the log tells too much: %s", w.log)
	}
}
