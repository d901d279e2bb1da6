package crashtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/reportsync/terraform-provider-reportsync/daemon"
	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// settingsVariable, in the environment, turns the test's program into a daemon with these settings.
const settingsVariable = "REPORTSYNC_CRASHTEST_DAEMON"

func TestMain(m *testing.M) {
	if text := os.Getenv(settingsVariable); text != "" {
		if err := play(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// settings is what a daemon is started with.
type settings struct {
	StateDir     string `json:"state_dir"`
	DatabaseURL  string `json:"database_url"`
	ArtifactsURL string `json:"artifacts_url"`
	KeyFile      string `json:"key_file"`
	Reports      string `json:"reports"`
	Blows        string `json:"blows"` // folder of its victim
}

// play is a daemon until it is killed.
func play(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	v := &victim{folder: s.Blows, seen: map[string]int{}}
	o := daemon.Options{
		StateDir: s.StateDir, Listen: "127.0.0.1:0", DatabaseURL: s.DatabaseURL, ArtifactsURL: s.ArtifactsURL,
		EncryptionKeyFile: s.KeyFile, FileRoots: []string{s.Reports}, Commit: v.commit,
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Info, Output: os.Stderr}),
	}
	// Long enough for a machine that is busy with other tests: an attempt that loses its lease is one of five.
	o.Timing.Lease, o.Timing.Renew = 3*time.Second, 200*time.Millisecond
	o.Timing.Sweep, o.Timing.Poll, o.Timing.Redeliver = 200*time.Millisecond, 200*time.Millisecond, time.Second
	d, err := daemon.New(context.Background(), o)
	if err != nil {
		return err
	}
	if err := d.Start(context.Background()); err != nil {
		return err
	}
	select {}
}

// file is the configuration file of the shipped program that says the same.
func (s settings) file() string {
	return fmt.Sprintf("listen = \"127.0.0.1:0\"\nstate_dir = %q\ndatabase_url = %q\nartifacts_url = %q\nencryption_key_file = %q\nfile_roots = [%q]\n",
		s.StateDir, s.DatabaseURL, s.ArtifactsURL, s.KeyFile, s.Reports)
}

// node is a daemon's place: it lasts, while its processes come and go.
type node struct {
	settings settings
	program  string // the shipped one; empty for the test's own
	started  int    // processes so far

	mu      sync.Mutex
	process *process
	client  *api.Client // of the process
}

// current is the last process, nil before the first.
func (n *node) current() *process {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.process
}

func (n *node) log() string { return n.settings.StateDir + ".log" }

// start starts the next process and returns once it serves. The token is of the node that was started first.
func (n *node) start(t *testing.T, token func() reportsync.Secret) {
	t.Helper()
	endpoint := daemon.EndpointFile(n.settings.StateDir)
	if err := os.Remove(endpoint); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := n.launch(); err != nil {
		t.Fatal(err)
	}
	var url string
	await(t, "the daemon serves", patience, func() bool {
		text, err := os.ReadFile(endpoint)
		url = strings.TrimSpace(string(text))
		if !n.alive() {
			t.Fatalf("the daemon did not start; see its log:\n%s", tail(n.log()))
		}
		return err == nil && url != ""
	})
	client, err := api.NewClient(api.ClientConfig{Endpoint: url, Token: token(), MaxRetries: -1, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	n.client = client
}

func (n *node) launch() error {
	p, err := n.run()
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.process = p
	n.started++
	return nil
}

func (n *node) run() (*process, error) {
	if n.program == "" {
		text, err := json.Marshal(n.settings)
		if err != nil {
			return nil, err
		}
		return startProcess(n.log(), []string{settingsVariable + "=" + string(text)}, os.Args[0])
	}
	config := n.settings.StateDir + ".hcl"
	if err := os.WriteFile(config, []byte(n.settings.file()), 0o600); err != nil {
		return nil, err
	}
	return startProcess(n.log(), nil, n.program, "serve", "--config", config)
}

// end kills the process, if there is one, and waits for its end.
func (n *node) end(t *testing.T) {
	t.Helper()
	p := n.current()
	if p == nil {
		return
	}
	if err := p.kill(); err != nil {
		t.Error(err)
	}
	<-p.dead
	if n.client != nil {
		n.client.Close()
	}
}

// alive reports whether the node has a process, as far as is known.
func (n *node) alive() bool {
	p := n.current()
	return p != nil && !p.isDead()
}

// tail returns the end of a log.
func tail(log string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	const most = 6000
	return filepath.Base(log) + ":\n" + string(text[max(0, len(text)-most):])
}

// await waits for what only files, processes or the config API can tell.
func await(t *testing.T, what string, within time.Duration, happened func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for !happened() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: did not happen within %s", what, within)
		}
		<-ticker.C
	}
}
