package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// recovery is within what time a run goes on after its daemon was killed (invariant 6).
const recovery = time.Minute

// process is a reportsyncd of its own, with a state folder and a configuration file.
type process struct {
	stateDir string
	cmd      *exec.Cmd
	log      *logBuffer
}

// logBuffer takes a process's standard error.
type logBuffer struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{} // closed at the next write; nil while nobody waits for it
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.grown != nil {
		close(b.grown)
		b.grown = nil
	}
	return b.text.Write(p)
}

// await waits until the text holds a part.
func (b *logBuffer) await(t *testing.T, part string) {
	t.Helper()
	deadline := time.After(patience)
	for {
		b.mu.Lock()
		found := strings.Contains(b.text.String(), part)
		if b.grown == nil {
			b.grown = make(chan struct{})
		}
		grown := b.grown
		b.mu.Unlock()
		if found {
			return
		}
		select {
		case <-grown:
		case <-deadline:
			t.Fatalf("%q was not said within %s", part, patience)
		}
	}
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// startProcess runs "reportsyncd serve" and waits until it answers.
func startProcess(t *testing.T, stateDir string) (*process, *api.Client) {
	t.Helper()
	config := filepath.Join(stateDir, "reportsyncd.hcl")
	text := fmt.Sprintf("listen    = \"127.0.0.1:0\"\nstate_dir = %q\n", stateDir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	// A process that was killed leaves its endpoint behind.
	if err := os.Remove(filepath.Join(stateDir, "endpoint")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	p := &process{stateDir: stateDir, log: &logBuffer{}}
	p.cmd = exec.CommandContext(t.Context(), "reportsyncd", "serve", "--config", config)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("log of the daemon:\n%s", p.log)
		}
	})
	return p, p.await(t)
}

// await returns a client once the process answers.
func (p *process) await(t *testing.T) *api.Client {
	t.Helper()
	deadline := time.After(patience)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if url, err := os.ReadFile(filepath.Join(p.stateDir, "endpoint")); err == nil {
			c := must[*api.Client](t)(clientOf(p.stateDir, strings.TrimSpace(string(url))))
			t.Cleanup(c.Close)
			if err := c.Health(t.Context()); err == nil {
				return c
			}
		}
		select {
		case <-ticker.C:
		case <-deadline:
			t.Fatalf("the daemon does not answer:\n%s", p.log)
		}
	}
}

// kill ends the process as a power failure would, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	_ = p.cmd.Wait()         // "signal: killed" is what was asked for
}

func awaitEnd(t *testing.T, c *api.Client, id string, within time.Duration) reportsync.Run {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for {
		run, err := c.WaitRun(ctx, id, 5*time.Second)
		if err != nil {
			t.Fatalf("wait %s for the run to end: %v", within, err)
		}
		if !run.Status.Live() {
			return run
		}
	}
}

// A daemon that is killed in the middle of its writes goes on after a restart: every record is right, none is written
// twice, and nobody had to do anything (invariants 1, 5, 6 and 8).
func TestKill(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		contacts int
		hold     fault.Fault
	}{
		{"collections", 450, fault.Fault{Method: "PATCH", Path: "/services/data/*/composite/sobjects", Action: fault.Hold, After: 1, Times: 1}},
		{"bulk job closed", 4000, fault.Fault{Action: fault.HoldJob, Object: "Contact", Rows: 1000, Times: 1}},
		{"bulk job open", 4000, fault.Fault{Method: "PUT", Path: "/services/data/*/jobs/ingest/*/batches", Action: fault.Hold, Times: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := must[*org](t)(startOrg(test.contacts))
			t.Cleanup(func() {
				if err := o.stop(); err != nil {
					t.Error(err)
				}
			})
			dir := t.TempDir()
			if err := writeReport(dir, test.contacts); err != nil {
				t.Fatal(err)
			}
			p, c := startProcess(t, dir)
			in := must[reportsync.Integration](t)(configure(t.Context(), c, o, dir))

			held := o.Faults().Add(test.hold)
			run := must[reportsync.Run](t)(c.StartRun(t.Context(), in.ID, api.StartRun{}, ""))
			if err := held.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.kill()
			held.Release()

			_, c = startProcess(t, dir)
			ended := awaitEnd(t, c, run.ID, recovery)
			if ended.Status != reportsync.RunCompleted || ended.Attempt != 2 || ended.Counts.Updated != int64(test.contacts) || ended.Counts.Total() != ended.Counts.Read {
				t.Errorf("the run ended as %s (%+v) in attempt %d with %+v", ended.Status, ended.Error, ended.Attempt, ended.Counts)
			}
			for i, id := range o.ids {
				if record, ok := o.Record("Contact", id); !ok || record["Status__c"] != "new" {
					t.Errorf("contact %d holds %q, want new", i, record["Status__c"])
				}
				if n := len(o.History("Contact", id)); n != 1 {
					t.Errorf("contact %d was written %d times, want once", i, n)
				}
			}
		})
	}
}

