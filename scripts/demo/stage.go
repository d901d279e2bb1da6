package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The app that the simulated org knows and the quickstart logs in with.
const (
	clientID     = "quickstart-app"
	clientSecret = "quickstart-secret"
)

// startTimeout bounds how long a program may take to say where it listens.
const startTimeout = 30 * time.Second

// stage is the folder that the demo plays in and the programs that run for it.
type stage struct {
	root string // the project's
	dir  string // temporary; holds all that the demo makes
	cli  string // the Terraform CLI

	orgURL   string
	endpoint string
	programs []*exec.Cmd
}

func newStage(cli string) (*stage, error) {
	if cli == "" {
		return nil, errors.New("name a Terraform CLI by -cli; make demo does")
	}
	root, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "bin", "reportsyncd")); err != nil {
		return nil, fmt.Errorf("the programs are not built: run make demo from the root of the project: %w", err)
	}
	dir, err := os.MkdirTemp("", "reportsync-demo-")
	if err != nil {
		return nil, err
	}
	s := &stage{root: root, dir: dir, cli: cli}
	for to, from := range map[string]string{"terraform": ".", "reports": "reports"} {
		if err := copyFolder(filepath.Join(dir, to), filepath.Join(root, "examples", "quickstart", from)); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err := s.installProvider(); err != nil {
		return nil, errors.Join(fmt.Errorf("install the provider: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

// copyFolder copies all files below from.
func copyFolder(to, from string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

func (s *stage) bin(name string) string { return filepath.Join(s.root, "bin", name) }

// start runs a program in the background and waits for the file in which it says where it listens.
func (s *stage) start(ctx context.Context, urlFile, name string, args ...string) (string, error) {
	log, err := os.Create(filepath.Join(s.dir, name+".log"))
	if err != nil {
		return "", err
	}
	defer log.Close() // the program keeps its own handle
	// Not bound to ctx's end: close ends the programs in order, also after an interrupt. A process group of its own
	// keeps the terminal's Ctrl-C from reaching them first.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), s.bin(name), args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start %s: %w", name, err)
	}
	s.programs = append(s.programs, cmd)
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); {
		b, err := os.ReadFile(urlFile)
		if url := strings.TrimSpace(string(b)); err == nil && url != "" {
			fmt.Printf("%-12s %s  (pid %d)\n", name, url, cmd.Process.Pid)
			return url, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		select {
		case <-ctx.Done():
			return "", context.Cause(ctx)
		case <-time.After(20 * time.Millisecond):
		}
	}
	said, _ := os.ReadFile(log.Name())
	return "", fmt.Errorf("%s did not say within %s where it listens; it wrote:\n%s", name, startTimeout, said)
}

func (s *stage) startOrg(ctx context.Context) (err error) {
	org := filepath.Join(s.root, "examples", "quickstart", "org")
	urlFile := filepath.Join(s.dir, "org.url")
	s.orgURL, err = s.start(ctx, urlFile, "orgsim", "serve", "--listen", "127.0.0.1:0", "--url-file", urlFile,
		"--client-id", clientID, "--client-secret", clientSecret,
		"--schema", filepath.Join(org, "schema.hcl"), "--load", "Contact="+filepath.Join(org, "contacts.csv"))
	return err
}

func (s *stage) startDaemon(ctx context.Context) (err error) {
	state := filepath.Join(s.dir, "state")
	config := filepath.Join(s.dir, "reportsyncd.hcl")
	text := fmt.Sprintf("listen     = \"127.0.0.1:0\"\nstate_dir  = %q\nfile_roots = [%q]\n", state, filepath.Join(s.dir, "reports"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	s.endpoint, err = s.start(ctx, filepath.Join(state, "endpoint"), "reportsyncd", "serve", "--config", config)
	return err
}

// close ends the programs, the last started first, and removes the folder. Each gets time to settle what is in flight.
func (s *stage) close() error {
	var errs []error
	for _, cmd := range slices.Backward(s.programs) {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, fmt.Errorf("end %s: %w", filepath.Base(cmd.Path), err))
		}
		kill := time.AfterFunc(startTimeout, func() { _ = cmd.Process.Kill() })
		if err := cmd.Wait(); err != nil {
			errs = append(errs, fmt.Errorf("%s ended badly: %w", filepath.Base(cmd.Path), err))
		}
		kill.Stop()
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}

// leave says where everything runs on, how to go on by hand, and how to end it.
func (s *stage) leave() error {
	env, err := s.environment()
	if err != nil {
		return err
	}
	var exports strings.Builder
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		fmt.Fprintf(&exports, "export %s='%s'\n", name, value) // no value here holds a quote
	}
	file := filepath.Join(s.dir, "env")
	if err := os.WriteFile(file, []byte(exports.String()), 0o600); err != nil {
		return err
	}
	var pids []string
	for _, cmd := range s.programs {
		pids = append(pids, strconv.Itoa(cmd.Process.Pid))
	}
	title("Everything is left running")
	fmt.Printf(`Salesforce org   %s
daemon           %s  (its API is documented at /docs; a console comes with a later version)
Terraform        %s
reports          %s
logs and state   %s

To go on by hand, with Terraform and all programs at the right addresses:
  . %s
  bin/reportsyncd run onboarding-to-contacts --follow
  cd %[3]s && %[7]s plan
To end it:
  kill %[8]s && rm -r %[5]s
`, s.orgURL, s.endpoint, filepath.Join(s.dir, "terraform"), filepath.Join(s.dir, "reports"), s.dir, file, s.cli, strings.Join(pids, " "))
	return nil
}
