package reportsync_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func validIntegration() reportsync.IntegrationSpec {
	return reportsync.IntegrationSpec{
		Name:         "onboarding-to-contacts",
		SourceID:     "src_1",
		Report:       "onboarding/*.csv",
		ConnectionID: "con_1",
		Object:       "Contact",
		Match:        reportsync.Match{Column: "User Email", Field: "Email"},
		Mappings: map[string]reportsync.Mapping{
			"Onboarding_Status__c": {Column: new("Onboarding Status")},
			"Usage_Source__c":      {Constant: new("WalkMe")},
		},
	}
}

func validConnection() reportsync.ConnectionSpec {
	return reportsync.ConnectionSpec{
		Name:              "production",
		Environment:       reportsync.Production,
		LoginURL:          new("https://acme.my.salesforce.com"),
		ClientCredentials: &reportsync.ClientCredentials{ClientID: "3MVG9", ClientSecret: "s3cret"},
	}
}

// pointers returns where an error of a Validate method points.
func pointers(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*reportsync.Error](err)
	if !ok || e.Code != reportsync.CodeInvalid {
		t.Fatalf("not an invalid error: %v", err)
	}
	var ps []string
	for _, f := range e.Fields {
		if f.Detail == "" {
			t.Errorf("%s: no sentence says what is wrong", f.Pointer)
		}
		ps = append(ps, f.Pointer)
	}
	return ps
}

func TestIntegrationValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*reportsync.IntegrationSpec)
		want []string
	}{
		{"valid", func(*reportsync.IntegrationSpec) {}, nil},
		{"no name", func(s *reportsync.IntegrationSpec) { s.Name = "" }, []string{"/name"}},
		{"name with a slash", func(s *reportsync.IntegrationSpec) { s.Name = "a/b" }, []string{"/name"}},
		{"absolute report", func(s *reportsync.IntegrationSpec) { s.Report = "/etc/passwd" }, []string{"/report"}},
		{"report outside its source", func(s *reportsync.IntegrationSpec) { s.Report = "../x.csv" }, []string{"/report"}},
		{"hidden way out", func(s *reportsync.IntegrationSpec) { s.Report = "a/../../x.csv" }, []string{"/report"}},
		{"open bracket", func(s *reportsync.IntegrationSpec) { s.Report = "a[.csv" }, []string{"/report"}},
		{"object with a blank", func(s *reportsync.IntegrationSpec) { s.Object = "My Object" }, []string{"/object"}},
		{"soql in a field", func(s *reportsync.IntegrationSpec) { s.Match.Field = "Email FROM User--" }, []string{"/match/field"}},
		{"unknown operation", func(s *reportsync.IntegrationSpec) { s.Operation = new(reportsync.Operation("delete")) }, []string{"/operation"}},
		{"no mappings", func(s *reportsync.IntegrationSpec) { s.Mappings = nil }, []string{"/mappings"}},
		{"empty mapping", func(s *reportsync.IntegrationSpec) { s.Mappings["A__c"] = reportsync.Mapping{} }, []string{"/mappings/A__c"}},
		{"column and constant", func(s *reportsync.IntegrationSpec) {
			s.Mappings["A__c"] = reportsync.Mapping{Column: new("a"), Constant: new("b")}
		}, []string{"/mappings/A__c"}},
		{"empty constant", func(s *reportsync.IntegrationSpec) { s.Mappings["A__c"] = reportsync.Mapping{Constant: new("")} }, []string{"/mappings/A__c/constant"}},
		{"empty constant that clears", func(s *reportsync.IntegrationSpec) {
			s.Mappings["A__c"] = reportsync.Mapping{Constant: new(""), OnNull: new(reportsync.OnNullClear)}
		}, nil},
		{"same field twice", func(s *reportsync.IntegrationSpec) {
			s.Mappings["usage_source__c"] = reportsync.Mapping{Constant: new("x")}
		}, []string{"/mappings/usage_source__c"}},
		{"key written too", func(s *reportsync.IntegrationSpec) { s.Mappings["email"] = reportsync.Mapping{Column: new("x")} }, []string{"/mappings/email"}},
		{"cron of six fields", func(s *reportsync.IntegrationSpec) { s.Schedule = new("0 0 9 * * *") }, []string{"/schedule"}},
		{"cron out of range", func(s *reportsync.IntegrationSpec) { s.Schedule = new("0 25 * * *") }, []string{"/schedule"}},
		{"cron that never comes", func(s *reportsync.IntegrationSpec) { s.Schedule = new("0 0 31 2 *") }, []string{"/schedule"}},
		{"zone in the cron", func(s *reportsync.IntegrationSpec) { s.Schedule = new("CRON_TZ=UTC 0 9 * * *") }, []string{"/schedule"}},
		{"misspelt zone", func(s *reportsync.IntegrationSpec) { s.TimeZone = new("Europe/Berln") }, []string{"/time_zone"}},
		{"zone of the machine", func(s *reportsync.IntegrationSpec) { s.TimeZone = new("Local") }, []string{"/time_zone"}},
		{"all at once", func(s *reportsync.IntegrationSpec) { s.Name, s.Report, s.TimeZone = "", "", new("") }, []string{"/name", "/report", "/time_zone"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := validIntegration()
			tt.edit(&spec)
			if diff := cmp.Diff(tt.want, pointers(t, spec.Validate())); diff != "" {
				t.Errorf("wrong pointers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectionValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(*reportsync.ConnectionSpec)
		want []string
	}{
		{"valid", func(*reportsync.ConnectionSpec) {}, nil},
		{"loopback in clear", func(c *reportsync.ConnectionSpec) { c.LoginURL = new("http://127.0.0.1:1234") }, nil},
		{"network in clear", func(c *reportsync.ConnectionSpec) { c.LoginURL = new("http://acme.my.salesforce.com") }, []string{"/login_url"}},
		{"password in the URL", func(c *reportsync.ConnectionSpec) { c.LoginURL = new("https://u:p@acme.my.salesforce.com") }, []string{"/login_url"}},
		{"path in the URL", func(c *reportsync.ConnectionSpec) { c.LoginURL = new("https://acme.my.salesforce.com/services") }, []string{"/login_url"}},
		{"no My Domain", func(c *reportsync.ConnectionSpec) { c.LoginURL = nil }, []string{"/login_url"}},
		{"shared login host", func(c *reportsync.ConnectionSpec) { c.LoginURL = new("https://test.salesforce.com/") }, []string{"/login_url"}},
		{"unknown environment", func(c *reportsync.ConnectionSpec) { c.Environment = "prod" }, []string{"/environment"}},
		{"no way to log in", func(c *reportsync.ConnectionSpec) { c.ClientCredentials = nil }, []string{"/client_credentials"}},
		{"no client id", func(c *reportsync.ConnectionSpec) { c.ClientCredentials.ClientID = " " }, []string{"/client_credentials/client_id"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := validConnection()
			tt.edit(&spec)
			if diff := cmp.Diff(tt.want, pointers(t, spec.Validate())); diff != "" {
				t.Errorf("wrong pointers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourceValidate(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"file:///var/lib/reportsync/reports": nil,
		"file://relative/folder":             {"/files/url"},
		"file:relative":                      {"/files/url"},
		"s3://bucket":                        {"/files/url"},
		"/var/lib":                           {"/files/url"},
		"file://user:pw@/srv":                {"/files/url"},
		"file:///a?region=b":                 {"/files/url"},
	} {
		spec := reportsync.SourceSpec{Name: "walkme", Files: &reportsync.FilesSource{URL: url}}
		if diff := cmp.Diff(want, pointers(t, spec.Validate())); diff != "" {
			t.Errorf("%s: wrong pointers (-want +got):\n%s", url, diff)
		}
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	spec := validConnection()
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%d"} {
		for _, v := range []any{spec.Secret(), *spec.ClientCredentials} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, "s3cret") || strings.Contains(out, "733363726574") {
				t.Errorf("%s prints the secret: %s", verb, out)
			}
		}
	}
	b, err := json.Marshal(spec.WithSecret(""))
	if err != nil || strings.Contains(string(b), "client_secret") {
		t.Errorf("without its secret a spec is %s, %v", b, err)
	}
	if spec.Secret().Reveal() != "s3cret" {
		t.Error("taking the secret out of a copy changed the original")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	columns := []string{"User Email", "Onboarding Status", "Sessions (30d)"}
	for name, want := range map[string]string{"user_email": "User Email", "Onbording Status": "Onboarding Status", "Zebra": ""} {
		if got, ok := reportsync.Nearest(name, columns); got != want || ok != (want != "") {
			t.Errorf("nearest to %q is %q, want %q", name, got, want)
		}
	}
}

func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	var c reportsync.Counts
	for i, k := range reportsync.OutcomeKinds {
		c.Add(k, int64(i+1))
	}
	c.Add("nonsense", 100)
	if c.Total() != 45 {
		t.Errorf("total is %d, want 45", c.Total())
	}
	if want := c.Total() - c.Updated - c.Created - c.Unchanged; c.Rejected() != want {
		t.Errorf("rejected is %d, want %d", c.Rejected(), want)
	}
}

func TestRolesIncludeOneAnother(t *testing.T) {
	t.Parallel()
	roles := []reportsync.Role{reportsync.RoleViewer, reportsync.RoleOperator, reportsync.RoleAdmin}
	for i, r := range roles {
		for j, want := range roles {
			if got := r.Includes(want); got != (i >= j) {
				t.Errorf("%s includes %s: %t", r, want, got)
			}
		}
		if r.Includes("") || reportsync.Role("").Includes(r) {
			t.Errorf("%s and no role include one another", r)
		}
	}
}

func TestErrorKeepsItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("disk full")
	err := fmt.Errorf("store run: %w", reportsync.Errorf(reportsync.CodeUnavailable, "can't write: %w", cause).WithHint("make room"))
	if !errors.Is(err, cause) || reportsync.CodeOf(err) != reportsync.CodeUnavailable {
		t.Errorf("lost code or cause: %v", err)
	}
	if want := "store run: can't write: disk full (make room)"; err.Error() != want {
		t.Errorf("reads %q, want %q", err, want)
	}
}

func TestIDsSortByAge(t *testing.T) {
	t.Parallel()
	last := ""
	for range 1000 {
		id := reportsync.NewID(reportsync.RunID)
		if !reportsync.RunID.Is(id) || id <= last {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}
