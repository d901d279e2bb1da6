package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// exitWithErrors is what "reportsyncd run --follow" ends with when the run went through but rejected rows.
const exitWithErrors = 2

// environment is what every command of the demo sees beside the user's own environment: where the daemon is, how to
// log in, and a CLI configuration that leads to the provider built here.
func (s *stage) environment() ([]string, error) {
	token, err := os.ReadFile(filepath.Join(s.dir, "state", "admin.token"))
	if err != nil {
		return nil, fmt.Errorf("read the admin token: %w", err)
	}
	own := []string{
		"TF_CLI_CONFIG_FILE=" + filepath.Join(s.dir, "terraform.tfrc"),
		"CHECKPOINT_DISABLE=1",
		"REPORTSYNC_ENDPOINT=" + s.endpoint,
		"REPORTSYNC_TOKEN=" + strings.TrimSpace(string(token)),
		"TF_VAR_salesforce_login_url=" + s.orgURL,
		"TF_VAR_salesforce_client_id=" + clientID,
		"TF_VAR_salesforce_client_secret=" + clientSecret,
		"TF_VAR_reports_url=file://" + filepath.Join(s.dir, "reports"),
	}
	if !onTerminal() {
		own = append(own, "TF_CLI_ARGS=-no-color")
	}
	return own, nil
}

// providerVersion is what the demo installs the provider as; a CLI never chooses a pre-release by itself.
const providerVersion = "0.1.0"

// installProvider puts the provider where a mirror has it, so that the CLI installs it as it would from a registry.
func (s *stage) installProvider() error {
	const name = "terraform-provider-reportsync"
	mirror := filepath.Join(s.dir, "mirror")
	for _, registry := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, registry, "reportsync", "reportsync", providerVersion, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		if err := os.Symlink(s.bin(name), filepath.Join(folder, name+"_v"+providerVersion)); err != nil {
			return err
		}
	}
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	return os.WriteFile(filepath.Join(s.dir, "terraform.tfrc"), []byte(text), 0o600)
}

// command prepares a command as a user would type it, and prints it as such.
func (s *stage) command(ctx context.Context, dir, path string, args ...string) (*exec.Cmd, error) {
	env, err := s.environment()
	if err != nil {
		return nil, err
	}
	fmt.Printf("$ %s %s\n", filepath.Base(path), strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd, nil
}

func (s *stage) terraform(ctx context.Context, args ...string) error {
	cmd, err := s.command(ctx, filepath.Join(s.dir, "terraform"), s.cli, args...)
	if err != nil {
		return err
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", filepath.Base(s.cli), args[0], err)
	}
	return nil
}

func (s *stage) reportsyncd(ctx context.Context, args ...string) error {
	cmd, err := s.command(ctx, s.dir, s.bin("reportsyncd"), args...)
	if err != nil {
		return err
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("reportsyncd %s: %w", args[0], err)
	}
	return nil
}

// sync runs the quickstart's integration, its progress in sight, and returns the run.
func (s *stage) sync(ctx context.Context) (reportsync.Run, error) {
	cmd, err := s.command(ctx, s.dir, s.bin("reportsyncd"), "run", "onboarding-to-contacts", "--follow")
	if err != nil {
		return reportsync.Run{}, err
	}
	exit := &exec.ExitError{}
	if err := cmd.Run(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitWithErrors) {
		return reportsync.Run{}, fmt.Errorf("reportsyncd run: %w", err)
	}
	return s.latestRun(ctx)
}

func (s *stage) latestRun(ctx context.Context) (reportsync.Run, error) {
	env, err := s.environment()
	if err != nil {
		return reportsync.Run{}, err
	}
	var runs []reportsync.Run
	if err := output(ctx, env, &runs, s.bin("reportsyncd"), "runs", "--limit", "1", "--json"); err != nil {
		return reportsync.Run{}, err
	}
	if len(runs) != 1 {
		return reportsync.Run{}, fmt.Errorf("reportsyncd runs --limit 1 lists %d runs", len(runs))
	}
	return runs[0], nil
}

// output decodes what a command prints as JSON.
func output(ctx context.Context, env []string, into any, path string, args ...string) error {
	cmd := exec.CommandContext(ctx, path, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &said, append(os.Environ(), env...)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", filepath.Base(path), args[0], err, said.String())
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		return fmt.Errorf("%s %s: read its JSON: %w", filepath.Base(path), args[0], err)
	}
	return nil
}
