package provider_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// rotatingOrg is an org whose app gets other secrets. A simulated org knows one for its life, so there is one after the
// other behind the same URL.
type rotatingOrg struct {
	url string
	now atomic.Pointer[orgsim.Org]
}

func newRotatingOrg(t *testing.T) *rotatingOrg {
	t.Helper()
	r := &rotatingOrg{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.now.Load().ServeHTTP(w, req) }))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// accept makes the org take the secret and no other.
func (r *rotatingOrg) accept(t *testing.T, secret string) {
	t.Helper()
	org, err := orgsim.New(orgsim.Config{ClientSecret: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(org.Close)
	r.now.Store(org)
}

// TestAccSecretRotation changes the secret alone, in the configuration and beside Terraform.
func TestAccSecretRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := newRotatingOrg(t)
	secrets.accept(t, "first")
	c := w.connection().with("login_url", `"`+secrets.url+`"`)
	configWith := func(secret, more string) string {
		return w.config(map[string]block{connectionAddress: c.with("client_credentials", credentials(orgsim.DefaultClientID, secret, more))})
	}
	fingerprint := statecheck.CompareValue(compare.ValuesDiffer())
	differs := func() []statecheck.StateCheck {
		return []statecheck.StateCheck{fingerprint.AddStateValue(connectionAddress, at("credentials_fingerprint"))}
	}
	w.test(t,
		resource.TestStep{Config: configWith("first", ""), ConfigStateChecks: differs()},
		resource.TestStep{ // nothing but the secret
			PreConfig: func() { secrets.accept(t, "second") },
			Config:    configWith("second", ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(connectionAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(connectionAddress, at("credentials_fingerprint")),
				plancheck.ExpectUnknownValue(connectionAddress, at("revision")),
			}},
			ConfigStateChecks: differs(),
		},
		resource.TestStep{ // rotated elsewhere: the configured one is sent again
			PreConfig: func() {
				secrets.accept(t, "elsewhere")
				old := w.onlyConnection(t)
				if _, err := w.client.ReplaceConnection(t.Context(), old.ID, 0, old.WithSecret("elsewhere")); err != nil {
					t.Fatal(err)
				}
				secrets.accept(t, "second")
			},
			Config:           configWith("second", ""),
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{ // with a version, the secret alone is no change …
			Config:           configWith("second", ", client_secret_wo_version = 1"),
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionUpdate),
		},
		resource.TestStep{
			Config:           configWith("third", ", client_secret_wo_version = 1"),
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionNoop),
		},
		resource.TestStep{ // … but the version is
			PreConfig:         func() { secrets.accept(t, "third") },
			Config:            configWith("third", ", client_secret_wo_version = 2"),
			ConfigPlanChecks:  planned(connectionAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: differs(),
		},
	)
}

// TestAccSecretUnknown gets the secret from something that is known only after apply.
func TestAccSecretUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connection().with("client_credentials",
		`{ client_id = terraform_data.id.output, client_secret_wo = terraform_data.secret.output }`)
	text := `
variable "secret" { type = string }
resource "terraform_data" "id" { input = "` + orgsim.DefaultClientID + `" }
resource "terraform_data" "secret" { input = var.secret }
` + w.provider() + c.hcl(head(connectionAddress))
	w.test(t,
		resource.TestStep{
			Config: text, ConfigVariables: config.Variables{"secret": config.StringVariable(orgsim.DefaultClientSecret)},
			ConfigStateChecks: []statecheck.StateCheck{has(connectionAddress, "revision", knownvalue.Int64Exact(1))},
		},
		resource.TestStep{
			Config: text, ConfigVariables: config.Variables{"secret": config.StringVariable("wrong")},
			ConfigPlanChecks: planned(connectionAddress, plancheck.ResourceActionUpdate),
			ExpectError:      loosely("client_credentials.client_secret_wo:"),
		},
	)
}

// TestAccSecretStaysOut applies with the real binary and looks for the secret in everything that Terraform writes.
func TestAccSecretStaysOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCLI(t)
	c.env = append(c.env, "TF_VAR_secret="+orgsim.DefaultClientSecret, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(c.dir, "terraform.log"))
	c.configure(t, block{"endpoint": `"` + w.daemon.URL() + `"`, "token_file": `"` + w.daemon.AdminTokenFile() + `"`}.hcl(`provider "reportsync"`)+`
variable "secret" {
  type      = string
  ephemeral = true
}
`+w.connection().with("client_credentials", `{ client_id = "`+orgsim.DefaultClientID+`", client_secret_wo = var.secret }`).hcl(head(connectionAddress)))

	written := map[string]string{"plan": c.run(t, "plan", "-input=false", "-out=saved.tfplan")}
	written["saved plan"] = c.run(t, "show", "-json", "saved.tfplan") // the file itself is compressed
	written["apply"] = c.run(t, "apply", "-input=false", "saved.tfplan")
	for _, name := range []string{"terraform.tfstate", "terraform.log"} {
		text, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		written[name] = string(text)
	}
	if state := written["terraform.tfstate"]; !strings.Contains(state, w.onlyConnection(t).CredentialsFingerprint) {
		t.Errorf("the state does not hold the connection: %s", state)
	}
	for name, text := range written {
		for _, hidden := range []string{orgsim.DefaultClientSecret, w.token} {
			if strings.Contains(text, hidden) {
				t.Errorf("%s holds %q", name, hidden)
			}
		}
	}
	c.run(t, "destroy", "-input=false", "-auto-approve")
}

// TestAccSecretAfterImport imports a connection: its secret can't be compared, which is a warning, until it is replaced
// elsewhere, sent because of a version, or sent with any other change.
func TestAccSecretAfterImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.makeIntegration(t)
	c := newCLI(t)
	connection := w.connection().with("name", `"by hand"`)
	configure := func(b block) { c.configure(t, w.provider()+b.hcl(head(connectionAddress))) }
	configure(connection)
	c.run(t, "import", "-input=false", connectionAddress, "name=by hand")
	const warning = "The secret was not compared"
	if out := c.run(t, "plan", "-input=false", "-detailed-exitcode"); !strings.Contains(out, warning) {
		t.Errorf("there is no warning after the import:\n%s", out)
	}
	configure(connection.with("client_credentials", credentials(orgsim.DefaultClientID, orgsim.DefaultClientSecret, ", client_secret_wo_version = 1")))
	if out := c.run(t, "apply", "-input=false", "-auto-approve"); !loosely("0 added, 1 changed, 0 destroyed").MatchString(out) {
		t.Errorf("the secret was not sent:\n%s", out)
	}
	configure(connection.with("client_credentials", credentials(orgsim.DefaultClientID, "wrong", "")))
	if out := c.fail(t, "apply", "-input=false", "-auto-approve"); !loosely("client_credentials.client_secret_wo:").MatchString(out) || strings.Contains(out, warning) {
		t.Errorf("a wrong secret was not sent:\n%s", out)
	}
}
