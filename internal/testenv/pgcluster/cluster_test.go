package pgcluster_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/internal/testenv/pgcluster"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// find returns the installed server; without one there is nothing to test.
func find(t *testing.T) pgcluster.Binaries {
	t.Helper()
	binaries, err := pgcluster.Find(t.Context())
	if errors.Is(err, pgcluster.ErrNotInstalled) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return binaries
}

func TestClusterLivesFromStartToStop(t *testing.T) {
	t.Parallel()
	binaries := find(t)
	if binaries.Version < pgcluster.MinVersion {
		t.Errorf("found version %d, want at least %d", binaries.Version, pgcluster.MinVersion)
	}
	cluster, err := pgcluster.Start(t.Context(), binaries)
	if err != nil {
		t.Fatal(err)
	}
	folder := dataFolder(t, cluster.URL())
	if _, err := os.Stat(folder); err != nil {
		t.Errorf("the running cluster's folder: %v", err)
	}
	for range 2 {
		if err := cluster.Stop(); err != nil {
			t.Fatalf("stop: %v", err)
		}
	}
	if _, err := pgx.Connect(t.Context(), cluster.URL()); err == nil {
		t.Error("the server still answers after Stop")
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cluster's folder after Stop: %v, want it gone", err)
	}
}

func TestClusterAsksForItsPassword(t *testing.T) {
	t.Parallel()
	cluster, err := pgcluster.Start(t.Context(), find(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(cluster.URL())
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(u.User.Username(), "wrong")
	if _, err := pgx.Connect(t.Context(), u.String()); err == nil {
		t.Error("the server accepts a wrong password")
	}
}

func TestStartSaysWhyItFailed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	// The server's account may be another than ours.
	for _, reached := range []string{filepath.Dir(folder), folder} {
		if err := os.Chmod(reached, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := "#!/bin/sh\necho no space left >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(folder, "initdb"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := pgcluster.Start(t.Context(), pgcluster.Binaries{Dir: folder, Version: pgcluster.MinVersion})
	if err == nil {
		t.Fatal("a cluster started without initdb")
	}
	for _, want := range []string{folder, "server did not start", "no space left"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not name %q", err, want)
		}
	}
}

func TestStartHonoursItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pgcluster.Start(ctx, find(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("start with an ended context: %v, want %v", err, context.Canceled)
	}
}

// ownerVariable makes this test binary an owner that is killed; see TestClusterEndsWithItsKilledOwner.
const ownerVariable = "PGCLUSTER_TEST_OWNER"

// TestClusterEndsWithItsKilledOwner runs itself as another process, kills that with SIGKILL while it owns a
// cluster, and waits for the cluster's end.
func TestClusterEndsWithItsKilledOwner(t *testing.T) {
	t.Parallel()
	binaries := find(t)
	if os.Getenv(ownerVariable) != "" {
		beOwner(t, binaries)
		return
	}
	owner := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClusterEndsWithItsKilledOwner$")
	owner.Env = append(os.Environ(), ownerVariable+"=yes")
	said, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	server := readLine(t, said)
	connection, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatalf("connect to the owner's cluster: %v", err)
	}
	defer connection.Close(context.WithoutCancel(t.Context()))
	folder := dataFolder(t, server)

	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // "signal: killed", as was just asked for

	// The wait ends with an error when the server ends, and the test's deadline bounds it.
	if _, err := connection.WaitForNotification(t.Context()); t.Context().Err() != nil {
		t.Fatalf("the server outlived its owner: %v", err)
	}
	awaitRemoval(t, folder)
}
