package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestAccConnectionLifeCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, sandboxURL := newOrg(t, orgsim.Config{Sandbox: true, ClientID: "other", ClientSecret: "other-secret", Seed: 1})
	c := w.connection()
	config := func(b block) string { return w.config(map[string]block{connectionAddress: b}) }

	steps := []resource.TestStep{{
		Config:           config(c),
		ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			has(connectionAddress, "id", knownvalue.NotNull()),
			has(connectionAddress, "revision", knownvalue.Int64Exact(1)),
			has(connectionAddress, "credentials_fingerprint", knownvalue.NotNull()),
			has(connectionAddress, "client_credentials.client_secret_wo", knownvalue.Null()),
		},
	}}
	renamed := c.with("name", `"prod"`)
	steps = append(steps, imports(connectionAddress, "production")...)
	aliased := renamed.with("login_url", fmt.Sprintf("%q", strings.Replace(w.orgURL, "127.0.0.1", "localhost", 1)))
	moved := aliased.with("login_url", fmt.Sprintf("%q", sandboxURL)).with("environment", `"sandbox"`).
		with("client_credentials", credentials("other", "other-secret", ""))
	steps = append(steps, inPlace(t, connectionAddress, []edit{
		{config(renamed), "name", knownvalue.StringExact("prod")},
		{config(aliased), "login_url", knownvalue.StringRegexp(loosely("localhost"))},
		{config(moved), "environment", knownvalue.StringExact("sandbox")},
		{config(moved.with("limits", "{}")), "limits.batch_rows", knownvalue.Null()},
		{config(moved.with("limits", "{ batch_rows = 50 }")), "limits.batch_rows", knownvalue.Int64Exact(50)},
		{config(moved.with("limits", "{ daily_api_calls = 10000 }")), "limits.daily_api_calls", knownvalue.Int64Exact(10_000)},
		{config(moved), "limits", knownvalue.Null()},
	})...)
	steps = append(steps,
		resource.TestStep{ // a version makes the provider send the secret, which is the stored one already
			Config:           config(moved.with("client_credentials", credentials("other", "other-secret", ", client_secret_wo_version = 1"))),
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(connectionAddress, "client_credentials.client_secret_wo_version", knownvalue.Int64Exact(1)),
				has(connectionAddress, "client_credentials.client_id", knownvalue.StringExact("other")),
				has(connectionAddress, "revision", knownvalue.Int64Exact(8)),
			},
		},
	)
	w.test(t, steps...)
}

// TestAccConnectionDrift changes every attribute beside Terraform and wants each back; then it deletes the connection.
func TestAccConnectionDrift(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, sandboxURL := newOrg(t, orgsim.Config{Sandbox: true, ClientID: "other", ClientSecret: "other-secret", Seed: 1})
	config := w.config(nil)
	steps := []resource.TestStep{{Config: config}}
	for _, change := range []func(*reportsync.ConnectionSpec){
		func(s *reportsync.ConnectionSpec) { s.Name = "renamed" },
		func(s *reportsync.ConnectionSpec) { s.Limits = &reportsync.Limits{DailyAPICalls: new(int64(1))} },
		func(s *reportsync.ConnectionSpec) {
			s.Environment, s.LoginURL = reportsync.Sandbox, &sandboxURL
			s.ClientCredentials = &reportsync.ClientCredentials{ClientID: "other", ClientSecret: "other-secret"}
		},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				old := w.onlyConnection(t)
				spec := old.ConnectionSpec
				change(&spec)
				if _, err := w.client.ReplaceConnection(t.Context(), old.ID, old.Revision, spec); err != nil {
					t.Fatal(err)
				}
			},
			Config:           config,
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(connectionAddress, "name", knownvalue.StringExact("production")),
				has(connectionAddress, "environment", knownvalue.StringExact("production")),
				has(connectionAddress, "login_url", knownvalue.StringExact(w.orgURL)),
				has(connectionAddress, "client_credentials.client_id", knownvalue.StringExact(orgsim.DefaultClientID)),
				has(connectionAddress, "limits", knownvalue.Null()),
			},
		})
	}
	w.test(t, append(steps, resource.TestStep{
		PreConfig: func() {
			if err := w.client.DeleteConnection(t.Context(), w.onlyConnection(t).ID, 0); err != nil {
				t.Fatal(err)
			}
		},
		Config:           config,
		ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionCreate),
	})...)
}

// onlyConnection returns the one connection that the daemon has.
func (w *world) onlyConnection(t *testing.T) reportsync.Connection {
	t.Helper()
	return only(t, w.client.Connections(t.Context()))
}

func TestAccConnectionErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connection()
	config := func(name, expression string) string {
		return w.provider() + c.with(name, expression).hcl(head(connectionAddress))
	}
	w.test(t,
		resource.TestStep{
			Config:      config("environment", `"prodction"`),
			ExpectError: loosely(`environment = "prodction"`, `did you mean "production"?`),
		},
		resource.TestStep{
			Config:      config("login_url", `"http://acme.my.salesforce.com"`),
			ExpectError: loosely("login_url", "plain http is allowed for this machine only"),
		},
		resource.TestStep{
			Config:      config("limits", "{ batch_rows = 0 }"),
			ExpectError: loosely("limits.batch_rows:", "takes 1 to 200 rows"),
		},
		resource.TestStep{
			Config:      config("limits", "{ daily_api_calls = 0 }"),
			ExpectError: loosely("limits.daily_api_calls:", "give at least 1"),
		},
		resource.TestStep{
			Config:      config("login_url", ""),
			ExpectError: loosely("login_url: the client credentials flow works only on the org's My Domain"),
		},
		resource.TestStep{
			Config:      config("client_credentials", credentials(orgsim.DefaultClientID, "wrong", "")),
			ExpectError: loosely(`Can't create connection "production"`, "client_credentials = {", "client_credentials.client_secret_wo:", "Request id"),
		},
		resource.TestStep{ // an empty variable must not pass for a rotation
			Config:      config("client_credentials", credentials(orgsim.DefaultClientID, "", "")),
			ExpectError: loosely("client_credentials.client_secret_wo", "string length must be at least 1"),
		},
		resource.TestStep{
			Config:      config("client_credentials", credentials("nobody", orgsim.DefaultClientSecret, "")),
			ExpectError: loosely("client_credentials.client_id:", "refused the login"),
		},
		resource.TestStep{
			Config:      config("environment", `"sandbox"`),
			ExpectError: loosely(`environment = "sandbox"`, "production org"),
		},
		resource.TestStep{
			Config:      config("login_url", `"http://127.0.0.1:1"`),
			ExpectError: loosely(`login_url = "http://127.0.0.1:1"`, "can't reach http://127.0.0.1:1"),
		},
	)
}
