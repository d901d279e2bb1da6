package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// TestAccProviderEnvironment configures the provider by the environment alone.
func TestAccProviderEnvironment(t *testing.T) {
	w := newWorld(t)
	t.Setenv("REPORTSYNC_ENDPOINT", w.daemon.URL())
	t.Setenv("REPORTSYNC_TOKEN", w.token)
	w.test(t, resource.TestStep{Config: w.source().hcl(head(sourceAddress))})
}

// TestAccProviderToken takes the token from a file, and says what is wrong with the token or with its file.
func TestAccProviderToken(t *testing.T) {
	t.Setenv("REPORTSYNC_TOKEN", "")
	w := newWorld(t)
	empty := filepath.Join(t.TempDir(), "empty.token")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := func(name, value string) string {
		b := block{"endpoint": `"` + w.daemon.URL() + `"`}
		if name != "" {
			b = b.with(name, `"`+value+`"`)
		}
		return b.hcl(`provider "reportsync"`) + w.source().hcl(head(sourceAddress))
	}
	w.test(t,
		resource.TestStep{Config: config("", ""), ExpectError: loosely("The reportsync provider has no token", "admin.token")},
		resource.TestStep{Config: config("token_file", "/nowhere/admin.token"), ExpectError: loosely("token_file =", "/nowhere/admin.token")},
		resource.TestStep{Config: config("token_file", empty), ExpectError: loosely("empty.token is empty")},
		resource.TestStep{Config: config("token", "rst_wrong"), ExpectError: loosely(`Can't create source "insights"`, "token")},
		resource.TestStep{Config: config("token_file", w.daemon.AdminTokenFile())},
	)
}

// TestAccProviderRole wants to be told which role is needed.
func TestAccProviderRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer, err := w.client.CreateToken(t.Context(), reportsync.TokenSpec{Name: "viewer", Role: reportsync.RoleViewer})
	if err != nil {
		t.Fatal(err)
	}
	w.test(t, resource.TestStep{
		Config: block{"endpoint": `"` + w.daemon.URL() + `"`, "token": `"` + viewer.Secret + `"`}.hcl(`provider "reportsync"`) +
			w.source().hcl(head(sourceAddress)),
		ExpectError: loosely(`Can't create source "insights"`, "admin"),
	})
}

// TestAccPlanAsViewer plans with a token that may not apply: the integration is not checked, and the plan stands.
func TestAccPlanAsViewer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer, err := w.client.CreateToken(t.Context(), reportsync.TokenSpec{Name: "viewer", Role: reportsync.RoleViewer})
	if err != nil {
		t.Fatal(err)
	}
	i := w.integration()
	w.test(t,
		resource.TestStep{Config: w.config(map[string]block{integrationAddress: i})},
		resource.TestStep{
			Config: strings.Replace(w.config(map[string]block{integrationAddress: i.with("description", `"planned by a viewer"`)}),
				w.token, viewer.Secret, 1),
			PlanOnly: true, ExpectNonEmptyPlan: true,
		},
		resource.TestStep{Config: w.config(map[string]block{integrationAddress: i})}, // so that it can be destroyed
	)
}

// TestAccProviderSettings says what is wrong with the provider's own configuration.
func TestAccProviderSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := block{"endpoint": `"` + w.daemon.URL() + `"`, "token": `"` + w.token + `"`}
	config := func(b block) string { return b.hcl(`provider "reportsync"`) + w.source().hcl(head(sourceAddress)) }
	w.test(t,
		resource.TestStep{Config: config(base.with("endpoint", `"localhost:8627"`)), ExpectError: loosely(`ndpoint "localhost:8627" is no http or https URL`)},
		resource.TestStep{Config: config(base.with("request_timeout", `"soon"`)), ExpectError: loosely(`request_timeout = "soon"`, "must be a duration above zero")},
		resource.TestStep{Config: config(base.with("max_retries", "-1")), ExpectError: loosely("max_retries = -1", "between 0 and")},
		resource.TestStep{Config: config(base.with("token_file", `"x"`)), ExpectError: loosely("These attributes cannot be configured together: [token,token_file]")},
		resource.TestStep{Config: config(base.with("ca_cert_file", `"/nowhere.pem"`)), ExpectError: loosely("/nowhere.pem")},
		resource.TestStep{Config: config(base.with("request_timeout", `"30s"`).with("max_retries", "0"))},
	)
}

// TestAccProviderUnknown gets the endpoint from what is known only after apply: that can be planned, and applied.
func TestAccProviderUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := block{"input": `"` + w.daemon.URL() + `"`}.hcl(`resource "terraform_data" "endpoint"`) +
		block{"endpoint": "terraform_data.endpoint.output", "token": `"` + w.token + `"`}.hcl(`provider "reportsync"`) +
		w.source().hcl(head(sourceAddress))
	w.test(t, resource.TestStep{Config: config, ConfigPlanChecks: planned(sourceAddress, plancheck.ResourceActionCreate)})
}

// TestAccDaemonUnreachable stops the daemon: nothing that is in the state may be taken for gone.
func TestAccDaemonUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dead := block{"endpoint": `"http://127.0.0.1:1"`, "token": `"x"`, "max_retries": "0"}.hcl(`provider "reportsync"`)
	source := w.source().hcl(head(sourceAddress))
	w.test(t,
		resource.TestStep{Config: w.provider() + source},
		resource.TestStep{
			Config:      dead + source,
			ExpectError: loosely("Can't read source", "Can't reach reportsyncd at http://127.0.0.1:1", "REPORTSYNC_ENDPOINT"),
		},
		resource.TestStep{Config: w.provider() + source, ConfigPlanChecks: planned(sourceAddress, plancheck.ResourceActionNoop)},
	)
}
