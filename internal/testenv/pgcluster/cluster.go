package pgcluster

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// guardScript owns the server process; see the package comment.
//
//go:embed guard.sh
var guardScript string

// startTimeout bounds initdb and the server's start together; both take about a second on an idle machine.
const startTimeout = 2 * time.Minute

// startAttempts is how often another port is tried: a free port may be taken before the server binds it.
const startAttempts = 5

// Cluster is a running private PostgreSQL cluster that listens on 127.0.0.1 only.
type Cluster struct {
	url   *url.URL
	guard *exec.Cmd
	lease *os.File // the pipe that keeps the guard waiting

	stop    sync.Once
	stopErr error
}

// Start makes a fresh cluster from b and returns once it accepts connections. It is protected by a random
// password, as other accounts of the machine reach the loopback interface too. The caller must Stop it.
func Start(ctx context.Context, b Binaries) (*Cluster, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	var err error
	for range startAttempts {
		var c *Cluster
		if c, err = startOnce(ctx, b); err == nil {
			return c, nil
		}
		if !strings.Contains(err.Error(), "Address already in use") || ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("start PostgreSQL from %s: %w", b.Dir, err)
}

// running holds every cluster until its Stop. The garbage collector closes a pipe that nobody refers to, which
// would end the server under an owner that kept nothing but the URL.
var running sync.Map // of *Cluster to struct{}

// URL returns a postgres:// URL of the cluster's superuser and its maintenance database.
func (c *Cluster) URL() string { return c.url.String() }

// Stop ends the server, removes its data and waits for both. Calling it again returns the first answer.
func (c *Cluster) Stop() error {
	c.stop.Do(func() {
		running.Delete(c)
		if err := errors.Join(c.lease.Close(), c.guard.Wait()); err != nil {
			c.stopErr = fmt.Errorf("stop PostgreSQL: %w", err)
		}
	})
	return c.stopErr
}

// startOnce makes one attempt on one port; a failed one leaves nothing behind.
func startOnce(ctx context.Context, b Binaries) (*Cluster, error) {
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	password := rand.Text()
	dir, err := makeFolder(account, password)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	c := &Cluster{url: &url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword("reportsync", password),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(port)),
		Path:     "/postgres",
		RawQuery: "sslmode=disable",
	}}
	if err := c.startGuard(ctx, b, account, dir, port); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// startGuard starts the guard and waits for its word. The guard gets no context: it has to outlive the
// start, and the lease alone ends it.
func (c *Cluster) startGuard(ctx context.Context, b Binaries, account *account, dir string, port int) error {
	leaseEnd, lease, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make the guard's lease: %w", err)
	}
	defer leaseEnd.Close()
	answers, answersEnd, err := os.Pipe()
	if err != nil {
		return errors.Join(fmt.Errorf("make the guard's output: %w", err), lease.Close())
	}
	defer answers.Close()
	defer answersEnd.Close()

	guard := exec.Command("/bin/sh", "-c", guardScript, "guard", b.Dir, dir, strconv.Itoa(port)) //nolint:noctx // ended by its lease, see above
	guard.Dir = dir
	guard.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=" + dir}
	guard.Stdin, guard.Stdout, guard.Stderr = leaseEnd, answersEnd, answersEnd
	guard.SysProcAttr = account.processAttributes()
	if err := guard.Start(); err != nil {
		return errors.Join(fmt.Errorf("start the guard: %w", err), lease.Close())
	}
	c.guard, c.lease = guard, lease
	running.Store(c, struct{}{})

	if err := errors.Join(answersEnd.Close(), awaitReady(ctx, answers)); err != nil {
		// The guard's exit code repeats what was just read.
		_ = c.Stop()
		return err
	}
	return nil
}

// awaitReady reads what the guard says until it is "ready". Anything else is the reason of its failure.
func awaitReady(ctx context.Context, answers *os.File) error {
	// An expired deadline is the only way to interrupt a read from a pipe.
	unwatch := context.AfterFunc(ctx, func() { _ = answers.SetReadDeadline(time.Unix(1, 0)) })
	defer unwatch()

	const ready = "ready\n"
	said := make([]byte, len(ready))
	n, err := io.ReadFull(answers, said)
	if err == nil && string(said) == ready {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("wait for the server: %w", context.Cause(ctx))
	}
	rest, _ := io.ReadAll(answers) // what could be read is all there is to report
	return fmt.Errorf("server did not start: %s", strings.TrimSpace(string(said[:n])+string(rest)))
}

// makeFolder makes the cluster's folder with the password file in it, both owned by account.
func makeFolder(account *account, password string) (string, error) {
	dir, err := os.MkdirTemp(account.tempDir(), "reportsync-pg-")
	if err != nil {
		return "", fmt.Errorf("make the cluster's folder: %w", err)
	}
	file := filepath.Join(dir, "password")
	err = os.WriteFile(file, []byte(password+"\n"), 0o600)
	if err == nil {
		err = errors.Join(account.own(dir), account.own(file))
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("prepare the cluster's folder: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

// freePort returns a TCP port of 127.0.0.1 that was free a moment ago.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // "tcp" listeners have no other address
	if err := l.Close(); err != nil {
		return 0, fmt.Errorf("release port %d: %w", port, err)
	}
	return port, nil
}
