package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// cli is a folder in which a Terraform CLI works with the real provider binary: for what it prints and writes, which the
// testing framework does not tell.
type cli struct {
	dir string
	env []string
}

func newCLI(t *testing.T) *cli {
	t.Helper()
	c := &cli{dir: t.TempDir()}
	bin := filepath.Join(c.dir, "bin")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin+"/", "./cmd/terraform-provider-reportsync").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	c.write(t, "cli.tfrc", fmt.Sprintf(`provider_installation {
  dev_overrides {
    "registry.terraform.io/reportsync/reportsync" = %[1]q
    "registry.opentofu.org/reportsync/reportsync" = %[1]q
  }
}`, bin))
	c.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+filepath.Join(c.dir, "cli.tfrc"), "TF_CLI_ARGS=-no-color")
	return c
}

func (c *cli) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// configure writes the configuration, beside where the provider comes from.
func (c *cli) configure(t *testing.T, text string) {
	t.Helper()
	c.write(t, "main.tf", `terraform {
  required_providers {
    reportsync = { source = "reportsync/reportsync" }
  }
}
`+text)
}

// run runs a command, which must succeed, and returns what it prints.
func (c *cli) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := c.command(t, args).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// fail runs a command, which must fail, and returns what it prints.
func (c *cli) fail(t *testing.T, args ...string) string {
	t.Helper()
	out, err := c.command(t, args).CombinedOutput()
	if err == nil {
		t.Fatalf("%s: no error\n%s", strings.Join(args, " "), out)
	}
	return string(out)
}

func (c *cli) command(t *testing.T, args []string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), testenv.TerraformCLI(t), args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	return cmd
}

// TestAccPlanReadsWell changes one mapping, which must be one line of the plan beside the revision.
func TestAccPlanReadsWell(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCLI(t)
	configure := func(i block) { c.configure(t, w.config(map[string]block{integrationAddress: i})) }
	i := w.integration()
	configure(i)
	c.run(t, "apply", "-input=false", "-auto-approve")
	configure(i.with("mappings", strings.Replace(mappings, `"WalkMe"`, `"WalkMe Insights"`, 1)))
	var changes []string
	_, plan, _ := strings.Cut(c.run(t, "plan", "-input=false"), "will perform the following actions:")
	for line := range strings.Lines(plan) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.Contains("~+-", fields[0]) {
			changes = append(changes, strings.Join(fields, " "))
		}
	}
	want := []string{
		`~ resource "reportsync_integration" "test" {`,
		`~ mappings = {`,
		`~ "Usage_Source__c" = {`,
		`~ constant = "WalkMe" -> "WalkMe Insights"`,
		`~ revision = 1 -> (known after apply)`,
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
	c.run(t, "destroy", "-input=false", "-auto-approve")
}

// TestAccOrgUnreachable plans and applies a change of an integration while its org is down: that is a warning, which
// says what was not looked at.
func TestAccOrgUnreachable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newCLI(t)
	configure := func(i block) { c.configure(t, w.config(map[string]block{integrationAddress: i})) }
	i := w.integration()
	configure(i)
	c.run(t, "apply", "-input=false", "-auto-approve")
	down := w.org.Faults().Add(fault.Fault{Action: fault.ResetBefore})
	configure(i.with("description", `"changed while the org is down"`))
	out := c.run(t, "apply", "-input=false", "-auto-approve")
	if !loosely(`Integration "onboarding" was not checked in full`, "fields", "0 added, 1 changed, 0 destroyed").MatchString(out) || down.Hits() == 0 {
		t.Errorf("%d requests were refused; apply said:\n%s", down.Hits(), out)
	}
}

// TestAccExamples validates the examples of the documentation, all of them in one configuration.
func TestAccExamples(t *testing.T) {
	t.Parallel()
	acceptance(t)
	c := newCLI(t)
	examples := filepath.Join(testenv.ModuleRoot(t), "examples")
	found := 0
	for _, pattern := range []string{"provider/provider.tf", "resources/*/resource.tf", "data-sources/*/data-source.tf"} {
		files, err := filepath.Glob(filepath.Join(examples, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found++
			c.write(t, fmt.Sprintf("example%d.tf", found), string(text))
		}
	}
	if want := 1 + 4 + 6; found != want {
		t.Errorf("found %d examples, want one of the provider and of each resource and data source: %d", found, want)
	}
	c.run(t, "validate")
	c.run(t, "fmt", "-check", "-recursive", examples)
}
