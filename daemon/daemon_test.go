package daemon_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
	"github.com/reportsync/terraform-provider-reportsync/internal/testenv"
)

// The whole way: configured over the API, run on demand, written to the org; a second run writes nothing (invariant 8).
func TestMainJob(t *testing.T) {
	t.Parallel()
	const contacts = 25
	o := startOrg(t, contacts)
	dir := t.TempDir()
	writeReport(t, dir, contacts)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)

	first := runToEnd(t, c, in)
	if diff := cmp.Diff(reportsync.Counts{Read: contacts + 1, Updated: contacts, Unmatched: 1}, first.Counts); diff != "" {
		t.Errorf("counts of the first run (-want +got):\n%s", diff)
	}
	if first.Status != reportsync.RunCompletedWithErrors || first.Trigger != reportsync.TriggerManual || first.Report != "people.csv" {
		t.Errorf("first run: %s, by %s, of %s", first.Status, first.Trigger, first.Report)
	}
	assertStatuses(t, o, contacts, "new")
	before := o.Writes("Contact")
	second := runToEnd(t, c, in)
	if diff := cmp.Diff(reportsync.Counts{Read: contacts + 1, Unchanged: contacts, Unmatched: 1}, second.Counts); diff != "" {
		t.Errorf("counts of the second run (-want +got):\n%s", diff)
	}
	if got := o.Writes("Contact") - before; got != 0 {
		t.Errorf("the second run wrote %d records, want none", got)
	}
}

// A stop waits for writes that are on their way, and nothing is written twice.
func TestStopWaitsForWrites(t *testing.T) {
	t.Parallel()
	const contacts = 450 // three calls
	o := startOrg(t, contacts)
	dir := t.TempDir()
	writeReport(t, dir, contacts)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)

	held := o.Faults().Add(fault.Fault{Method: "PATCH", Path: "/services/data/*/composite/sobjects", Action: fault.Hold, Times: 1})
	run := startRun(t, c, in)
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		stopDaemon(t, d)
	}()
	select {
	case <-stopped:
		t.Error("the stop left a write on its way")
	case <-time.After(time.Second): // what is shown is that nothing happens
	}
	held.Release()
	<-stopped

	d = startDaemon(t, daemon.Options{StateDir: dir})
	ended := awaitEnd(t, clientOf(t, d), run.ID)
	if ended.Status != reportsync.RunCompletedWithErrors || ended.Counts.Updated != contacts {
		t.Errorf("the run ended as %s with %+v", ended.Status, ended.Counts)
	}
	assertStatuses(t, o, contacts, "new")
	if got := o.Writes("Contact"); got != contacts {
		t.Errorf("%d writes for %d records", got, contacts)
	}
}

// A run that a stop cuts off before its writes goes on at the next start, as its second attempt.
func TestRunGoesOnAfterStop(t *testing.T) {
	t.Parallel()
	const contacts = 5
	o := startOrg(t, contacts)
	dir := t.TempDir()
	writeReport(t, dir, contacts)
	d := startDaemon(t, daemon.Options{StateDir: dir})
	c := clientOf(t, d)
	in := configure(t, c, o, dir)

	held := o.Faults().Add(fault.Fault{Path: "/services/data/*/query", Action: fault.Hold, Times: 1})
	run := startRun(t, c, in)
	if err := held.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopDaemon(t, d) // a read need not be waited for: it is still held
	held.Release()

	d = startDaemon(t, daemon.Options{StateDir: dir})
	ended := awaitEnd(t, clientOf(t, d), run.ID)
	if ended.Attempt != 2 || ended.Counts.Updated != contacts {
		t.Errorf("the run ended as %s in attempt %d with %+v", ended.Status, ended.Attempt, ended.Counts)
	}
	assertStatuses(t, o, contacts, "new")
}

func TestFilesInStateFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	d := startDaemon(t, daemon.Options{StateDir: dir})
	for name, mode := range map[string]fs.FileMode{
		"": 0o700 | fs.ModeDir, "reports": 0o750 | fs.ModeDir, "admin.token": 0o600, "encryption.key": 0o600, "reportsync.db": 0o600, "endpoint": 0o644,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if info.Mode() != mode {
			t.Errorf("%q has the mode %s, want %s", name, info.Mode(), mode)
		}
	}
	if text, err := os.ReadFile(daemon.EndpointFile(dir)); err != nil || strings.TrimSpace(string(text)) != d.URL() {
		t.Errorf("the endpoint file holds %q (%v), want %s", text, err, d.URL())
	}
	if err := clientOf(t, d).Health(t.Context()); err != nil {
		t.Error(err)
	}
	stopDaemon(t, d)
	stopDaemon(t, d) // again, which does nothing
	if _, err := os.Stat(daemon.EndpointFile(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the endpoint file outlives the daemon: %v", err)
	}
}

func TestStopWithoutStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d, err := daemon.New(t.Context(), daemon.Options{StateDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	stopDaemon(t, d)
	startDaemon(t, daemon.Options{StateDir: dir}) // the database is free again
}

func TestSecondDaemonIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startDaemon(t, daemon.Options{StateDir: dir})
	_, err := daemon.New(t.Context(), daemon.Options{StateDir: dir})
	if reportsync.CodeOf(err) != reportsync.CodeConflict || !strings.Contains(err.Error(), filepath.Join(dir, "reportsync.db")) {
		t.Errorf("error %v, want a conflict that names the file", err)
	}
	if err := clientOf(t, first).Health(t.Context()); err != nil {
		t.Errorf("the first daemon suffered: %v", err)
	}
}

// Two daemons on one PostgreSQL share configuration and runs; the first admin token is made once.
func TestTwoDaemonsShareOnePostgres(t *testing.T) {
	t.Parallel()
	const contacts = 5
	o := startOrg(t, contacts)
	url := testenv.Postgres(t)
	dirs := []string{t.TempDir(), t.TempDir()}
	writeReport(t, dirs[0], contacts)
	roots := []string{filepath.Join(dirs[0], "reports")}
	key := filepath.Join(dirs[0], "encryption.key")
	one := startDaemon(t, daemon.Options{StateDir: dirs[0], DatabaseURL: url, FileRoots: roots})
	two := startDaemon(t, daemon.Options{StateDir: dirs[1], DatabaseURL: url, FileRoots: roots, EncryptionKeyFile: key})
	if _, err := os.Stat(two.AdminTokenFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the second daemon made another admin token: %v", err)
	}
	c := clientOf(t, one)
	in := configure(t, c, o, dirs[0])
	stopDaemon(t, one)
	token, err := os.ReadFile(one.AdminTokenFile())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(two.AdminTokenFile(), token, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := runToEnd(t, clientOf(t, two), in); got.Counts.Updated != contacts {
		t.Errorf("the run on the other daemon ended as %s with %+v", got.Status, got.Counts)
	}
}

func TestBadStarts(t *testing.T) {
	t.Parallel()
	taken := startDaemon(t, daemon.Options{StateDir: t.TempDir()})
	missing := filepath.Join(t.TempDir(), "missing.pem")
	tests := []struct {
		name    string
		options daemon.Options
		want    []string
	}{
		{"no key", daemon.Options{EncryptionKeyFile: missing}, []string{missing, "openssl rand"}},
		{"no certificate", daemon.Options{TLSCertFile: missing, TLSKeyFile: missing}, []string{missing, "tls.cert_file"}},
		{"port taken", daemon.Options{Listen: strings.TrimPrefix(taken.URL(), "http://")}, []string{"can't listen on 127.0.0.1:", "port 0"}},
		{"database unreachable", daemon.Options{DatabaseURL: "postgres://u:hunter2@127.0.0.1:1/db?connect_timeout=5"}, []string{"127.0.0.1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.StateDir = t.TempDir()
			if test.options.Listen == "" {
				test.options.Listen = "127.0.0.1:0"
			}
			d, err := daemon.New(t.Context(), test.options)
			if err == nil {
				err = d.Start(t.Context())
				if stopErr := d.Stop(context.WithoutCancel(t.Context())); stopErr != nil {
					t.Error(stopErr)
				}
			}
			if err == nil {
				t.Fatal("it started")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error misses %q: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}