// SIGTERM puts the run back and ends the daemon with 0; the run goes on at the next start.
func TestTerminate(t *testing.T) {
	t.Parallel()
	const contacts = 450
	o := must[*org](t)(startOrg(contacts))
	t.Cleanup(func() {
		if err := o.stop(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	if err := writeReport(dir, contacts); err != nil {
		t.Fatal(err)
	}
	p, c := startProcess(t, dir)
	in := must[reportsync.Integration](t)(configure(t.Context(), c, o, dir))
	held := o.Faults().Add(fault.Fault{Path: "/services/data/*/query", Action: fault.Hold, Times: 1})
	run := must[reportsync.Run](t)(c.StartRun(t.Context(), in.ID, api.StartRun{}, ""))
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the daemon ended with %v", err)
	}
	held.Release()
	if _, err := os.Stat(filepath.Join(dir, "endpoint")); err == nil {
		t.Error("the endpoint file outlives the daemon")
	}
	_, c = startProcess(t, dir)
	ended := awaitEnd(t, c, run.ID, patience)
	if ended.Status != reportsync.RunCompleted || ended.Attempt != 2 || o.Writes("Contact") != contacts {
		t.Errorf("the run ended as %s in attempt %d with %+v after %d writes", ended.Status, ended.Attempt, ended.Counts, o.Writes("Contact"))
	}
}

// Ctrl-C ends the following of a run, not the run; what is said tells how to go on.
func TestInterruptFollow(t *testing.T) {
	t.Parallel()
	const contacts = 5
	o := must[*org](t)(startOrg(contacts))
	t.Cleanup(func() {
		if err := o.stop(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	if err := writeReport(dir, contacts); err != nil {
		t.Fatal(err)
	}
	p, c := startProcess(t, dir)
	must[reportsync.Integration](t)(configure(t.Context(), c, o, dir))
	held := o.Faults().Add(fault.Fault{Method: "PATCH", Path: "/services/data/*/composite/sobjects", Action: fault.Hold, Times: 1})
	said := &logBuffer{}
	follow := exec.CommandContext(t.Context(), "reportsyncd", "run", "people-to-contacts", "--follow", "--config", filepath.Join(p.stateDir, "reportsyncd.hcl"))
	follow.Stderr = said
	if err := follow.Start(); err != nil {
		t.Fatal(err)
	}
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	// It follows, and so has its signal handler in place, once it has shown a stage.
	said.await(t, ": ")
	if err := follow.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := follow.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != exitInterrupted {
		t.Errorf("it ended with %v, want the exit code %d", err, exitInterrupted)
	}
	runs := must[[]reportsync.Run](t)(api.Collect(c.Runs(t.Context(), api.RunQuery{})))
	if want := "reportsyncd cancel " + runs[0].ID; !strings.Contains(said.String(), want) {
		t.Errorf("it said %q, want it to offer %q", said, want)
	}
	held.Release()
	if ended := awaitEnd(t, c, runs[0].ID, patience); ended.Status != reportsync.RunCompleted {
		t.Errorf("the run ended as %s", ended.Status)
	}
}
