package server_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestIntegrationIsChecked(t *testing.T) {
	t.Parallel()
	w := setup(t)
	spec := w.integrationSpec("a")
	found := reportsync.FieldError{Pointer: "/match/column", Code: reportsync.CodeColumnNotFound, Detail: `no column "User Email"; did you mean "Email"?`}
	w.checks.integration = func(reportsync.IntegrationSpec) (api.Validation, error) {
		return api.Validation{Errors: []reportsync.FieldError{found}, Unchecked: []string{"fields: the org can't be reached"}}, nil
	}
	p := problem(t, w.do(call{method: http.MethodPost, path: "/v1/integrations", body: spec}), http.StatusUnprocessableEntity)
	if diff := cmp.Diff([]reportsync.FieldError{found}, p.Errors); diff != "" {
		t.Errorf("create (-want +got):\n%s", diff)
	}
	v := decode[api.Validation](t, w.do(call{method: http.MethodPost, path: "/v1/integrations:validate", body: spec}), http.StatusOK)
	if diff := cmp.Diff([]reportsync.FieldError{found}, v.Errors); diff != "" || len(v.Unchecked) != 1 {
		t.Errorf("validate: %+v\n%s", v, diff)
	}

	w.checks.integration = func(reportsync.IntegrationSpec) (api.Validation, error) {
		return api.Validation{Unchecked: []string{"the org can't be reached"}}, nil
	}
	created := decode[reportsync.Integration](t, w.do(call{method: http.MethodPost, path: "/v1/integrations", body: spec}), http.StatusCreated)
	w.checks.integration = func(reportsync.IntegrationSpec) (api.Validation, error) {
		return api.Validation{Errors: []reportsync.FieldError{found}}, nil
	}
	spec.Report = "other.csv"
	problem(t, w.do(call{method: http.MethodPut, path: "/v1/integrations/" + created.ID, body: spec}), http.StatusUnprocessableEntity)
	stored, err := w.store.Integration(t.Context(), created.ID)
	if err != nil || stored.Report == spec.Report {
		t.Errorf("stored %+v, %v in spite of the refusal", stored, err)
	}
}

func TestIntegrationOfNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	spec := w.integrationSpec("a")
	spec.SourceID, spec.ConnectionID = "src_gone", "con_gone"
	w.checks.integration = func(reportsync.IntegrationSpec) (api.Validation, error) {
		return api.Validation{}, errors.New("must not be asked about what is not there")
	}
	for _, path := range []string{"/v1/integrations", "/v1/integrations:validate"} {
		r := w.do(call{method: http.MethodPost, path: path, body: spec})
		var errs []reportsync.FieldError
		if path == "/v1/integrations" {
			errs = problem(t, r, http.StatusUnprocessableEntity).Errors
		} else {
			errs = decode[api.Validation](t, r, http.StatusOK).Errors
		}
		wantPointers(t, api.Problem{Errors: errs}, "/source_id", "/connection_id")
	}
}

func TestValidateReportsEverything(t *testing.T) {
	t.Parallel()
	w := setup(t)
	spec := w.integrationSpec("a")
	spec.Schedule, spec.TimeZone = new("0 9 * *"), new("Europe/Berln")
	v := decode[api.Validation](t, w.do(call{method: http.MethodPost, path: "/v1/integrations:validate", body: spec}), http.StatusOK)
	wantPointers(t, api.Problem{Errors: v.Errors}, "/schedule", "/time_zone")
	if !strings.Contains(v.Errors[1].Detail, "Europe/Berlin") {
		t.Errorf("no nearest zone: %+v", v.Errors[1])
	}
	spec = w.integrationSpec("b")
	r := w.do(call{method: http.MethodPost, path: "/v1/integrations:validate", body: spec})
	if got := strings.TrimSpace(string(r.body)); got != `{"errors":[],"unchecked":[]}` {
		t.Errorf("nothing wrong is %s", got)
	}
}

// What a check finds names columns of reports and fields of the org.
func TestValidateIsNotForViewers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	validate := call{method: http.MethodPost, path: "/v1/integrations:validate", body: w.integrationSpec("a"), token: w.tokens[reportsync.RoleViewer]}
	problem(t, w.do(validate), http.StatusForbidden)
	validate.token = w.tokens[reportsync.RoleOperator]
	decode[api.Validation](t, w.do(validate), http.StatusOK)
}

func TestSourceIsChecked(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.checks.source = func(reportsync.SourceSpec) error {
		return reportsync.Errorf(reportsync.CodeInvalid, "/srv/reports is not within file_roots")
	}
	create := call{method: http.MethodPost, path: "/v1/sources", body: sourceSpec("a")}
	p := problem(t, w.do(create), http.StatusUnprocessableEntity)
	wantPointers(t, p, "/files/url")
	if want := `source "a": /srv/reports is not within file_roots`; p.Detail != want {
		t.Errorf("detail %q, want %q", p.Detail, want)
	}
	found := reportsync.FieldError{Pointer: "/files/url", Code: reportsync.CodeInvalid, Detail: "there is no folder /srv/reports"}
	w.checks.source = func(reportsync.SourceSpec) error { return reportsync.Invalid("source", []reportsync.FieldError{found}) }
	p = problem(t, w.do(create), http.StatusUnprocessableEntity)
	if want := `source "a": there is no folder /srv/reports`; p.Detail != want || !slices.Equal(p.Errors, []reportsync.FieldError{found}) {
		t.Errorf("problem %+v, want %q", p, want)
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	w := setup(t)
	a, b := w.integration("a"), w.integration("b")
	for path, want := range map[string][]string{
		"/v1/integrations":                                 {a.ID, b.ID},
		"/v1/integrations?name=b":                          {b.ID},
		"/v1/integrations?name=B":                          nil,
		"/v1/integrations?source_id=" + a.SourceID:         {a.ID},
		"/v1/integrations?connection_id=" + b.ConnectionID: {b.ID},
		"/v1/integrations?name=a&source_id=" + b.SourceID:  nil,
	} {
		page := decode[api.Page[reportsync.Integration]](t, w.do(call{method: http.MethodGet, path: path}), http.StatusOK)
		var got []string
		for _, i := range page.Items {
			got = append(got, i.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	first := decode[api.Page[reportsync.Integration]](t, w.do(call{method: http.MethodGet, path: "/v1/integrations?limit=1"}), http.StatusOK)
	second := decode[api.Page[reportsync.Integration]](t, w.do(call{method: http.MethodGet, path: "/v1/integrations?limit=1&cursor=" + first.NextCursor}), http.StatusOK)
	if len(second.Items) != 1 || second.Items[0].ID != b.ID || second.NextCursor != "" {
		t.Errorf("second page: %+v", second)
	}
}
