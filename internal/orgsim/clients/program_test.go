//go:build clients

package clients_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim"
)

// programTimeout ends a client that hangs; a call takes one or two seconds.
const programTimeout = 3 * time.Minute

// program is a client as a process: where it is at home, and what it knows.
type program struct {
	t    *testing.T
	home string
	env  []string
}

// program gives a client a home of its own. It knows of this machine nothing but
// where programs are, and is in another time zone than the org.
func (b *testBundle) program(env ...string) *program {
	home := b.t.TempDir()
	return &program{t: b.t, home: home, env: append([]string{
		"HOME=" + home, "USERPROFILE=" + home, "TMPDIR=" + home,
		"PATH=" + b.clients + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"NO_COLOR=1", "LANG=C.UTF-8", "TZ=America/New_York",
		"ORG_URL=" + b.url, "ORG_CLIENT_ID=" + orgsim.DefaultClientID, "ORG_CLIENT_SECRET=" + orgsim.DefaultClientSecret,
	}, env...)}
}

// run runs a program to its end. A program that ends with an exit code but 0 is
// no error here; its code is returned.
func (p *program) run(path string, args ...string) (stdout, stderr []byte, code int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), programTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = p.home, p.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || !exit.Exited()) {
		p.t.Fatalf("run %s %q: %v\n%s%s", filepath.Base(path), args, err, &out, &errs)
	}
	return out.Bytes(), errs.Bytes(), cmd.ProcessState.ExitCode()
}

// converse runs a program that prints a line, reads the reply to it, and then
// goes on to its end, which has to be a good one. It returns the rest of what was
// printed.
func (p *program) converse(reply func(line string) string, path string, args ...string) []byte {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), programTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.Env = p.home, p.env
	var errs bytes.Buffer
	cmd.Stderr = &errs
	stdin, err := cmd.StdinPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	out := bufio.NewReader(stdout)
	line, err := out.ReadString('\n')
	if err == nil {
		_, err = io.WriteString(stdin, reply(line[:len(line)-1])+"\n")
	}
	rest, readErr := io.ReadAll(out)
	if err := errors.Join(err, readErr, cmd.Wait()); err != nil {
		p.t.Fatalf("run %s %q: %v\n%s%s%s", filepath.Base(path), args, err, line, rest, &errs)
	}
	return rest
}
