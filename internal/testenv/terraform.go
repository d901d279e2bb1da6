package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TerraformCLI returns the absolute path of a Terraform or OpenTofu CLI of version 1.11 or later, or skips t
// where there is none: what scripts/terraform-cli finds without building.
//
// Its first call also sets this process's environment so that every CLI started from here, by
// terraform-plugin-testing too, is that one, reads no configuration of the user's and calls nobody. TF_ACC
// is left to the caller.
func TerraformCLI(t testing.TB) string {
	t.Helper()
	root := ModuleRoot(t)
	terraform.Do(func() { terraform.path, terraform.err = setUpTerraform(root) })
	if exit, ok := errors.AsType[*exec.ExitError](terraform.err); ok && exit.ExitCode() == 1 {
		t.Skipf("needs a Terraform CLI: %v", terraform.err)
	}
	if terraform.err != nil {
		t.Fatalf("find a Terraform CLI: %v", terraform.err)
	}
	return terraform.path
}

// terraform is the CLI of this process: finding it asks a program for its version, which is worth doing once.
var terraform struct {
	sync.Once

	path string
	err  error
}

// setUpTerraform finds the CLI and points the environment to it. The script's exit code 1, as an
// *exec.ExitError, says that there is none.
func setUpTerraform(root string) (string, error) {
	var reason bytes.Buffer
	find := exec.Command(filepath.Join(root, "scripts", "terraform-cli"), "--no-build") //nolint:noctx // found once for all tests, so no test's context may end it
	find.Stderr = &reason
	found, err := find.Output()
	if err != nil {
		return "", fmt.Errorf("%s (%w)", strings.TrimSpace(reason.String()), err)
	}
	path := strings.TrimSpace(string(found))
	for name, value := range terraformEnvironment(path, root) {
		if err := os.Setenv(name, value); err != nil {
			return "", fmt.Errorf("set %s: %w", name, err)
		}
	}
	return path, nil
}

// terraformEnvironment is what makes a CLI hermetic and terraform-plugin-testing use it.
func terraformEnvironment(path, root string) map[string]string {
	environment := map[string]string{
		"TF_ACC_TERRAFORM_PATH": path,
		"TF_CLI_CONFIG_FILE":    filepath.Join(root, "scripts", "terraform.tfrc"),
		"CHECKPOINT_DISABLE":    "1",
	}
	if strings.Contains(filepath.Base(path), "tofu") {
		// OpenTofu looks for "hashicorp/…" providers at its own registry's name.
		environment["TF_ACC_PROVIDER_NAMESPACE"] = "hashicorp"
		environment["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
	}
	return environment
}
