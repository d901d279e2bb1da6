package daemon_test

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// A connection is tried before it is stored; what is wrong is blamed on the attribute that is.
func TestConnectionIsTried(t *testing.T) {
	t.Parallel()
	o := startOrg(t, 0)
	d := startDaemon(t, daemon.Options{StateDir: t.TempDir()})
	c := clientOf(t, d)
	nobody := "http://" + unusedAddress(t)
	tests := []struct {
		name    string
		change  func(*reportsync.ConnectionSpec)
		code    reportsync.Code
		pointer string
		want    string
	}{
		{"wrong secret", func(s *reportsync.ConnectionSpec) {
			s.ClientCredentials = &reportsync.ClientCredentials{ClientID: orgsim.DefaultClientID, ClientSecret: "guess"}
		}, reportsync.CodeCredentials, "/client_credentials/client_secret", "client secret"},
		{"wrong client", func(s *reportsync.ConnectionSpec) {
			s.ClientCredentials = &reportsync.ClientCredentials{ClientID: "3MVG9.other", ClientSecret: orgsim.DefaultClientSecret}
		}, reportsync.CodeCredentials, "/client_credentials/client_id", "client id"},
		{"nobody there", func(s *reportsync.ConnectionSpec) { s.LoginURL = &nobody }, reportsync.CodeUnavailable, "/login_url", nobody},
		{"another environment", func(s *reportsync.ConnectionSpec) { s.Environment = reportsync.Sandbox }, reportsync.CodeOrgMismatch, "/environment", `"production"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			spec := connectionTo(o)
			spec.Name = test.name
			test.change(&spec)
			_, err := c.CreateConnection(t.Context(), spec)
			answer, ok := errors.AsType[*api.ResponseError](err)
			if !ok || answer.Problem.Code != test.code || len(answer.Problem.Errors) != 1 || answer.Problem.Errors[0].Pointer != test.pointer {
				t.Fatalf("error %v, want %s at %s", err, test.code, test.pointer)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want it to mention %s", err, test.want)
			}
			if strings.Contains(err.Error(), "guess") {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

// The same fault of an org has the same code, whether a connection's check or a run meets it.
func TestCheckAndRunAgree(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault fault.Fault
		code  reportsync.Code
	}{
		"session refused": {fault.Fault{Action: fault.ExpireSession}, reportsync.CodeCredentials},
		"daily limit":     {fault.DailyLimit(), reportsync.CodeSalesforceLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := startOrg(t, 1)
			dir := t.TempDir()
			writeReport(t, dir, 1)
			c := clientOf(t, startDaemon(t, daemon.Options{StateDir: dir}))
			in := configure(t, c, o, dir)
			test.fault.Path = "/services/data/*/**"
			o.Faults().Add(test.fault)
			_, err := c.TestConnection(t.Context(), in.ConnectionID)
			if reportsync.CodeOf(err) != test.code || !strings.Contains(err.Error(), o.url) {
				t.Errorf("check: %v with code %s, want %s at %s", err, reportsync.CodeOf(err), test.code, o.url)
			}
			if run := runToEnd(t, c, in); run.Error == nil || run.Error.Code != test.code {
				t.Errorf("run: %s, %+v; want the code %s", run.Status, run.Error, test.code)
			}
		})
	}
}

// unusedAddress is one that nobody listens at.
func unusedAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// An integration is compared with org and report as they are.
func TestIntegrationIsChecked(t *testing.T) {
	t.Parallel()
	o := startOrg(t, 1)
	dir := t.TempDir()
	writeReport(t, dir, 1)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)

	misspelt := "Stauts"
	spec := in.IntegrationSpec
	spec.Object = "Contact"
	spec.Mappings = map[string]reportsync.Mapping{"Statu__c": {Column: &misspelt}}
	found, err := c.ValidateIntegration(t.Context(), api.IntegrationCheck{IntegrationSpec: spec})
	if err != nil {
		t.Fatal(err)
	}
	details := map[string]string{}
	for _, e := range found.Errors {
		details[e.Pointer] = e.Detail
	}
	if len(details) != 2 || !strings.Contains(details["/mappings/Statu__c"], `"Status__c"`) || !strings.Contains(details["/mappings/Statu__c/column"], `"Status"`) {
		t.Errorf("found %v, want the field and the column with the names that are meant", details)
	}
	test, err := c.TestConnection(t.Context(), in.ConnectionID)
	if err != nil || test.OrganizationID != o.ID() || test.InstanceURL != o.url {
		t.Errorf("the test of the connection found %+v (%v), want the org %s at %s", test, err, o.ID(), o.url)
	}
}

// While the org gives no answer, an integration is stored all the same, and what was not checked is said.
func TestIntegrationWhileOrgIsDown(t *testing.T) {
	t.Parallel()
	o := startOrg(t, 1)
	dir := t.TempDir()
	writeReport(t, dir, 1)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)
	o.Faults().Add(fault.Fault{Path: "/services/**", Action: fault.ResetBefore})

	spec := in.IntegrationSpec
	spec.Mappings = map[string]reportsync.Mapping{"Nobody_Knows__c": in.Mappings["Status__c"]}
	found, err := c.ValidateIntegration(t.Context(), api.IntegrationCheck{IntegrationSpec: spec})
	if err != nil || len(found.Errors) > 0 || len(found.Unchecked) == 0 {
		t.Errorf("found %+v (%v), want only what was not checked", found, err)
	}
	if _, err := c.ReplaceIntegration(t.Context(), in.ID, in.Revision, spec); err != nil {
		t.Errorf("it was not stored: %v", err)
	}
}
