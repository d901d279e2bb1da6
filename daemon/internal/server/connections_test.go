package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestRefusedLoginStoresNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err     error
		status  int
		code    reportsync.Code
		pointer string
	}{
		"credentials": {
			err:    reportsync.Errorf(reportsync.CodeCredentials, "acme refused the login: invalid_client").WithHint("check the client secret"),
			status: http.StatusUnprocessableEntity, code: reportsync.CodeCredentials, pointer: reportsync.SecretPointer,
		},
		"client id": {
			err: &reportsync.Error{Code: reportsync.CodeCredentials, Message: "acme refused the login", Fields: []reportsync.FieldError{
				{Pointer: "/client_credentials/client_id", Code: reportsync.CodeCredentials, Detail: "is not known"},
			}},
			status: http.StatusUnprocessableEntity, code: reportsync.CodeCredentials, pointer: "/client_credentials/client_id",
		},
		"unreachable": {
			err:    reportsync.Errorf(reportsync.CodeUnavailable, "can't reach acme"),
			status: http.StatusServiceUnavailable, code: reportsync.CodeUnavailable, pointer: "/login_url",
		},
		"sandbox": {
			err:    reportsync.Errorf(reportsync.CodeOrgMismatch, "acme is a sandbox"),
			status: http.StatusUnprocessableEntity, code: reportsync.CodeOrgMismatch, pointer: "/environment",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.checks.connection = func(reportsync.ConnectionSpec) error { return tc.err }
			p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/connections", body: connectionSpec("a")}), tc.status)
			if p.Code != tc.code {
				t.Errorf("code %q", p.Code)
			}
			wantPointers(t, p, tc.pointer)
			page := decode[api.Page[reportsync.Connection]](t, w.do(call{method: http.MethodGet, path: "/v1/connections"}), http.StatusOK)
			if len(page.Items) != 0 {
				t.Errorf("stored in spite of it: %+v", page.Items)
			}
		})
	}
}

func TestConnectionNeedsSecret(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/connections", body: connectionSpec("a").WithSecret("")}), http.StatusUnprocessableEntity)
	wantPointers(t, p, reportsync.SecretPointer)
}

// A replacement logs in only when what logs in has changed, with the stored secret where none is sent.
func TestReplaceConnectionChecksLogin(t *testing.T) {
	t.Parallel()
	old := connectionSpec("a")
	for name, tc := range map[string]struct {
		change func(*reportsync.ConnectionSpec)
		login  reportsync.Secret // that is tried; empty for none
		status int
		says   string // why it is refused
	}{
		"name":              {func(s *reportsync.ConnectionSpec) { s.Name = "b" }, "", http.StatusOK, ""},
		"name, no secret":   {func(s *reportsync.ConnectionSpec) { *s = s.WithSecret(""); s.Name = "b" }, "", http.StatusOK, ""},
		"secret":            {func(s *reportsync.ConnectionSpec) { *s = s.WithSecret("new") }, "new", http.StatusOK, ""},
		"client id":         {func(s *reportsync.ConnectionSpec) { s.ClientCredentials.ClientID = "other" }, old.Secret(), http.StatusOK, ""},
		"url":               {func(s *reportsync.ConnectionSpec) { s.LoginURL = new("https://b.my.salesforce.com") }, old.Secret(), http.StatusOK, ""},
		"environment alone": {func(s *reportsync.ConnectionSpec) { *s = s.WithSecret(""); s.Environment = reportsync.Sandbox }, old.Secret(), http.StatusOK, ""},
		"url, no secret": {func(s *reportsync.ConnectionSpec) {
			*s = s.WithSecret("")
			s.LoginURL = new("https://evil.example")
		}, "", http.StatusUnprocessableEntity, "since the login URL changes: the stored one is meant for " + *old.LoginURL},
		"client id, no secret": {func(s *reportsync.ConnectionSpec) {
			*s = s.WithSecret("")
			s.ClientCredentials.ClientID = "other"
		}, "", http.StatusUnprocessableEntity, "since client_id changes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			stored, err := w.store.CreateConnection(t.Context(), old)
			if err != nil {
				t.Fatal(err)
			}
			var tried reportsync.Secret
			w.checks.connection = func(s reportsync.ConnectionSpec) error { tried = s.Secret(); return nil }
			spec := connectionSpec("a")
			tc.change(&spec)
			r := w.do(call{method: http.MethodPut, path: "/v1/connections/" + stored.ID, body: spec})
			if r.status != tc.status || tried != tc.login {
				t.Errorf("status %d, login tried with %q; want %d, %q: %s", r.status, tried.Reveal(), tc.status, tc.login.Reveal(), r.body)
			}
			if tc.status != http.StatusOK {
				p := problem(t, r, tc.status)
				wantPointers(t, p, reportsync.SecretPointer)
				if len(p.Errors) == 1 && !strings.Contains(p.Errors[0].Detail, tc.says) {
					t.Errorf("detail %q does not say %q", p.Errors[0].Detail, tc.says)
				}
			}
		})
	}
}

func TestConnectionSecretNeverComesBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	spec := connectionSpec("a")
	r := w.do(call{method: http.MethodPost, path: "/v1/connections", body: spec})
	created := decode[reportsync.Connection](t, r, http.StatusCreated)
	if strings.Contains(string(r.body), "client_secret") || created.CredentialsFingerprint == "" {
		t.Errorf("answer %s", r.body)
	}
	if diff := cmp.Diff(spec.WithSecret(""), created.ConnectionSpec); diff != "" {
		t.Errorf("spec (-sent +got):\n%s", diff)
	}
	if got := r.header.Get("Location"); got != "/v1/connections/"+created.ID {
		t.Errorf("Location %q", got)
	}
	broken := `{"name": "a", "client_credentials": {"client_id": "x", "client_secret": 4711, "typo": "tops3cret"}}`
	r = w.do(call{method: http.MethodPost, path: "/v1/connections", body: broken})
	problem(t, r, http.StatusUnprocessableEntity)
	for _, text := range []string{string(r.body), w.log.String()} {
		if strings.Contains(text, "tops3cret") || strings.Contains(text, spec.Secret().Reveal()) {
			t.Errorf("a secret shows in %s", text)
		}
	}
}

func TestTestConnection(t *testing.T) {
	t.Parallel()
	w := setup(t)
	c, err := w.store.CreateConnection(t.Context(), connectionSpec("a"))
	if err != nil {
		t.Fatal(err)
	}
	test := call{method: http.MethodPost, path: "/v1/connections/" + c.ID + "/test"}
	if diff := cmp.Diff(login, decode[api.ConnectionTest](t, w.do(test), http.StatusOK)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	w.checks.test = func(string) error { return reportsync.Errorf(reportsync.CodeCredentials, "acme refused the login") }
	wantPointers(t, problem(t, w.do(test), http.StatusUnprocessableEntity), reportsync.SecretPointer)
}

func TestDeleteInUse(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i := w.integration("the user")
	for _, path := range []string{"/v1/connections/" + i.ConnectionID, "/v1/sources/" + i.SourceID} {
		p := problem(t, w.do(call{method: http.MethodDelete, path: path}), http.StatusConflict)
		if p.Code != reportsync.CodeInUse || !strings.Contains(p.Detail, "the user") {
			t.Errorf("DELETE %s: %+v", path, p)
		}
	}
	for _, path := range []string{"/v1/integrations/" + i.ID, "/v1/connections/" + i.ConnectionID, "/v1/sources/" + i.SourceID} {
		if r := w.do(call{method: http.MethodDelete, path: path}); r.status != http.StatusNoContent || len(r.body) > 0 {
			t.Errorf("DELETE %s: %d %s", path, r.status, r.body)
		}
		problem(t, w.do(call{method: http.MethodGet, path: path}), http.StatusNotFound)
	}
}
